from reports import CaseSnapshot
from reports.cover import cover
from tests.reports.snapshots import empty, incident, sample


def test_it_says_who_leads_what_and_when():
    facts = dict(cover(sample()).facts)
    assert facts["Commander"] == "Ida Moreau"
    assert facts["Severity"] == "High"
    assert facts["State"] == "detection and analysis"
    assert facts["Began"] == "2026-11-22 21:04:00 UTC"


def test_a_draft_warns_that_nobody_checked_it():
    assert "draft, not reviewed" in cover(sample()).notice
    assert dict(cover(sample()).facts)["Report version"] == "1, draft, not reviewed"


def test_a_report_in_review_says_its_state():
    given = CaseSnapshot(incident=incident(report_state="in_review"))
    assert cover(given).notice == "This report is not final. Its state: in review."


def test_a_final_report_warns_of_nothing():
    assert cover(CaseSnapshot(incident=incident(report_state="final"))).notice == ""


def test_without_a_title_the_reference_stands_there():
    assert cover(empty()).title == "FP-2026-000123"
