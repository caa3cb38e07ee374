"""Accounts as people type them and as AWS names them: what a person typed stays."""

import json

import pytest

from cases.actions.accounts import Found, Organisation, Tried, record_discovery, record_role_checks, register_account
from cases.models import AwsAccount, CustodyEntry, RoleCheck
from plugins import Gap, GapKind

NUMBER, OTHER = "111122223333", "444455556666"


def named(number=NUMBER, **values):
    return Found(number, {"name": "prod-web", "kind": "workload", "status": "active"} | values)


def discovered(by, *found, gaps=()):
    return record_discovery(organisation=Organisation("o-a1b2c3d4e5", found, gaps), by=by)


def account(number=NUMBER):
    return AwsAccount.objects.get(account=number)


def entry():
    return json.loads(bytes(CustodyEntry.objects.filter(action="settings_changed").latest("pk").data))["object"]


def test_an_account_that_aws_names_is_added(by_ida):
    taken = discovered(by_ida, named(email="web@acme.example", ou_path="Root/Workloads"))
    found = account()
    assert taken.added == (NUMBER,)
    assert (found.name, found.email, found.ou_path) == ("prod-web", "web@acme.example", "Root/Workloads")
    assert found.discovered_at is not None


def test_each_has_an_external_id_of_its_own(by_ida):
    discovered(by_ida, named(), named(OTHER))
    first, second = AwsAccount.objects.values_list("external_id", flat=True)
    assert len(first) >= 32
    assert first != second


def test_its_external_id_stays_when_it_is_named_again(by_ida):
    discovered(by_ida, named())
    before = account().external_id
    discovered(by_ida, named(name="prod-web-2"))
    assert (account().name, account().external_id) == ("prod-web-2", before)


def test_what_a_person_typed_stays(by_ida):
    register_account(number=NUMBER, values={"name": "The web shop", "kind": "forensics"}, by=by_ida)
    taken = discovered(by_ida, named(email="web@acme.example"))
    assert (account().name, account().kind, account().email) == ("The web shop", "forensics", "web@acme.example")
    assert taken.changed == {NUMBER: {"email": "web@acme.example"}}


def test_what_a_person_types_after_a_discovery_stays_too(by_ida):
    discovered(by_ida, named())
    register_account(number=NUMBER, values={"kind": "workload"}, by=by_ida)
    discovered(by_ida, named(kind="log_archive"))
    assert account().kind == "workload"


def test_an_account_that_aws_names_no_more_is_gone(by_ida):
    discovered(by_ida, named(), named(OTHER))
    assert discovered(by_ida, named()).gone == (OTHER,)
    assert (account().status, account(OTHER).status) == ("active", "gone")
    assert discovered(by_ida, named()).gone == ()


def test_an_account_that_comes_back_is_active_again(by_ida):
    for found in ([named(), named(OTHER)], [named()], [named(), named(OTHER)]):
        discovered(by_ida, *found)
    assert account(OTHER).status == "active"


def test_an_account_that_aws_never_named_is_not_gone(by_ida):
    register_account(number=OTHER, values={"name": "elsewhere"}, by=by_ida)
    discovered(by_ida, named())
    assert account(OTHER).status == "active"


def test_the_portals_log_keeps_what_was_found_and_what_was_not_seen(by_ida):
    gap = Gap(GapKind.DENIED, "delegated administrators", "AccessDenied")
    discovered(by_ida, named(), gaps=(gap,))
    assert (entry()["id"], entry()["added"]) == ("o-a1b2c3d4e5", [NUMBER])
    assert entry()["not_seen"] == ["delegated administrators: AccessDenied"]


def test_the_newest_check_of_each_role_counts(by_ida):
    one = register_account(number=NUMBER, values={"name": "prod-web"}, by=by_ida)
    for is_entered in (True, False):
        record_role_checks(tried=[Tried(one, "read", is_entered=is_entered), Tried(one, "acquire")], by=by_ida)
    newest = RoleCheck.objects.newest()
    assert [(check.role, check.is_entered) for check in newest] == [("acquire", False), ("read", False)]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "failed"),
        ({"is_entered": True, "found_account": OTHER}, "failed"),
        ({"is_entered": True, "found_account": NUMBER}, "warn"),
        ({"is_entered": True, "found_account": NUMBER, "refuses_strangers": True, "are_actions_known": True}, "ok"),
        (
            {"is_entered": True, "found_account": NUMBER, "refuses_strangers": False, "are_actions_known": True},
            "warn",
        ),
        (
            {
                "is_entered": True,
                "found_account": NUMBER,
                "refuses_strangers": True,
                "are_actions_known": True,
                "missing_actions": ["s3:GetObject"],
            },
            "warn",
        ),
    ],
)
def test_a_check_is_only_all_right_when_everything_is(fields, state):
    assert RoleCheck(account=AwsAccount(account=NUMBER), role="read", **fields).state == state
