"""The commands that check readiness and rehearse a collection."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.actions.readiness import claim_readiness
from cases.actor import Actor
from cases.models import AwsAccount, Incident, ReadinessRequest, ReadinessRun
from operations.management.commands.readiness import reasons, words_of
from readiness import Role, checks
from tests.readiness.looks import looked

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_rin(rin):
    return Actor(rin)


def said(command, *arguments):
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_what_is_not_ready_ends_with_status_3():
    """Nobody is registered, so nothing can pass."""
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("readiness", stdout=out)
    assert end.value.code == 3
    assert out.getvalue().startswith(f"0 of {len(checks.all())} checks pass; score 0 of 100")


def test_json_is_one_object_with_every_check():
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("readiness", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert [result["name"] for result in found["results"]] == list(checks.all())
    assert found["checks"] == len(found["results"])


def test_what_it_saw_is_kept_under_the_name_of_who_asked():
    with pytest.raises(SystemExit):
        said("readiness", "--as", "mei")
    assert ReadinessRun.objects.get().request.requested_by.username == "mei"


def test_two_do_not_look_at_once(rin):
    request = ReadinessRequest.objects.create(requested_by=rin, requested_at="2026-11-23T00:00Z")
    claim_readiness(request=request)
    with pytest.raises(CommandError, match="looking already"):
        said("readiness")


def test_words_say_what_to_do_and_quote_aws(by_rin):
    lines = "\n".join(words_of(looked(by_rin, 0.1)))
    assert "AccessDenied" in lines
    assert "Next: Mend it." in lines


def test_the_words_of_aws_move_no_cursor(by_rin):
    lines = "\n".join(words_of(looked(by_rin, 0.1, hostile="\x1b[2J\u202e")))
    assert "\x1b" not in lines
    assert "⟨U+001B⟩" in lines


def test_a_check_that_passed_has_no_reasons(by_rin):
    assert [reasons(result) for result in looked(by_rin, 1).results] == [[]] * len(checks.all())


def test_it_lists_every_check_and_asks_nothing():
    table = said("readiness", "--checks")
    assert all(f"| `{check.name}` | {check.title} |" in table for check in checks)
    assert not ReadinessRequest.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_the_policy_of_a_role_is_what_its_checks_declare(role):
    [statement] = json.loads(said("readiness", "--policy", role))["Statement"]
    declared = {action for check in checks if role in check.roles for action in check.permissions}
    assert set(statement["Action"]) == declared


def test_a_rehearsal_names_the_incident_that_it_opened():
    AwsAccount.objects.create(account="111122223333", name="prod-web", kind="workload")
    words = said("rehearse", "111122223333", "i-0123456789abcdef0", "--region", "us-east-1")
    assert Incident.objects.get().reference in words


def test_a_rehearsal_that_lacks_something_says_so():
    with pytest.raises(CommandError, match="needs an account"):
        said("rehearse", "", "i-1", "--region", "us-east-1")
