"""The command that tries roles, in the simulated AWS: it lets everybody in and says that a role lacks nothing."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.models import AwsAccount, RoleCheck

NUMBER = "111122223333"

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(simulated, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "simulation")
    arn = f"arn:aws:iam::{NUMBER}:role/ForensicsReadOnly"
    return AwsAccount.objects.create(
        account=NUMBER, name="prod-web", kind="workload", read_role_arn=arn, external_id="its-own"
    )


def said(*arguments):
    """What it printed, and its exit status."""
    out = StringIO()
    try:
        call_command("roles", *arguments, stdout=out)
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0


def test_it_says_what_is_missing_and_what_to_do(account):
    words, status = said()
    assert f"{NUMBER}  prod-web  read role works, but" in words
    assert "Put sts:ExternalId into its trust policy" in words
    assert status == 3


def test_it_says_it_to_a_machine_too(account):
    words, _ = said("--json", NUMBER)
    [row] = json.loads(words)
    assert (row["account"], row["role"], row["state"]) == (NUMBER, "read", "warn")
    assert {"what", "remedy"} == set(row["problems"][0])


def test_what_it_found_is_kept_with_who_asked(account):
    said("--as", "rin")
    assert RoleCheck.objects.get().checked_by.username == "rin"


def test_an_account_that_is_gone_is_left_alone(account):
    AwsAccount.objects.update(status="gone")
    assert said() == ("\n", 0)


def test_an_account_that_nobody_registered_is_named(account):
    with pytest.raises(CommandError, match="not registered: 999999999999"):
        said("999999999999")
