"""IAM's state: whole, each user's keys apart, and the report waited for."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from collectors import Artifact, Scope
from collectors.iam_state import collect
from plugins import Gap, GapKind, NotReady
from tests.collectors.told import HTML, Told, error, read, session

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
SCOPE = Scope("test", NUMBER, "eu-west-1", DAY, DAY)


@pytest.fixture
def aws(monkeypatch):
    """An account with two users, of whom one has a key, and a report that is made."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        aws = session("eu-west-1")
        iam = aws.client("iam")
        for user in ("ci-deploy", "lena"):
            iam.create_user(UserName=user)
        iam.create_access_key(UserName="ci-deploy")
        iam.generate_credential_report()
        yield aws


def found(aws, **answers):
    """Everything that comes, by name; gaps apart."""
    told = Told("iam", answers, aws)
    everything = list(collect(SCOPE, told.session))
    artifacts = {one.name: one for one in everything if isinstance(one, Artifact)}
    return artifacts, [one for one in everything if isinstance(one, Gap)]


def test_each_user_role_and_policy_is_a_line(aws):
    aws.client("iam").create_role(RoleName="DataPlatform", AssumeRolePolicyDocument="{}")
    artifacts, _ = found(aws)
    rows = [json.loads(line) for line in read(artifacts["authorization-details.jsonl"]).splitlines()]
    users = [row["UserName"] for row in rows if row["Section"] == "UserDetailList"]
    roles = [row["RoleName"] for row in rows if row["Section"] == "RoleDetailList"]
    assert (sorted(users), roles) == (["ci-deploy", "lena"], ["DataPlatform"])


def test_every_page_of_the_details_is_read(aws):
    pages = [
        {"UserDetailList": [{"UserName": "a"}], "IsTruncated": True, "Marker": "m"},
        {"UserDetailList": [{"UserName": "b"}], "IsTruncated": False},
    ]
    artifacts, _ = found(aws, GetAccountAuthorizationDetails=pages)
    assert len(read(artifacts["authorization-details.jsonl"]).splitlines()) == 2


def test_each_key_says_when_it_was_last_used(aws):
    artifacts, _ = found(aws)
    [key] = json.loads(read(artifacts["access-keys/ci-deploy.json"]))["AccessKeys"]
    assert {"AccessKeyId", "Status", "AccessKeyLastUsed"} <= set(key)
    assert json.loads(read(artifacts["access-keys/lena.json"]))["AccessKeys"] == []


def test_no_password_policy_is_a_fact_and_no_gap(aws):
    artifacts, gaps = found(aws)
    assert "NoSuchEntity" in json.loads(read(artifacts["password-policy.json"]))["absent"]
    assert gaps == []


def test_a_password_policy_that_is_refused_is_not_taken_for_an_absent_one(aws):
    artifacts, _ = found(aws, GetAccountPasswordPolicy=error("AccessDenied"))
    with pytest.raises(ClientError, match="AccessDenied"):
        read(artifacts["password-policy.json"])


def test_the_report_names_each_user(aws):
    artifacts, _ = found(aws)
    rows = csv.DictReader(io.StringIO(read(artifacts["credential-report.csv"]).decode()))
    assert [row["user"] for row in rows] == ["ci-deploy", "lena"]


def test_nothing_is_read_before_it_is_yielded(aws):
    told = Told("iam", {}, aws)
    list(collect(SCOPE, told.session))
    assert set(told.asked) == {"ListUsers", "GenerateCredentialReport"}


def test_the_rest_is_there_while_the_report_is_being_made(aws):
    told = Told("iam", {"GenerateCredentialReport": {"State": "INPROGRESS"}}, aws)
    walk, names = collect(SCOPE, told.session), []
    with pytest.raises(NotReady, match="still writing"):
        names.extend(one.name for one in walk)
    assert names[0] == "authorization-details.jsonl"
    assert names[-1] == "access-keys/lena.json"


def test_too_many_calls_for_the_report_are_made_later(aws):
    with pytest.raises(NotReady, match="too many calls"):
        found(aws, GenerateCredentialReport=error("Throttling"))


@pytest.mark.parametrize(("problem", "kind"), [(error("AccessDenied"), GapKind.DENIED), (HTML, GapKind.UNREADABLE)])
def test_a_report_that_is_refused_is_a_gap(aws, problem, kind):
    _, [gap] = found(aws, GenerateCredentialReport=problem)
    assert (gap.kind, gap.subject) == (kind, f"arn:aws:iam::{NUMBER}:credential-report")


@pytest.mark.parametrize(
    ("problem", "kind"),
    [(error("AccessDenied"), GapKind.DENIED), (error("Throttling"), GapKind.UNREADABLE), (HTML, GapKind.UNREADABLE)],
)
def test_users_that_cannot_be_listed_are_a_gap_and_the_rest_goes_on(aws, problem, kind):
    artifacts, [gap] = found(aws, ListUsers=problem)
    assert gap.kind is kind
    assert "credential-report.csv" in artifacts


def test_one_users_keys_that_are_refused_leave_the_others(aws):
    refused = [error("AccessDenied"), {"AccessKeyMetadata": [], "IsTruncated": False}]
    artifacts, _ = found(aws, ListAccessKeys=refused)
    with pytest.raises(ClientError, match="AccessDenied"):
        read(artifacts["access-keys/ci-deploy.json"])
    assert json.loads(read(artifacts["access-keys/lena.json"]))["AccessKeys"] == []
