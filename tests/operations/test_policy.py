"""Policies of places are made from the shell, and the portal's log keeps who made them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.custody_check import check
from cases.models import AwsAccount, CustodyEntry, Policy

pytestmark = pytest.mark.django_db


def said(*arguments):
    out = StringIO()
    call_command("policy", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def eu():
    """A forensics account in Frankfurt, under the law of the EU."""
    AwsAccount.objects.create(
        account="444455556666", name="cell", kind="forensics", regions=["eu-central-1"], jurisdiction="eu"
    )


def test_a_new_portal_has_one_for_what_is_local():
    assert said().startswith("local to local, by Portal")


def test_it_lists_what_could_be_allowed(eu):
    listed = said("list")
    assert "jurisdictions: eu, local" in listed
    assert "places: local, 444455556666/eu-central-1" in listed


def test_it_allows_and_the_portals_log_keeps_why(eu):
    assert "eu to local" in said("allow", "eu", "local", "--reason", "contract 7")
    assert CustodyEntry.objects.filter(log__name="portal").latest("seq").action == "policy_made"
    assert check("portal").problems == ()


def test_what_is_withdrawn_stays_in_the_list(eu):
    said("allow", "eu", "local", "--reason", "contract 7")
    said("withdraw", "eu", "local", "--reason", "contract ended")
    assert "eu to local, by Local" in said()
    assert "contract ended" in said()
    assert not Policy.objects.standing().filter(jurisdiction="eu").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("allow", "mars", "local"), "no registered account has the jurisdiction 'mars'"),
        (("allow", "eu", "moon"), "there is no place 'moon'"),
        (("withdraw", "eu", "local"), "no policy allows eu to local"),
    ],
)
def test_it_refuses_what_it_does_not_know(eu, arguments, words):
    with pytest.raises(CommandError, match=words):
        said(*arguments, "--reason", "x")
    assert Policy.objects.count() == 1


def test_settings_that_do_not_fit_are_named(settings):
    settings.VAULT_URL = "{}"
    with pytest.raises(CommandError, match="must be one URL"):
        said()
