import pytest
from django.urls import reverse

from cases.actions.evidence import mark_integrity_failed
from cases.actions.findings import decide_finding
from cases.actions.incidents import Particulars, change_state, open_incident
from cases.actions.units import note_gaps
from cases.actor import Actor
from cases.models import AwsAccount, EvidencePart, Finding, Incident, Phase, Report, Run
from dashboard import queues
from plugins import Gap, GapKind
from tests.dashboard import casework

pytestmark = pytest.mark.django_db


def opened(by, title, **more):
    return open_incident(particulars=Particulars(title, **more), by=Actor(by))[0]


@pytest.fixture
def closed(ida):
    """An incident that is over, as its transitions would leave it."""
    made = opened(ida, "An old one")
    Incident.objects.filter(pk=made.pk).update(state="closed", outcome="benign", closed_at=made.opened_at)
    return made


def test_an_empty_queue_says_how_to_begin(as_otto):
    page = as_otto.get("/")
    assert "No incidents yet" in page.text
    assert reverse("new_incident") in page.text


def test_it_shows_the_incidents_of_a_member(as_rin, incident):
    page = as_rin.get("/")
    assert incident.reference in page.text
    assert "Ida Moreau" in page.text


def test_others_incidents_do_not_exist_in_lists_and_counts(as_otto, incident):
    page = as_otto.get("/").context["page"]
    assert (page.lines, page.counts["open"]) == ([], 0)


def waited_for(person):
    (line,) = person.get("/").context["page"].lines
    return line.waits_for


@pytest.fixture
def taken_on(incident):
    """The incident once it is acknowledged: what it waits for then is in its evidence."""
    Incident.objects.filter(pk=incident.pk).update(state="acknowledged")


def test_a_new_incident_waits_to_be_acknowledged(as_ida, ida, incident):
    assert "to be acknowledged" in as_ida.get("/").text
    change_state(incident=incident, to="acknowledged", by=Actor(ida))
    assert "to be acknowledged" not in as_ida.get("/").text


def test_without_evidence_it_waits_for_a_collection(as_ida, taken_on):
    assert waited_for(as_ida) == "nothing collected yet"


def test_altered_evidence_comes_before_everything_else(as_ida, examined, rin):
    mark_integrity_failed(part=EvidencePart.objects.get(), detail="found otherwise", by=Actor(rin))
    assert waited_for(as_ida) == "E0001 no longer matches its hash"


def test_failed_runs_wait_for_a_person(as_ida, found, taken_on):
    Run.objects.filter(phase="collection").update(state="failed", error="no role")
    assert waited_for(as_ida) == "1 failed run"


def test_open_gaps_wait_for_a_person(as_ida, examined, rin, taken_on):
    lease, _ = casework.leased(examined, rin, Phase.COLLECTION, "cloudtrail")
    note_gaps(lease=lease, gaps=[Gap(GapKind.DENIED, f"s3://logs-{number}", "no") for number in range(2)])
    assert waited_for(as_ida) == "2 open gaps"


def test_proposed_findings_wait_to_be_judged(as_ida, found, taken_on):
    Run.objects.active().update(state="cancelled")
    assert waited_for(as_ida) == "1 finding to judge"


def test_findings_are_asked_about_while_more_may_be_found(as_ida, found, rin, taken_on):
    casework.leased(found, rin, Phase.ANALYSIS, "sigma")
    assert waited_for(as_ida) == "1 finding to judge"


def test_when_all_is_judged_the_draft_waits(as_ida, reported, rin, taken_on):
    decide_finding(finding=Finding.objects.get(), status="confirmed", by=Actor(rin))
    assert waited_for(as_ida) == "report version 1: draft, not reviewed"


def test_a_final_report_leaves_nobody_waited_for(as_ida, reported, rin, taken_on):
    decide_finding(finding=Finding.objects.get(), status="confirmed", by=Actor(rin))
    Report.objects.update(status="final")
    assert waited_for(as_ida) == ""


def test_where_phases_wait_for_a_person_the_queue_says_so(as_ida, incident, rin, taken_on, tmp_path):
    Incident.objects.update(auto_advance=False)
    casework.collect(incident, rin, casework.log_folder(tmp_path / "logs"))
    assert waited_for(as_ida) == "the next phase to be started"


@pytest.mark.parametrize("made", ["incident", "examined", "found", "reported"])
@pytest.mark.parametrize("state", ["submitted", "acknowledged"])
def test_the_queue_says_what_the_incidents_page_asks_first(as_ida, request, made, state):
    incident = request.getfixturevalue(made)
    Incident.objects.filter(pk=incident.pk).update(state=state)
    asked = as_ida.get(reverse("incident", args=[incident.reference])).context["decisions"]
    assert waited_for(as_ida) == next((decision.brief for decision in asked), "")


def test_closed_incidents_are_a_view_of_their_own(as_ida, incident, closed):
    shown = {
        view: [line.incident for line in as_ida.get("/", {"view": view}).context["page"].lines]
        for view in ("open", "closed")
    }
    assert shown == {"open": [incident], "closed": [closed]}


def test_what_one_commands_is_a_view_of_its_own(as_rin, incident):
    assert as_rin.get("/", {"view": "mine"}).context["page"].lines == []


@pytest.mark.parametrize(("q", "found"), [("leaked", 1), ("FP-2026", 1), ("nothing like it", 0), ("INC-7", 0)])
def test_it_is_searched_by_words_and_references(as_ida, incident, q, found):
    assert len(as_ida.get("/", {"q": q}).context["page"].lines) == found


def test_what_was_searched_is_shown_as_text(as_ida, incident):
    page = as_ida.get("/", {"q": "<script>x</script>"})
    assert "<script>x" not in page.text


def test_older_incidents_are_one_link_away(as_ida, ida, incident, monkeypatch):
    monkeypatch.setattr(queues, "PAGE", 2)
    newer = [opened(ida, f"number {number}") for number in range(2)]
    page = as_ida.get("/").context["page"]
    rest = as_ida.get("/", {"before": page.before}).context["page"]
    assert [line.incident for line in page.lines + rest.lines] == [*reversed(newer), incident]
    assert rest.before is None


@pytest.mark.parametrize("before", ["", "x", "²", "9" * 30, "-1"])
def test_a_nonsense_place_is_the_first_page(as_ida, incident, before):
    assert len(as_ida.get("/", {"before": before}).context["page"].lines) == 1


def test_its_queries_do_not_grow_with_the_incidents(as_ida, ida, reported, django_assert_num_queries):
    for number in range(3):
        opened(ida, f"number {number}")
    with django_assert_num_queries(6):
        as_ida.get("/")
    for number in range(20):
        opened(ida, f"more {number}")
    Incident.objects.update(auto_advance=False)
    with django_assert_num_queries(6):
        as_ida.get("/")


def test_the_stations_are_said_in_words(as_ida, examined):
    assert "Collection 1 of 1" in as_ida.get("/").text


def test_opening_one_makes_its_opener_the_commander(as_otto, otto):
    answer = as_otto.post(reverse("new_incident"), {"title": "Odd sign-in", "severity": "4", "tlp": "red"})
    made = Incident.objects.get()
    assert answer.headers["Location"] == reverse("incident", args=[made.reference])
    assert (made.commander, made.severity, made.tlp) == (otto, 4, "red")


def test_where_there_is_more_than_one_law_it_is_asked_for(as_otto):
    assert "Under the law of" not in as_otto.get(reverse("new_incident")).text
    AwsAccount.objects.create(account="111122223333", name="prod", kind="workload", jurisdiction="eu")
    said = {"title": "Odd sign-in", "severity": "4", "tlp": "red", "jurisdiction": "eu"}
    as_otto.post(reverse("new_incident"), said)
    assert Incident.objects.get().jurisdiction == "eu"


def test_without_a_title_it_is_the_same_page_again(as_otto):
    answer = as_otto.post(reverse("new_incident"), {"title": "", "severity": "4", "tlp": "red"})
    assert answer.status_code == 422
    assert not Incident.objects.exists()


def test_it_cannot_be_detected_before_it_began(as_otto):
    times = {"actual_start_at": "2026-11-22T10:00", "detected_at": "2026-11-22T09:00"}
    answer = as_otto.post(reverse("new_incident"), {"title": "Odd", "severity": "4", "tlp": "red", **times})
    assert answer.status_code == 422
    assert "before it began" in answer.text


def test_work_at_hand_is_shown(as_ida, incident, rin, tmp_path):
    casework.request_collection(
        incident=incident,
        wish=casework.Wish(source="folder", resources=(str(tmp_path),), is_trusted=True),
        by=Actor(rin),
    )
    Incident.objects.filter(pk=incident.pk).update(state="acknowledged")
    assert "at work" in as_ida.get("/").text
