"""Trying roles: what AWS lets the portal do, what it refuses, and what it is not willing to tell.

Moto lets everybody into every role and knows no SimulatePrincipalPolicy: hooks answer as AWS would.
"""

import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from cases.models import AwsAccount, RoleCheck
from phases.entering import portal_session
from phases.role_checks import check_as_asked, check_roles, enter_briefly

NUMBER, OTHER = "111122223333", "444455556666"
READ = f"arn:aws:iam::{NUMBER}:role/ForensicsReadOnly"


@pytest.fixture
def portal(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield portal_session("us-east-1")


@pytest.fixture
def account(db):
    return AwsAccount.objects.create(
        account=NUMBER, name="prod-web", kind="log_archive", read_role_arn=READ, external_id="its-own"
    )


def error(code, message="no"):
    return AWSResponse("https://aws", 400, {}, None), {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }


def comparing(session):
    """STS refuses every ExternalId but the account's own, as a trust policy makes it."""
    state = {}

    def note(params, **_):
        state["id"] = params.get("ExternalId")

    session.events.register("provide-client-params.sts.AssumeRole", note)
    session.events.register(
        "before-call.sts.AssumeRole", lambda **_: None if state["id"] == "its-own" else error("AccessDenied")
    )


def telling(*refused):
    """A way in whose IAM says that these actions are refused and all others allowed."""

    def enter(request, portal):
        session, asked = enter_briefly(request, portal), {}  # of this session alone: roles are tried side by side

        def answer(params, **_):
            rows = [
                {"EvalActionName": name, "EvalDecision": "implicitDeny" if name in refused else "allowed"}
                for name in asked.pop("actions")
            ]
            return AWSResponse("https://iam", 200, {}, None), {"EvaluationResults": rows, "ResponseMetadata": {}}

        session.events.register(
            "provide-client-params.iam.SimulatePrincipalPolicy",
            lambda params, **_: asked.update(actions=params["ActionNames"]),
        )
        session.events.register("before-call.iam.SimulatePrincipalPolicy", answer)
        return session

    return enter


def tried(portal, by, way=None):
    [check] = check_roles(AwsAccount.objects.all(), by, portal=portal, by_way_of=way or telling())
    return check


def test_a_role_that_is_as_it_should_be_is_sound(account, portal, by_ida):
    comparing(portal)
    check = tried(portal, by_ida)
    assert (check.state, check.is_entered, check.found_account, check.refuses_strangers) == ("ok", True, NUMBER, True)
    assert (check.missing_actions, check.checked_by) == ([], by_ida.user)


def test_a_role_that_takes_any_external_id_is_seen(account, portal, by_ida):
    """Moto compares none, and so shows what a careless trust policy would."""
    check = tried(portal, by_ida)
    assert (check.state, check.refuses_strangers) == ("warn", False)


def test_what_a_source_needs_and_the_role_lacks_is_named(account, portal, by_ida):
    comparing(portal)
    check = tried(portal, by_ida, telling("s3:GetObject", "ec2:RunInstances"))
    assert (check.are_actions_known, check.missing_actions) == (True, ["s3:GetObject"])


def test_only_the_log_archive_is_asked_for_what_logs_need(account, portal, by_ida):
    AwsAccount.objects.update(kind="workload")
    asked = "cloudtrail:ListPublicKeys"
    assert asked not in tried(portal, by_ida, telling(asked)).missing_actions


def test_a_role_that_may_not_ask_about_itself_is_not_known(account, portal, by_ida):
    def refusing(request, portal):
        session = enter_briefly(request, portal)
        session.events.register("before-call.iam.SimulatePrincipalPolicy", lambda **_: error("AccessDenied", "not you"))
        return session

    check = tried(portal, by_ida, refusing)
    assert (check.is_entered, check.are_actions_known, check.state) == (True, False, "warn")
    assert "not you" in check.said


def test_a_closed_door_is_told_in_the_words_of_aws(account, portal, by_ida):
    portal.events.register("before-call.sts.AssumeRole", lambda **_: error("AccessDenied", "is not authorized"))
    check = tried(portal, by_ida)
    assert (check.is_entered, check.state, check.refuses_strangers) == (False, "failed", None)
    assert "is not authorized" in check.said


def test_being_asked_too_often_is_no_closed_door_of_the_role(account, portal, by_ida):
    portal.events.register("before-call.sts.AssumeRole", lambda **_: error("Throttling", "Rate exceeded"))
    assert "AWS answers too many calls" in tried(portal, by_ida).said


def test_a_role_that_leads_elsewhere_has_failed(account, portal, by_ida):
    AwsAccount.objects.update(read_role_arn=READ.replace(NUMBER, OTHER))
    check = tried(portal, by_ida)
    assert (check.found_account, check.state) == (OTHER, "failed")


def test_an_account_without_a_role_is_told_without_asking_aws(account, portal, by_ida):
    AwsAccount.objects.update(read_role_arn="")
    assert (tried(portal, by_ida).is_entered, RoleCheck.objects.get().role_arn) == (False, "")


def test_both_roles_are_tried_where_there_are_two(account, portal, by_ida):
    AwsAccount.objects.update(acquire_role_arn=READ.replace("ReadOnly", "Acquire"))
    found = check_roles(AwsAccount.objects.all(), by_ida, portal=portal, by_way_of=telling("ec2:CreateSnapshots"))
    assert [(check.role, check.missing_actions) for check in found] == [
        ("read", []),
        ("acquire", ["ec2:CreateSnapshots"]),
    ]


def test_the_session_can_do_nothing_but_ask(account, portal, by_ida):
    said = []
    portal.events.register("provide-client-params.sts.AssumeRole", lambda params, **_: said.append(dict(params)))
    tried(portal, by_ida)
    assert all("s3:" not in one["Policy"] for one in said)
    assert [one["SourceIdentity"] for one in said] == ["fp-ida"] * 2
    assert len({one["ExternalId"] for one in said}) == 2


def test_a_worker_tries_in_the_name_of_who_asked(account, ida, simulated, monkeypatch):
    """In the simulated organisation: it grants any ExternalId and says of every action that it is allowed."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "simulation")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulation")
    [check] = check_as_asked([account.pk], ida.pk)
    assert (check.is_entered, check.refuses_strangers, check.are_actions_known) == (True, False, True)
    assert check.checked_by == ida
