import hashlib
import os
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from analyzers.stix import read_text
from cases.actions.findings import acknowledge_gaps
from cases.actor import Actor
from cases.models import EvidencePart, GapRecord, Incident, Run
from cases.stores import reader_of, vault_of
from operations.investigation import (
    COMPLETE,
    FAILED,
    WITH_GAPS,
    exit_status,
    intake_of,
    intake_words,
    outcome_of,
    summary,
)
from operations.management.commands.investigate import why_not
from phases import runs
from phases.indicators import take_in
from phases.requests import Wish, request_collection
from phases.tasks import work_of
from tests.analyzers import incidents
from tests.phases.making import log_file, record


@pytest.fixture
def collected(incident, rin, tmp_path):
    """An incident with one small log file in its vault."""
    collect(incident, rin, tmp_path)
    return incident


def collect(incident, rin, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.json").write_bytes(log_file(record(1), record(2)))
    wish = Wish("folder", resources=(str(folder),), is_trusted=True)
    request_collection(incident=incident, wish=wish, by=Actor(rin))
    work("collect")


@pytest.fixture
def done(incident, rin, tmp_path, memories):
    """The same when its four phases went through."""

    def gone_through():
        collect(incident, rin, tmp_path)
        work("examine", "analyze", "report")

    memories.lay_down(gone_through, tmp_path)
    incident.refresh_from_db()
    return incident


@pytest.fixture
def damaged(collected, tmp_path):
    """The same when the evidence was not in the vault any more as it was to be examined."""
    stored = EvidencePart.objects.get()
    (file,) = (tmp_path / "vault").rglob(f"*{stored.sha256}*")
    file.unlink()
    work("examine", "analyze", "report")
    return collected


def work(*queues):
    while any(runs.work_on(queue, work_of) for queue in queues):
        pass


def test_the_outcome_accounts_for_everything(done):
    outcome = outcome_of(done, None)
    assert outcome["incident"] == done.reference
    assert outcome["evidence"]["members"] == 1
    assert outcome["records"] == {"read": 2, "rows": 2, "quarantined": 0}
    assert outcome["custody"]["verified"] is True
    assert {phase["state"] for phase in outcome["phases"].values()} == {"complete"}
    assert set(outcome["seconds"]) == {"collection", "examination", "analysis", "reporting"}


def test_it_says_where_to_look_first_and_why(incident, rin, tmp_path):
    told = incidents.incident(incidents.leaked_key, seed=1, ordinary=600)
    (tmp_path / "month.json").write_bytes(log_file(*told.records))
    wish = Wish("folder", resources=(str(tmp_path / "month.json"),), is_trusted=True)
    request_collection(incident=incident, wish=wish, by=Actor(rin))
    work("collect", "examine", "analyze")
    leads = outcome_of(incident, None)["leads"]
    by_kind = {lead["kind"]: lead for lead in reversed(leads)}
    assert (by_kind["principal"]["entity"], by_kind["address"]["entity"]) == (*told.principals, *told.addresses)
    assert "an address that nobody else used" in by_kind["address"]["why"]
    assert all(reader_of(incident).event(key) for key in by_kind["address"]["events"])
    assert [lead["score"] for lead in leads] == sorted((lead["score"] for lead in leads), reverse=True)
    assert f"{by_kind['address']['score']:.1f}  address" in summary(outcome_of(incident, None))


def test_where_all_went_well_there_are_no_problems(done):
    assert outcome_of(done, None)["problems"] == []


def test_each_failed_run_is_a_problem_in_its_own_words(damaged):
    problems = outcome_of(damaged, None)["problems"]
    assert ("examination", "Examine E0001, part 1") in [(one["phase"], one["run"]) for one in problems]
    assert "E0001 part 1 fails its integrity check" in problems[0]["error"]


def test_the_summary_names_what_failed_and_why(damaged):
    said = summary(outcome_of(damaged, None))
    assert "FAILED       Examine E0001, part 1: E0001 part 1 fails its integrity check" in said


def test_the_report_is_written_where_it_is_wanted(done, tmp_path):
    target = tmp_path / "report.pdf"
    outcome = outcome_of(done, target)
    assert outcome["report"] == {"path": str(target), "sha256": hashlib.sha256(target.read_bytes()).hexdigest()}
    with vault_of(done).open(done.reports.get().pdf_sha256) as stream:
        assert stream.read() == target.read_bytes()


def test_without_a_report_there_is_no_hash(incident):
    assert outcome_of(incident, None)["report"] == {"path": None, "sha256": None}


def test_the_exit_status_says_how_it_went(done):
    assert exit_status(done) == COMPLETE
    gap = {"phase": "collection", "kind": "denied", "subject": "a", "noticed_at": done.opened_at}
    GapRecord.objects.create(incident=done, run=done.runs.filter(phase="collection").get(), **gap)
    assert exit_status(done) == WITH_GAPS
    Run.objects.filter(phase="analysis").update(state="failed")
    assert exit_status(done) == FAILED


def test_what_never_happened_has_failed(incident):
    assert exit_status(incident) == FAILED


def test_the_summary_says_the_same_in_words(done):
    said = summary(outcome_of(done, None))
    assert "2 read = 2 rows + 0 quarantined" in said
    assert "whole and in order" in said
    assert "draft, not reviewed" in said


@pytest.fixture
def junked(incident, rin, tmp_path, memories):
    """An incident over a good log and a note, all phases done."""

    def gone_through():
        folder = tmp_path / "logs"
        folder.mkdir()
        (folder / "a.json").write_bytes(log_file(record(1)))
        (folder / "note\u202e.txt").write_text("called Tomas\n")
        wish = Wish("folder", resources=(str(folder),), is_trusted=True)
        request_collection(incident=incident, wish=wish, by=Actor(rin))
        work("collect", "examine", "analyze", "report")

    memories.lay_down(gone_through, tmp_path)
    incident.refresh_from_db()
    return incident


def test_what_was_lost_is_named(junked):
    outcome = outcome_of(junked, None)
    (lost,) = outcome["quarantine"]
    assert lost["file"].endswith(".txt")
    assert (lost["row"], "no examiner claims this file" in lost["reason"]) == (None, True)
    assert [gap["kind"] for gap in outcome["gaps"]] == ["quarantined"]


def test_the_summary_lists_what_was_lost_without_its_hidden_characters(junked):
    said = summary(outcome_of(junked, None))
    assert "quarantine   1\n" in said
    assert "note⟨U+202E⟩.txt: unrecognised" in said


def test_a_gap_that_somebody_acknowledged_is_not_listed_again(junked, rin):
    gap = junked.gaps.get()
    acknowledge_gaps(gaps=[gap], by=Actor(rin), reason="a note")
    outcome = outcome_of(junked, None)
    assert outcome["gaps"][0]["acknowledged"]
    assert "gaps         1" not in summary(outcome)


def test_of_many_the_first_are_named_and_the_rest_counted(done):
    outcome = outcome_of(done, None)
    lost = [{"file": f"{number}.json", "row": number, "reason": "not JSON"} for number in range(25)]
    said = summary(outcome | {"quarantine": lost})
    assert "quarantine   25\n" in said
    assert "19.json, row 19: not JSON" in said
    assert "20.json" not in said
    assert "and 5 more, in the report and in --json" in said


def test_indicators_that_were_given_are_accounted_for_and_found_with_the_rest(collected, rin):
    given = read_text("arn:aws:iam::111122223333:user/ci-deploy\nuser/ci-deploy\nevil.example", "feed.csv")
    intake = take_in(incident=collected, reading=given, by=Actor(rin))
    work("examine", "analyze", "report")
    told = intake_of(intake)
    assert (told["file"], told["read"], told["taken"], told["known"]) == ("feed.csv", 3, 2, 0)
    assert [one["place"] for one in told["refused"]] == ["line 2"]
    assert "3 read = 2 taken + 0 known + 1 refused" in intake_words(intake)
    [found] = [one for one in outcome_of(collected, None)["findings"] if one["rule"] == "indicators"]
    assert (found["events"], found["severity"]) == (2, "high")


@pytest.mark.parametrize("content", [None, b"name\nx\n", b"\xff"])
def test_a_list_that_cannot_be_read_is_said_before_anything_is_made(db, tmp_path, content):
    feed = tmp_path / "feed.csv"
    if content is not None:
        feed.write_bytes(content)
    with pytest.raises(CommandError, match="cannot be read as indicators") as refused:
        call_command("investigate", tmp_path, "--indicators", feed)
    assert (refused.value.returncode, Incident.objects.count()) == (2, 0)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (b"nowhere", "does not exist"),
        (b"bad\xff\xfename.json", "has a name that is not UTF-8"),
        (b"x" * 300, "cannot be looked at"),
    ],
    ids=["absent", "not UTF-8", "too long"],
)
def test_a_path_that_cannot_be_investigated_is_said_before_anything_is_made(db, tmp_path, name, words):
    path = tmp_path / os.fsdecode(name)
    assert words in why_not(path)
    with pytest.raises(CommandError) as refused:
        call_command("investigate", path)
    assert (refused.value.returncode, Incident.objects.count()) == (2, 0)


def test_an_empty_name_is_no_path(db):
    with pytest.raises(CommandError, match="it is empty"):
        call_command("investigate", "")
    assert not why_not(Path())
