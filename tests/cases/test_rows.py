"""Rules that the database itself keeps, and what the log's own check sees."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from cases import guards
from cases.actions.custody import Action, Deed, append_entry
from cases.actor import Actor
from cases.custody_check import check, check_all
from cases.exhibits import manifest_hash
from cases.models import (
    CustodyEntry,
    CustodyLog,
    Evidence,
    ExaminedFile,
    IncidentTransition,
    Member,
    Run,
    User,
)
from tests.cases.making import asked
from tests.cases.tampering import tamper, unguarded


def broken(rule, change):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        change()


def test_a_runs_tally_balances(run):
    broken("run_tally_balances", lambda: Run.objects.update(records=3, rows=1, quarantined=1))


def test_a_files_tally_balances(exhibit):
    part, run = exhibit.parts.get(), exhibit.runs.get()
    tally = ExaminedFile(run=run, part=part, index=0, file="a", read=3, rows=1, quarantined=1)
    broken("file_tally_balances", tally.save)


def test_a_run_at_work_has_no_error(run):
    broken("run_error_only_when_ended_so", lambda: Run.objects.update(error="no such bucket"))


def test_the_same_work_is_active_once(run):
    run.pk, run.is_newest = None, False
    broken("run_active_once|UNIQUE", lambda: run.save(force_insert=True))


def test_one_run_of_a_tool_and_scope_is_the_newest(run):
    Run.objects.update(state="complete")
    run.pk, run.state = None, "complete"
    broken("run_newest_once|UNIQUE", lambda: run.save(force_insert=True))


def test_sealed_evidence_has_a_hash(exhibit):
    broken("evidence_sealed_with_a_hash", lambda: Evidence.objects.update(sha256=""))


def test_a_member_has_a_sha256(exhibit):
    member = Member(part=exhibit.parts.get(), index=9, file="a", origin="a", size=1, sha256="short")
    broken("member_has_a_sha256", member.save)


def test_a_transition_goes_somewhere(incident, ida):
    still = IncidentTransition(incident=incident, from_state="closed", to_state="closed", by=ida, at=timezone.now())
    broken("transition_changes_the_state", still.save)


def test_an_exhibit_number_is_used_once(incident, by_rin, run):
    Run.objects.update(state="complete")
    again = asked(incident, by_rin)
    assert [run.evidence.short, again.evidence.short] == ["E0001", "E0002"]


# exhibits


def test_an_exhibits_hash_is_that_of_its_manifest(exhibit):
    assert Evidence.objects.get(pk=exhibit.pk).sha256 == manifest_hash(exhibit)


# the log


def test_a_log_that_never_began_is_in_order(db):
    assert (check("FP-1").size, check("FP-1").problems) == (0, ())


def test_every_log_is_checked_the_portals_first(incident):
    assert [checked.log for checked in check_all()] == ["portal", incident.reference]


def test_an_edit_behind_the_guards_is_seen(incident):
    nothing = {"sqlite": "x''", "postgresql": "''::bytea"}[connection.vendor]
    tamper(f"UPDATE cases_custodyentry SET data = {nothing} WHERE seq = 1")
    assert check(incident.reference).problems


def test_a_deletion_behind_the_guards_is_seen(incident):
    tamper("DELETE FROM cases_custodyentry WHERE seq = 1")
    assert check(incident.reference).problems


def test_missing_guards_are_a_problem_of_every_log(incident):
    guards.remove()
    assert {problem.kind for problem in check(incident.reference).problems} == {"guard"}


def test_the_command_says_which_log_is_not_in_order(incident, capsys):
    log = CustodyLog.objects.get(name=incident.reference)
    tamper(f"DELETE FROM cases_custodyentry WHERE seq = 1 AND log_id = {log.pk}")
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_custody")
    said = capsys.readouterr().out
    assert f"{incident.reference}: 2 entries" in said
    assert "NOT in order" in said


def test_the_command_is_content_with_logs_in_order(incident, capsys):
    call_command("verify_custody", incident.reference)
    assert "whole and in order" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused(incident, ida):
    deed = Deed(Action.CORRECTED, {"type": "incident", "id": "1"})
    with pytest.raises(transaction.TransactionManagementError, match="commits with its act"):
        append_entry(log=incident.reference, deed=deed, by=Actor(ida))


def test_a_receipt_names_the_entry(incident, ida):
    deed = Deed(Action.CORRECTED, {"type": "incident", "id": "1"})
    receipt = append_entry(log=incident.reference, deed=deed, by=Actor(ida))
    entry = CustodyEntry.objects.latest("pk")
    assert (receipt.log, receipt.seq, receipt.leaf_hash) == (incident.reference, entry.seq, entry.leaf_hash)


def test_half_a_character_is_replaced_and_said(incident, ida):
    deed = Deed(Action.CORRECTED, {"type": "incident", "id": "1"}, "a\ud800b")
    append_entry(log=incident.reference, deed=deed, by=Actor(ida))
    assert b'"replaced_characters":true' in bytes(CustodyEntry.objects.latest("pk").data)
    assert not check(incident.reference).problems


# people


@pytest.mark.parametrize(
    ("first", "last", "shown", "initials"),
    [("Rin", "Tanaka", "Rin Tanaka", "RT"), ("Rin", "", "Rin", "R"), ("", "", "soar-bot", "S")],
)
def test_a_person_is_shown_by_name(first, last, shown, initials):
    user = User(username="soar-bot", first_name=first, last_name=last)
    assert (user.shown_name, user.initials) == (shown, initials)


def test_evidence_cannot_be_deleted_with_its_incident(exhibit):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_incident")
        connection.check_constraints()


def test_an_actor_is_named_as_at_the_time(ida, run):
    assert Actor(ida).as_entry() == {"kind": "user", "id": ida.pk, "name": "Ida Moreau"}
    assert Actor.of_run(run).as_entry()["name"] == "worker for Rin Tanaka"


def test_the_check_sees_columns_that_do_not_say_what_the_entry_says(incident):
    with unguarded():
        CustodyEntry.objects.filter(log__name=incident.reference, seq=1).update(actor="somebody else")
    assert [(p.seq, p.kind) for p in check(incident.reference).problems] == [(1, "columns")]
    assert "actor" in check(incident.reference).problems[0].detail
