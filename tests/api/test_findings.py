import pytest

from cases.models import PRINCIPAL_SUMMARY, CustodyEntry, Finding


def test_it_lists_findings_by_severity_and_status(as_rin, base, finding):
    assert [row["label"] for row in as_rin.get(f"{base}findings/", min_severity=4).json()["results"]] == ["F-01"]
    assert as_rin.get(f"{base}findings/", status="confirmed").json()["results"] == []


def test_summaries_of_principals_are_no_findings(as_rin, base, finding):
    Finding.objects.filter(pk=finding.pk).update(question=PRINCIPAL_SUMMARY)
    assert as_rin.get(f"{base}findings/").json()["results"] == []
    assert as_rin.get(f"{base}findings/1/").status_code == 404


def test_it_shows_a_finding_in_full(as_rin, base, finding):
    shown = as_rin.get(f"{base}findings/1/").json()
    assert (shown["techniques"], shown["examples"]) == (["T1562.008"], [])


@pytest.mark.parametrize("called", ["1", "F-1", "F-01"])
def test_a_finding_is_found_as_the_pages_call_it(as_rin, base, finding, called):
    assert as_rin.get(f"{base}findings/{called}/").json()["label"] == finding.label == "F-01"
    assert as_rin.post(f"{base}findings/{called}/decision/", {"status": "confirmed"}).json()["status"] == "confirmed"


def test_a_tenth_finding_is_not_the_first(as_rin, base, finding):
    Finding.objects.filter(pk=finding.pk).update(number=10)
    assert as_rin.get(f"{base}findings/F-10/").json()["number"] == 10
    assert as_rin.get(f"{base}findings/F-01/").json()["detail"] == "there is no finding F-01 here"


@pytest.mark.parametrize("called", ["F-0", "F-00", "f-01", "P-01", "F-001", "F-01x"])
def test_what_no_page_calls_a_finding_is_no_address(as_rin, base, finding, called):
    assert as_rin.get(f"{base}findings/{called}/").status_code == 404


def test_a_person_confirms_a_finding(as_rin, base, finding):
    answer = as_rin.post(f"{base}findings/1/decision/", {"status": "confirmed"}).json()
    assert (answer["status"], answer["decided_by"]) == ("confirmed", "rin")
    assert CustodyEntry.objects.filter(action="decided").exists()


def test_dismissing_needs_a_reason(as_rin, base, finding):
    answer = as_rin.post(f"{base}findings/1/decision/", {"status": "dismissed"})
    assert answer.json()["errors"][0]["field"] == "reason"


def test_a_decision_about_what_was_not_seen_is_refused(as_rin, as_ida, base, finding):
    as_ida.post(f"{base}findings/1/decision/", {"status": "confirmed", "seen": "proposed"})
    answer = as_rin.post(f"{base}findings/1/decision/", {"status": "proposed", "seen": "proposed"})
    assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]) == (409, "overtaken")
    assert "by Ida Moreau" in answer.json()["detail"]
    assert Finding.objects.get(pk=finding.pk).status == "confirmed"


def test_an_observer_decides_nothing(as_observer, base, finding):
    assert as_observer.post(f"{base}findings/1/decision/", {"status": "confirmed"}).status_code == 403


def test_it_lists_gaps_that_are_open(as_rin, base, gap):
    assert [row["subject"] for row in as_rin.get(f"{base}gaps/", is_open="true").json()["results"]] == [gap.subject]
    assert as_rin.get(f"{base}gaps/", is_open="false").json()["results"] == []


def test_a_commander_acknowledges_a_gap_by_name(as_ida, base, gap):
    answer = as_ida.post(f"{base}gaps/{gap.pk}/acknowledgement/", {"reason": "known"}).json()
    assert (answer["acknowledged_by"], answer["reason"]) == ("ida", "known")
    assert as_ida.get(f"{base}gaps/{gap.pk}/").json()["acknowledged_at"]


def test_acknowledging_needs_a_reason(as_ida, base, gap):
    assert as_ida.post(f"{base}gaps/{gap.pk}/acknowledgement/", {"reason": ""}).status_code == 400


def test_a_gap_of_another_incident_is_not_found(as_otto, gap):
    own = as_otto.post("incidents/", {"title": "Mine"}).json()["reference"]
    answer = as_otto.post(f"incidents/{own}/gaps/{gap.pk}/acknowledgement/", {"reason": "mine"})
    assert answer.status_code == 404
