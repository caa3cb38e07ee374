"""What a person says of findings, gaps and reports, and what an analysis may not take back."""

import json
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cases.actions.findings import (
    Analysis,
    AnswerRow,
    FoundRow,
    acknowledge_gap,
    acknowledge_gaps,
    decide_finding,
    record_findings,
)
from cases.actions.incidents import IncidentClosed, TransitionRefused, change_state, set_member
from cases.actions.reports import NEXT, FinalPages, FrozenReport, ReportRefused, decide_report, record_report
from cases.actions.runs import Order, end_run
from cases.actions.units import note_gaps
from cases.actor import Actor
from cases.board import board
from cases.models import PRINCIPAL_SUMMARY, CustodyEntry, Finding, GapRecord, Incident, Report
from plugins import Gap, GapKind
from tests.cases.making import analysis, asked, claimed, planned, sha


def analyzed(incident, by, *counts, inputs="1"):
    """An analysis that found one principal for each count."""
    lease = claimed(asked(incident, by, analysis(inputs=inputs * 64)))
    found = tuple(
        FoundRow("stopped", f"{count} times", "principal", f"arn:{at}", 4, count, None, None)
        for at, count in enumerate(counts)
    )
    result = Analysis(found, (AnswerRow("stopped", "1", len(found)),), (), sha(str(counts)), "1")
    record_findings(lease=lease, unit=planned(lease), result=result)
    end_run(lease=lease, result_hash=result.result_hash)


@pytest.fixture
def finding(incident, by_rin):
    analyzed(incident, by_rin, 3)
    return Finding.objects.get()


def test_a_verdict_stays_when_the_analysis_runs_again(incident, finding, by_ida, by_rin):
    decide_finding(finding=finding, status="confirmed", by=by_ida, reason="seen in the console too")
    analyzed(incident, by_rin, 9, inputs="2")
    after = Finding.objects.get()
    assert (after.count, after.number, after.inputs_hash) == (9, 1, "2" * 64)
    assert (after.status, after.decided_by, after.decision_reason) == (
        "confirmed",
        by_ida.user,
        "seen in the console too",
    )


def test_the_board_counts_the_findings_that_stand(incident, by_ida, by_rin):
    analyzed(incident, by_rin, 3, 4)
    analyzed(incident, by_rin, 3, 5, inputs="2")
    assert [state.findings for state in board(incident)] == [0, 0, 2, 0]
    decide_finding(finding=Finding.objects.first(), status="dismissed", by=by_ida, reason="our own scanner")
    assert [state.findings for state in board(incident)] == [0, 0, 1, 0]


def test_what_is_found_no_more_is_kept_and_stands_no_more(incident, finding, by_rin):
    analyzed(incident, by_rin, inputs="2")
    assert not Finding.objects.get().is_current
    assert not incident.findings.standing().exists()


def test_what_is_found_again_stands_again_under_its_number(incident, finding, by_rin):
    analyzed(incident, by_rin, inputs="2")
    analyzed(incident, by_rin, 3, 5, inputs="3")
    standing = incident.findings.standing().order_by("number")
    assert [(one.number, one.count) for one in standing] == [(1, 3), (2, 5)]


def test_summaries_of_principals_have_numbers_of_their_own(incident, by_rin):
    lease = claimed(asked(incident, by_rin, analysis()))
    questions = (PRINCIPAL_SUMMARY, "stopped", PRINCIPAL_SUMMARY, "deleted")
    found = tuple(
        FoundRow(question, "t", "principal", f"arn:{at}", 4, 1, None, None) for at, question in enumerate(questions)
    )
    record_findings(lease=lease, unit=planned(lease), result=Analysis(found, (), (), sha("1"), "1"))
    assert [finding.label for finding in Finding.objects.order_by("pk")] == ["P-01", "F-01", "P-02", "F-02"]


@pytest.mark.parametrize("question", ["stopped", PRINCIPAL_SUMMARY])
def test_no_number_of_a_series_is_given_twice(incident, finding, question):
    Finding.objects.update(question=question)
    finding = Finding.objects.get()
    finding.pk, finding.entity = None, "arn:other"
    with pytest.raises(IntegrityError, match="number"), transaction.atomic():
        finding.save(force_insert=True)


def test_a_dismissed_finding_does_not_stand_but_is_not_gone(incident, finding, by_ida):
    decide_finding(finding=finding, status="dismissed", by=by_ida, reason="our own scanner")
    assert not incident.findings.standing().exists()
    assert incident.findings.count() == 1


def test_only_a_person_confirms(finding):
    with pytest.raises(IntegrityError, match="finding_decided_by_a_person"), transaction.atomic():
        Finding.objects.update(status="confirmed")


def test_a_status_there_is_not_is_refused(finding, by_ida):
    with pytest.raises(ValueError, match="proposed, confirmed or dismissed"):
        decide_finding(finding=finding, status="maybe", by=by_ida)


# gaps


@pytest.fixture
def gap(lease):
    note_gaps(lease=lease, gaps=[Gap(GapKind.DENIED, "s3://logs", "AccessDenied")])
    return GapRecord.objects.get()


def test_a_gap_is_acknowledged_by_name(gap, by_ida):
    acknowledge_gap(gap=gap, by=by_ida, reason="the account is gone")
    after = GapRecord.objects.get()
    assert (after.acknowledged_by, after.reason) == (by_ida.user, "the account is gone")
    assert not gap.incident.gaps.open().exists()


@pytest.mark.parametrize(("region", "still_open"), [("us-east-1", 0), ("eu-west-1", 1)], ids=["same", "other"])
def test_a_name_under_a_gap_stands_for_the_same_question_alone(incident, by_ida, by_rin, region, still_open):
    denied = [Gap(GapKind.DENIED, "s3://logs", "AccessDenied")]
    for asked_in in ("us-east-1", region):
        order = Order(phase="collection", tool="cloudtrail", title="CloudTrail", scope={"region": asked_in})
        lease = claimed(asked(incident, by_rin, order))
        note_gaps(lease=lease, gaps=denied)
        end_run(lease=lease)
        if not GapRecord.objects.filter(acknowledged_by=by_ida.user).exists():
            acknowledge_gap(gap=GapRecord.objects.get(), by=by_ida, reason="known")
    assert GapRecord.objects.count() == 2
    assert incident.gaps.open().count() == still_open


def test_the_first_name_under_a_gap_stays(gap, by_ida, by_rin):
    acknowledge_gap(gap=gap, by=by_ida, reason="first")
    acknowledge_gap(gap=gap, by=by_rin, reason="second")
    assert (GapRecord.objects.get().acknowledged_by, GapRecord.objects.get().reason) == (by_ida.user, "first")


def test_a_second_acknowledgement_appends_nothing(gap, by_ida, by_rin):
    assert acknowledge_gap(gap=gap, by=by_ida, reason="first")
    assert acknowledge_gap(gap=gap, by=by_rin, reason="second") is None
    assert acknowledge_gaps(gaps=[gap], by=by_rin, reason="third") == []
    assert CustodyEntry.objects.get(action="gap_acknowledged").actor == "Ida Moreau"


@pytest.mark.django_db(transaction=True)
def test_acknowledgements_at_the_same_moment_are_one_entry(gap, by_ida):
    start, receipts = threading.Barrier(6), []

    def click():
        start.wait()
        receipts.append(acknowledge_gap(gap=gap, by=by_ida, reason="known"))
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert receipts.count(None) == 5
    assert CustodyEntry.objects.filter(action="gap_acknowledged").count() == 1


def test_a_gap_cannot_be_acknowledged_by_nobody(gap):
    with pytest.raises(IntegrityError, match="gap_acknowledged_by_name"), transaction.atomic():
        GapRecord.objects.update(acknowledged_at=gap.noticed_at)


def test_a_run_done_again_leaves_its_old_gaps_behind(gap, lease, incident, by_rin):
    end_run(lease=lease)
    asked(incident, by_rin)
    assert not incident.gaps.open().exists()
    assert incident.gaps.count() == 1


# reports


def frozen(incident, by, inputs="1"):
    lease = claimed(asked(incident, by, Order("reporting", "report", "Report", {}, inputs * 64)))
    words = FrozenReport(sha("content"), sha("pdf"), 9, {}, sha("manifest"), 1, sha("root"))
    report = record_report(lease=lease, unit=planned(lease), frozen=words)
    end_run(lease=lease)
    return report


@pytest.fixture
def report(incident, by_rin):
    """Rin's draft."""
    return frozen(incident, by_rin)


def pages_of(report):
    """The pages that say final, set after the last word on the version as it stands."""
    after = Report.objects.get(pk=report.pk).decided_at
    return FinalPages(sha("final content"), sha("final pdf"), 11, report.made_at, after)


def moved(report, *statuses, by):
    for status in statuses:
        decide_report(report=report, status=status, by=by, final=pages_of(report))
    return Report.objects.get(pk=report.pk)


def test_a_report_goes_from_draft_to_final_by_peoples_words(report, by_ida):
    after = moved(report, "in_review", "approved", "final", by=by_ida)
    assert (after.status, after.decided_by) == ("final", by_ida.user)


def test_a_final_report_has_pages_of_its_own_and_the_log_holds_both_hashes(report, by_ida):
    after = moved(report, "in_review", "approved", "final", by=by_ida)
    assert (after.pdf_sha256, after.content_sha256, after.pdf_size) == (sha("final pdf"), sha("final content"), 11)
    said = json.loads(bytes(CustodyEntry.objects.latest("seq").data))["object"]
    assert (said["sha256"], said["approved_pdf"]) == (sha("final pdf"), sha("pdf"))


def test_only_the_last_step_changes_the_pages(report, by_ida):
    assert moved(report, "in_review", "approved", by=by_ida).pdf_sha256 == sha("pdf")


def test_no_report_becomes_final_without_pages_that_say_so(report, by_ida):
    moved(report, "in_review", "approved", by=by_ida)
    with pytest.raises(ReportRefused, match="decided about just now"):
        decide_report(report=report, status="final", by=by_ida)


def test_pages_that_do_not_know_the_last_word_are_refused(report, by_ida):
    early = pages_of(report)
    moved(report, "in_review", "approved", by=by_ida)
    with pytest.raises(ReportRefused, match="look at it again and repeat"):
        decide_report(report=report, status="final", by=by_ida, final=early)
    assert Report.objects.get().pdf_sha256 == sha("pdf")


@pytest.mark.parametrize("before", Report.Status.values)
@pytest.mark.parametrize("after", Report.Status.values)
def test_it_takes_no_step_that_the_table_does_not_have(report, by_ida, before, after):
    Report.objects.update(status=before)
    if after in NEXT.get(before, ()):
        assert moved(report, after, by=by_ida).status == after
    else:
        with pytest.raises(ReportRefused, match="it may become: "):
            decide_report(report=report, status=after, by=by_ida, final=pages_of(report))


def test_who_made_it_does_not_approve_it_when_it_is_grave(report, by_rin):
    moved(report, "in_review", by=by_rin)
    with pytest.raises(ReportRefused, match="needs a reviewer who did not make it"):
        decide_report(report=report, status="approved", by=by_rin)


def test_who_made_it_may_approve_it_when_it_is_light(report, by_rin):
    Incident.objects.update(severity=Incident.Severity.MEDIUM)
    assert moved(report, "in_review", "approved", by=by_rin).status == "approved"


def test_a_new_draft_supersedes_drafts_and_nothing_that_people_spoke_on(incident, report, by_rin, by_ida):
    moved(report, "in_review", by=by_ida)
    frozen(incident, by_rin, "2")
    frozen(incident, by_rin, "3")
    rows = Report.objects.order_by("version").values_list("version", "status")
    assert list(rows) == [(1, "in_review"), (2, "superseded"), (3, "draft")]


def test_the_portal_can_act_for_nobody_in_particular(db):
    assert Actor.of_portal().user == Actor.of_portal().user
    assert not Actor.of_portal().user.has_usable_password()


def test_a_new_final_report_supersedes_the_one_before(incident, by_ida):
    first = frozen_report(incident, by_ida, "final", version=1)
    second = frozen_report(incident, by_ida, "approved", version=2)
    decide_report(report=second, status="final", by=by_ida, final=pages_of(second))
    first.refresh_from_db()
    assert first.status == "superseded"


def test_closing_needs_a_final_report_over_the_evidence_as_it_is_now(incident, by_ida):
    frozen_report(incident, by_ida, "final", version=1, evidence=[{"exhibit": "FP-1-E0001", "sha256": sha("gone")}])
    incident = ready_to_close(incident)
    with pytest.raises(TransitionRefused, match="the evidence has changed since version 1"):
        change_state(incident=incident, to="closed", by=by_ida)


def test_an_incident_closes_with_a_final_report_that_matches(incident, by_ida):
    frozen_report(incident, by_ida, "final", version=1)
    change_state(incident=ready_to_close(incident), to="closed", by=by_ida)
    incident.refresh_from_db()
    assert incident.state == "closed"


def test_the_new_commander_is_named_on_the_incident(incident, by_ida, rin):
    set_member(incident=incident, user=rin, role="commander", by=by_ida)
    incident.refresh_from_db()
    assert incident.commander == rin


def test_one_person_commands_at_a_time(incident, by_ida, rin):
    set_member(incident=incident, user=rin, role="commander", by=by_ida)
    roles = incident.memberships.filter(ended_at=None).values_list("user__username", "role")
    assert dict(roles) == {"ida": "responder", "rin": "commander"}


def test_naming_the_commander_again_changes_no_row(incident, by_ida):
    before = list(incident.memberships.values())
    set_member(incident=incident, user=by_ida.user, role="commander", by=by_ida)
    assert list(incident.memberships.values()) == before


def test_of_two_who_hold_the_role_the_named_one_commands(incident, by_ida, rin):
    incident.memberships.filter(user=rin).update(role="commander")
    set_member(incident=incident, user=rin, role="commander", by=by_ida)
    incident.refresh_from_db()
    assert incident.commander == rin
    assert incident.memberships.get(user=by_ida.user, ended_at=None).role == "responder"


def frozen_report(incident, by, status, *, version, evidence=()):
    run = asked(incident, by, analysis(tool=f"report-{version}"))
    return Report.objects.create(
        incident=incident,
        run=run,
        version=version,
        status=status,
        content_sha256=sha("content"),
        pdf_sha256=sha("pdf"),
        pdf_size=3,
        manifest={"evidence": list(evidence)},
        manifest_sha256=sha("manifest"),
        inputs_hash=sha("inputs"),
        custody_size=1,
        custody_root=sha("root"),
        made_by=by.user,
        made_at=incident.opened_at,
    )


def ready_to_close(incident):
    incident.runs.update(state="complete")
    Incident.objects.filter(pk=incident.pk).update(state="ready_to_close", outcome="benign")
    incident.refresh_from_db()
    return incident


def test_a_gap_met_again_by_another_run_stays_acknowledged_by_name(incident, by_ida):
    seen, other = Gap(GapKind.CHANGED, "log-1", "altered"), Gap(GapKind.CHANGED, "log-2", "altered")
    first = claimed(asked(incident, by_ida))
    note_gaps(lease=first, gaps=[seen])
    acknowledge_gap(gap=GapRecord.objects.get(), by=by_ida, reason="known since Monday")
    end_run(lease=first)
    note_gaps(lease=claimed(asked(incident, by_ida)), gaps=[seen, other])
    rows = {gap.subject: gap for gap in GapRecord.objects.current()}
    assert (rows["log-1"].acknowledged_by, rows["log-1"].reason) == (by_ida.user, "known since Monday")
    assert rows["log-2"].acknowledged_by is None


def test_nobody_decides_about_a_closed_incidents_findings(incident, by_rin, finding):
    type(incident).objects.filter(pk=incident.pk).update(state="closed", outcome="benign", closed_at=timezone.now())
    finding = Finding.objects.get()
    with pytest.raises(IncidentClosed, match="reopen it"):
        decide_finding(finding=finding, status="confirmed", by=by_rin)
    assert Finding.objects.get().status == "proposed"
