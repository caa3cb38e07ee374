"""What verify_custody says of logs that somebody with every right over the database has changed or taken away."""

from itertools import count

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from cases.actions.custody import Action, Deed, append_entry, record_portal_deed
from cases.actor import Actor
from cases.custody_check import LOOKS, check, check_all
from cases.models import Incident
from tests.cases.tampering import before, lose_log, tamper

only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps each column's kind")


def kinds(name):
    return {problem.kind for problem in check(name).problems}


def verified(capsys, *arguments):
    """What the command says of logs that are not in order."""
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_custody", *arguments)
    return capsys.readouterr().out


def line_of(incident, said):
    (line,) = (line for line in said.splitlines() if line.startswith(incident.reference))
    return line


# logs that are gone


def test_an_incident_whose_log_vanished_is_named(incident, capsys):
    lose_log(incident.reference)
    said = verified(capsys)
    assert f"{incident.reference}: 0 entries" in said
    assert "the log: gone: none of its entries is there" in said


def test_a_vanished_log_can_be_asked_for_by_name(incident, capsys):
    lose_log(incident.reference)
    assert "NOT in order" in verified(capsys, incident.reference)


def test_a_log_that_nobody_should_have_begun_cannot(db):
    with pytest.raises(CommandError, match="there is no custody log 'FP-0'"):
        call_command("verify_custody", "FP-0")


def test_a_log_without_entries_is_gone_whatever_its_head_says(incident):
    tamper("DELETE FROM cases_custodyentry", "UPDATE cases_custodylog SET size = 0, frontier = '', last_hash = ''")
    assert all("gone" in {one.kind for one in checked.problems} for checked in check_all())


def test_a_portal_without_its_log_is_named(incident, capsys):
    lose_log("portal")
    assert "portal: 0 entries" in verified(capsys).partition("NOT in order")[0]


def test_a_log_that_began_anew_does_not_hide_the_old_one(incident, ida):
    lose_log(incident.reference)
    with transaction.atomic():
        append_entry(
            log=incident.reference, deed=Deed(Action.CORRECTED, {"type": "incident", "id": "1"}), by=Actor(ida)
        )
    assert kinds(incident.reference) == {"beginning"}


def test_a_portals_log_that_began_anew_misses_the_incidents(incident, ida):
    lose_log("portal")
    record_portal_deed(action=Action.CORRECTED, about={"type": "user", "id": "1"}, by=Actor(ida))
    (problem,) = check("portal").problems
    assert (problem.kind, problem.detail) == ("opening", f"no entry says that {incident.reference} was opened")


def test_an_incident_that_is_gone_with_its_log_is_named_by_the_portals(incident):
    lose_log(incident.reference)
    Incident.objects.update(reference="FP-1")
    checked = {one.log: {problem.kind for problem in one.problems} for one in check_all()}
    assert checked == {"portal": {"opening"}, "FP-1": {"gone"}, incident.reference: {"gone", "incident"}}


def test_an_entry_appended_meanwhile_is_no_problem(incident, ida):
    def append():
        with transaction.atomic():
            deed = Deed(Action.CORRECTED, {"type": "incident", "id": "1"})
            append_entry(log=incident.reference, deed=deed, by=Actor(ida))

    with before('SELECT "cases_custodyentry"."data"', append):
        assert check(incident.reference).problems == ()
    assert check(incident.reference).size == 3


def test_what_is_wrong_in_a_log_that_never_rests_is_said_at_last(incident, monkeypatch):
    sizes = count()
    monkeypatch.setattr("cases.custody_check.head_size", lambda name: next(sizes))
    tamper("UPDATE cases_custodylog SET root = 'zz'")
    assert {problem.kind for problem in check(incident.reference).problems} == {"root"}
    assert next(sizes) == 2 * LOOKS


# values that no column of that kind holds


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("root = 'zz'", "root"),
        ("frontier = 'junk'", "frontier"),
        ("frontier = ''", "frontier"),
        ("last_hash = 'zz'", "last_hash"),
        pytest.param("size = 'many'", "size", marks=only_sqlite),
    ],
)
def test_a_head_that_does_not_fit_is_one_problem_and_the_other_logs_are_checked(incident, capsys, change, kind):
    tamper(f"UPDATE cases_custodylog SET {change} WHERE name = 'portal'")
    said = verified(capsys)
    assert [line.split(":")[1].strip() for line in said.splitlines() if line.startswith("  ")] == [kind]
    assert line_of(incident, said).endswith(": whole and in order")


@only_sqlite
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("data = CAST(data AS TEXT)", "entry 2: kind: its bytes are stored as str, not as bytes"),
        ("data = 7", "entry 2: kind: its bytes are stored as int, not as bytes"),
        ("data = CAST(x'ff00' AS TEXT)", "the log: unreadable: "),
        ("at = 'yesterday'", "the log: unreadable: "),
        ("at = 7", "the log: unreadable: "),
        ("leaf_hash = 'zz'", "entry 2: columns: leaf_hash beside the entry differ from its bytes"),
    ],
)
def test_an_entry_of_another_kind_of_value_is_named_and_the_other_logs_are_checked(incident, capsys, change, problem):
    log = "(SELECT id FROM cases_custodylog WHERE name = 'portal')"
    tamper(f"UPDATE cases_custodyentry SET {change} WHERE seq = 2 AND log_id = {log}")
    said = verified(capsys)
    assert f"  {problem}" in said
    assert line_of(incident, said).endswith(": whole and in order")
