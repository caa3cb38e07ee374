"""Accounts are registered from the shell, and the portal's log keeps who did it."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.custody_check import check
from cases.models import AwsAccount, CustodyEntry

NUMBER = "111122223333"
READ = f"arn:aws:iam::{NUMBER}:role/ForensicsReadOnly"

pytestmark = pytest.mark.django_db


def said(*arguments):
    out = StringIO()
    call_command("account", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def account():
    said(NUMBER, "--name", "prod-web", "--region", "us-east-1", "eu-west-1", "--read-role", READ)
    return AwsAccount.objects.get()


def test_it_registers_an_account(account):
    assert (account.name, account.kind, account.read_role_arn) == ("prod-web", "workload", READ)
    assert account.regions == ["us-east-1", "eu-west-1"]


def test_a_new_account_has_an_external_id_of_its_own(account):
    said("444455556666", "--name", "prod-db")
    first, second = AwsAccount.objects.values_list("external_id", flat=True)
    assert len(first) >= 32
    assert first != second


def test_it_changes_only_what_is_given(account):
    said(NUMBER, "--kind", "log_archive", "--bucket", "logs/trail")
    changed = AwsAccount.objects.get()
    assert (changed.kind, changed.trail_buckets) == ("log_archive", ["logs/trail"])
    assert (changed.name, changed.external_id) == (account.name, account.external_id)


def test_it_lists_accounts_with_what_their_roles_need(account):
    listed = said()
    assert NUMBER in listed
    assert READ in listed
    assert account.external_id in listed


def test_the_portals_log_keeps_what_was_changed(account):
    entry = json.loads(bytes(CustodyEntry.objects.get(action="settings_changed").data))
    assert (entry["object"]["id"], entry["object"]["changed"]["read_role_arn"]) == (NUMBER, READ)
    assert check("portal").problems == ()


def test_a_region_may_be_under_another_law_than_its_account(account):
    said(NUMBER, "--jurisdiction", "us", "--region-jurisdiction", "eu-west-1=eu")
    changed = AwsAccount.objects.get()
    assert (changed.jurisdiction_in("eu-west-1"), changed.jurisdiction_in("us-east-1")) == ("eu", "us")
    assert "jurisdiction: us, eu-west-1 eu" in said()


def test_a_region_without_a_jurisdiction_is_refused():
    with pytest.raises(CommandError, match="not REGION=JURISDICTION"):
        said(NUMBER, "--name", "x", "--region-jurisdiction", "eu-west-1")


@pytest.mark.parametrize("arguments", [("12", "--name", "x"), (NUMBER,)], ids=["too short", "no name"])
def test_it_refuses_what_is_no_account_and_writes_nothing(arguments):
    with pytest.raises(CommandError):
        said(*arguments)
    assert not AwsAccount.objects.exists()
    assert not CustodyEntry.objects.filter(action="settings_changed").exists()
