"""Drafting a report: a version for each thing learned, none for nothing learned, and what a snapshot is frozen with."""

import pytest
from django.utils import timezone

from cases.actions.findings import decide_finding
from cases.actions.reports import ReportRefused, decide_report
from cases.actions.timeline_entries import add_to_timeline
from cases.models import PRINCIPAL_SUMMARY, Finding, Report
from cases.tellings import Telling
from cases.words import said_since
from phases.method_rows import OURS
from phases.requests import request_again, request_report
from phases.reviews import content_of, decide
from phases.snapshots import snapshot_of
from tests.phases.making import artifact, log_file, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafted(incident, collection, walks, work_all, tmp_path, memories):
    """The incident after everything has run: one draft."""
    stopped = record(2, "StopLogging", eventSource="cloudtrail.amazonaws.com", requestParameters={"name": "org"})

    def run_through():
        walks.append([artifact("a.json", log_file(record(1), stopped))])
        work_all()

    memories.lay_down(run_through, tmp_path)
    incident.refresh_from_db()
    return incident


def draft_again(incident, by, work_all):
    request_again(run=incident.runs.filter(tool="report").latest("pk"), by=by)
    work_all()


def test_a_draft_over_the_same_knowledge_makes_no_new_version(drafted, by_rin, work_all):
    draft_again(drafted, by_rin, work_all)
    assert drafted.reports.count() == 1
    assert drafted.runs.filter(tool="report").latest("pk").state == "complete"


def test_a_version_that_says_it_all_is_not_behind(drafted, by_rin, work_all):
    drafted.reports.update(inputs_hash="0" * 64)
    draft_again(drafted, by_rin, work_all)
    newest = drafted.runs.filter(tool="report").latest("pk")
    assert drafted.reports.get().inputs_hash == newest.inputs_hash


def test_no_version_that_people_review_is_overtaken_by_one_that_says_the_same(drafted, by_rin, by_ida, work_all):
    decide(report=drafted.reports.get(), status="in_review", by=by_ida)
    draft_again(drafted, by_rin, work_all)
    assert [report.status for report in drafted.reports.all()] == ["in_review"]


def test_what_a_person_decided_since_is_something_new(drafted, by_rin, rin, work_all):
    Finding.objects.detections().update(status="confirmed", decided_by=rin)
    draft_again(drafted, by_rin, work_all)
    assert drafted.reports.count() == 2


def test_a_version_cannot_become_final_without_what_was_said_since(drafted, by_rin, rin, work_all):
    draft = drafted.reports.get()
    assert said_since(draft) == []
    decide_finding(finding=drafted.findings.detections().first(), status="confirmed", by=by_rin)
    assert said_since(draft) == ["1 finding decided"]
    Report.objects.update(status="approved")
    with pytest.raises(ReportRefused, match="1 finding decided; make a new version"):
        decide_report(report=draft, status="final", by=by_rin)
    _, is_new = request_report(incident=drafted, by=by_rin)
    work_all()
    assert is_new
    assert said_since(drafted.reports.latest("version")) == []


def test_what_the_team_tells_is_frozen_and_counted_in_the_manifest(drafted, by_rin, work_all):
    told = Telling(timezone.now(), "The owner of the key calls", "from the office")
    add_to_timeline(incident=drafted, telling=told, by=by_rin)
    draft_again(drafted, by_rin, work_all)
    before, after = drafted.reports.order_by("version")
    assert (before.manifest["story"], after.manifest["story"]) == (0, 1)
    assert before.manifest["story_sha256"] != after.manifest["story_sha256"]
    [story] = [section for section in content_of(after)["sections"] if section["name"] == "story"]
    assert "The owner of the key calls. from the office" in str(story["blocks"])


def test_a_lost_content_is_drafted_anew(drafted, by_rin, work_all, places):
    stored = next((places / "vault").rglob(drafted.reports.get().content_sha256))
    stored.chmod(0o600)
    stored.unlink()
    draft_again(drafted, by_rin, work_all)
    assert drafted.reports.count() == 2


def test_the_version_in_review_stays_when_there_is_something_new(drafted, by_ida, by_rin, rin, work_all):
    decide(report=drafted.reports.get(), status="in_review", by=by_ida)
    Finding.objects.detections().update(status="confirmed", decided_by=rin)
    draft_again(drafted, by_rin, work_all)
    assert list(drafted.reports.order_by("version").values_list("status", flat=True)) == ["in_review", "draft"]


def test_the_report_lists_all_four_phases(drafted):
    phases = {row["name"]: row for row in snapshot_of(drafted, version=1, prepared_by="Rin").phases}
    assert list(phases) == ["collection", "examination", "analysis", "reporting"]
    assert (phases["reporting"]["work"], phases["reporting"]["units"]) == ("this_report", 0)


def test_every_tool_has_a_version(drafted):
    versions = {row["name"]: row["version"] for row in snapshot_of(drafted, version=1, prepared_by="Rin").methods}
    assert all(versions.values())
    assert versions["examine"] == OURS


def test_a_finding_says_what_it_was_done_to(drafted):
    findings = snapshot_of(drafted, version=1, prepared_by="Rin").findings
    stopped = next(finding for finding in findings if finding["targets"])
    assert stopped["targets"] == [{"name": "name org", "count": 1}]
    assert [event["target"] for event in stopped["events"]] == ["name org"]


def test_who_is_named_by_a_finding_comes_before_who_is_only_busy(drafted):
    seen = Finding.objects.summaries().get()
    busy = Finding.objects.create(
        incident=drafted,
        run=seen.run,
        number=99,
        question=PRINCIPAL_SUMMARY,
        tool=seen.tool,
        title="What robot did",
        entity_kind="principal",
        entity="robot",
        severity=1,
        count=10_000,
        facts=seen.facts,
    )
    rows = snapshot_of(drafted, version=1, prepared_by="Rin").principals
    assert [row["principal"] for row in rows] == [seen.entity, busy.entity]
    assert rows[1]["severity"] is None


def test_the_final_pages_are_the_approved_content_with_peoples_words(drafted, by_ida):
    before = content_of(drafted.reports.get())
    for status in ("in_review", "approved", "final"):
        decide(report=drafted.reports.get(), status=status, by=by_ida)
    after = content_of(drafted.reports.get())
    assert after["sections"] == before["sections"]
    assert after["marking"]["state"] == "final"
