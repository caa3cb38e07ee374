"""Account authorization details, whole and line by line."""

import json
from datetime import datetime

import pytest

from examiners.iam_details import FORM, looks_like_details
from tests.examiners.findings import ACCOUNT, as_lines, read, row_of
from tests.examiners.making import member

IAM = f"arn:aws:iam::{ACCOUNT}"
RECORD = {
    "Section": "UserDetailList",
    "Path": "/",
    "UserName": "ci-deploy",
    "UserId": "AIDAEXAMPLE",
    "Arn": f"{IAM}:user/ci-deploy",
    "CreateDate": "2024-05-01T08:00:00+00:00",
    "UserPolicyList": [{"PolicyName": "all", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "*"}]}}],
    "AttachedManagedPolicies": [],
    "GroupList": ["deployers"],
    "Tags": [{"Key": "team", "Value": "build"}],
}
ROLE = {
    "Section": "RoleDetailList",
    "RoleName": "DataPlatform",
    "RoleId": "AROAEXAMPLE",
    "Arn": f"{IAM}:role/DataPlatform",
    "CreateDate": "2024-06-01T08:00:00+00:00",
    "AssumeRolePolicyDocument": {},
}
POLICY = {
    "Section": "Policies",
    "PolicyName": "deploy",
    "PolicyId": "ANPAEXAMPLE",
    "Arn": f"{IAM}:policy/deploy",
    "CreateDate": "2024-07-01T08:00:00+00:00",
    "UpdateDate": "2026-03-01T11:00:00+00:00",
    "PolicyVersionList": [{"Document": {"Statement": []}, "VersionId": "v2", "IsDefaultVersion": True}],
}
OF_AWS = {**POLICY, "Arn": "arn:aws:iam::aws:policy/AdministratorAccess", "CreateDate": "2015-02-06T18:39:46+00:00"}


def whole(*details):
    """The answer as a client of the API writes it."""
    answer = {name: [] for name in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")}
    for detail in details:
        answer[detail["Section"]].append({key: value for key, value in detail.items() if key != "Section"})
    return json.dumps({**answer, "IsTruncated": False}, indent=4).encode()


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return as_lines(RECORD, ROLE, POLICY), "authorization-details.jsonl", {}, 3


def test_a_user():
    row = row_of(FORM, RECORD)
    assert (row["resource_type"], row["resource_id"], row["resource_name"]) == (
        "AWS::IAM::User",
        "AIDAEXAMPLE",
        "ci-deploy",
    )
    assert row["arn"] == row["principal"] == f"{IAM}:user/ci-deploy"
    assert (row["account_id"], row["region"], row["told_by"]) == (ACCOUNT, None, "IAM authorization details")
    assert (row["event_time"], row["created_at"]) == (datetime(2024, 5, 1, 8), datetime(2024, 5, 1, 8))
    assert (json.loads(row["tags"]), json.loads(row["configuration"])) == ({"team": "build"}, RECORD)


def test_a_role_and_a_policy():
    role, policy = row_of(FORM, ROLE), row_of(FORM, POLICY)
    assert (role["resource_type"], role["resource_id"], role["principal"]) == (
        *("AWS::IAM::Role", "AROAEXAMPLE", f"{IAM}:role/DataPlatform"),
    )
    assert (policy["resource_type"], policy["resource_name"], policy["principal"]) == (
        "AWS::IAM::Policy",
        "deploy",
        None,
    )


def test_a_policy_stands_at_its_last_change():
    row = row_of(FORM, POLICY)
    assert (row["event_time"], row["modified_at"]) == (datetime(2026, 3, 1, 11), datetime(2026, 3, 1, 11))


def test_policies_that_aws_made_stand_nowhere_in_time():
    row = row_of(FORM, OF_AWS, account=ACCOUNT)
    assert (row["event_time"], row["created_at"].year, row["account_id"]) == (None, 2015, ACCOUNT)


def test_the_whole_answer_is_the_same_as_its_lines():
    data = whole(RECORD, ROLE, POLICY)
    outcome = read(FORM, data)
    assert [row["resource_name"] for row in outcome.rows] == ["ci-deploy", "DataPlatform", "deploy"]
    assert [row["src_row"] for row in outcome.rows] == [0, 1, 2]
    assert json.loads(FORM.raw(member(data), 1))["RoleName"] == "DataPlatform"
    assert looks_like_details(data, "x") == 95


@pytest.mark.parametrize(
    "record",
    [
        {**RECORD, "Section": "Odd"},
        {**RECORD, "Section": None},
        {**RECORD, "Arn": ""},
        {"Section": "Policies"},
        [],
        "x",
    ],
)
def test_what_is_none_of_them_is_quarantined_and_its_neighbours_stay(record):
    outcome = read(FORM, as_lines(RECORD, record, ROLE))
    assert [row["resource_name"] for row in outcome.rows] == ["ci-deploy", "DataPlatform"]
    assert [one.row for one in outcome.quarantined] == [1]


def test_a_section_that_is_no_list_is_one_record_lost():
    data = json.dumps({"UserDetailList": {"a": 1}, "RoleDetailList": [json.loads(json.dumps(ROLE))]}).encode()
    outcome = read(FORM, data)
    assert (len(outcome.rows), len(outcome.quarantined)) == (1, 1)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"Section":"x","Arn":"y","CreateDate":"z"}', b'{"Policies":[]}'])
def test_it_claims_nothing_else(data):
    assert looks_like_details(data, "authorization-details.jsonl") == 0
