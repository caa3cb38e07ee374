from datetime import timedelta

import pytest
from django.urls import reverse

from cases.actions.incidents import Particulars, open_incident
from cases.actions.runs import Order, end_run, put_back, request_run
from cases.actions.units import close_unit_with_gaps, note_gaps
from cases.actor import Actor
from cases.models import Incident, Phase, Run, Unit
from dashboard import run_pages
from phases.requests import Wish, request_collection
from plugins import Gap, GapKind
from tests.dashboard import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(incident):
    return reverse("runs", args=[incident.reference])


@pytest.fixture
def queued(incident, rin, tmp_path):
    """A collection that nobody works on yet."""
    wish = Wish(source="folder", resources=(str(tmp_path),), is_trusted=True)
    return request_collection(incident=incident, wish=wish, by=Actor(rin))[0]


@pytest.fixture
def failed(incident, rin):
    """An analysis that failed with hostile words."""
    lease, _ = casework.leased(incident, rin, Phase.ANALYSIS, "sigma")
    end_run(lease=lease, error="<script>alert(1)</script>\nraise the limit")
    return Run.objects.get(pk=lease.run_id)


def page_of(client, run):
    return client.get(reverse("run", args=[run.incident.reference, run.pk]))


def test_an_incident_without_runs_says_how_to_begin(as_rin, address):
    assert "Nothing has run yet" in as_rin.get(address).text


def test_the_list_tells_units_with_their_denominator(as_rin, examined, address):
    page = as_rin.get(address)
    assert "1 of 1 unit" in page.text
    assert "1 of 1 units" not in page.text
    assert "30 rows" in page.text


@pytest.mark.parametrize(("view", "tools"), [("collection", {"folder"}), ("failed", {"sigma"}), ("reporting", set())])
def test_it_is_narrowed_to_a_view(as_rin, queued, failed, address, view, tools):
    page = as_rin.get(address, {"view": view}).context["page"]
    assert {line.run.tool for group in page.groups for line in group.lines} == tools


def test_a_view_that_there_is_not_is_all_of_them(as_rin, queued, address):
    assert as_rin.get(address, {"view": "<b>"}).context["page"].view == "all"


def test_what_was_asked_together_stands_together(as_rin, incident, rin, address):
    together = Order(Phase.ANALYSIS, "a", "a", {})
    for tool in ("a", "b"):
        request_run(
            incident=incident, order=Order(Phase.ANALYSIS, tool, tool, {}, request=together.request), by=Actor(rin)
        )
    request_run(incident=incident, order=Order(Phase.ANALYSIS, "c", "c", {}), by=Actor(rin))
    groups = as_rin.get(address).context["page"].groups
    assert [[line.run.tool for line in group.lines] for group in groups] == [["c"], ["b", "a"]]


def test_older_runs_are_one_link_away(as_rin, examined, address, monkeypatch):
    monkeypatch.setattr(run_pages, "PAGE", 2)
    before = as_rin.get(address).context["page"].before
    assert all(group.first.pk < before for group in as_rin.get(address, {"before": before}).context["page"].groups)


def test_its_queries_do_not_grow_with_the_runs(as_rin, examined, rin, address, django_assert_num_queries):
    with django_assert_num_queries(7):
        as_rin.get(address)
    for number in range(10):
        request_run(incident=examined, order=Order(Phase.ANALYSIS, f"t{number}", "t", {}), by=Actor(rin))
    with django_assert_num_queries(7):
        as_rin.get(address)


def test_a_live_page_fetches_its_part_alone(as_rin, queued, address):
    for where in (address, reverse("run", args=[queued.incident.reference, queued.pk])):
        part = as_rin.get(where, headers={"HX-Request": "true"})
        assert "<html" not in part.text
        assert "HX-Request" in part.headers["Vary"]


def test_a_run_shows_its_units_and_its_tally(as_rin, examined):
    page = page_of(as_rin, Run.objects.get(tool="examine"))
    assert "30 read = 30 rows + 0 quarantined" in page.text
    assert [unit.state for unit in page.context["units"]] == ["done"]


def test_many_units_come_in_pages(as_rin, failed, monkeypatch):
    monkeypatch.setattr(run_pages, "ROWS", 2)
    Unit.objects.bulk_create([Unit(run=failed, number=number) for number in range(2, 6)])
    address = reverse("run", args=[failed.incident.reference, failed.pk])
    after = as_rin.get(address).context["next_unit"]
    assert [unit.number for unit in as_rin.get(address, {"after": after}).context["units"]] == [3, 4]


def test_an_error_is_told_in_its_own_words_as_text(as_rin, failed):
    page = page_of(as_rin, failed)
    assert "raise the limit" in page.text
    assert "<script>alert" not in page.text


def test_waiting_for_aws_says_for_what_and_until_when(as_rin, incident, rin):
    lease, _ = casework.leased(incident, rin, Phase.COLLECTION, "ebs_snapshots")
    put_back(lease=lease, seconds=60, waiting_for="snapshot snap-1 is at 40%", patience=timedelta(hours=1))
    page = page_of(as_rin, Run.objects.get(pk=lease.run_id))
    assert "snapshot snap-1 is at 40%" in page.text
    assert "Looked at again from" in page.text


def test_questions_without_a_match_are_listed_too(as_rin, incident, rin):
    run = casework.find(incident, rin, answers=[casework.no_match("a-rule-that-left-the-pack")])
    assert "a-rule-that-left-the-pack" in page_of(as_rin, run).text


def test_what_is_quarantined_is_named_with_file_and_reason(as_rin, incident, rin, tmp_path):
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / "notes.bin").write_bytes(bytes(range(256)))
    casework.collect(incident, rin, tmp_path / "junk")
    page = page_of(as_rin, Run.objects.get(tool="examine"))
    assert "notes.bin" in page.text
    assert "whole file" in page.text


def test_another_incidents_run_is_not_here(as_ida, queued, ida):
    other = open_incident(particulars=Particulars("Another"), by=Actor(ida))[0]
    for name in ("run", "cancel_run", "run_again"):
        address = reverse(name, args=[other.reference, queued.pk])
        assert as_ida.post(address).status_code in (404, 405)
    assert as_ida.get(reverse("run", args=[other.reference, queued.pk])).status_code == 404


def test_a_queued_run_is_cancelled_with_a_reason(as_rin, queued):
    as_rin.post(reverse("cancel_run", args=[queued.incident.reference, queued.pk]), {"reason": "wrong folder"})
    queued.refresh_from_db()
    assert (queued.state, queued.error) == ("cancelled", "wrong folder")


def test_a_failed_run_is_asked_for_again(as_rin, failed):
    answer = as_rin.post(reverse("run_again", args=[failed.incident.reference, failed.pk]))
    again = Run.objects.get(is_newest=True, tool="sigma")
    assert again.previous == failed
    assert answer.headers["Location"].endswith(f"/runs/{again.pk}/")


def test_what_is_at_work_is_not_asked_for_twice(as_rin, queued):
    address = reverse("run_again", args=[queued.incident.reference, queued.pk])
    assert "at work already" in as_rin.post(address, follow=True).text
    assert Run.objects.count() == 1


def test_an_analyst_may_not_cancel_a_collection(client, queued, django_user_model):
    olga = django_user_model.objects.create_user("olga")
    incident = Incident.objects.get()
    incident.memberships.create(user=olga, role="analyst", since_at=incident.opened_at)
    client.force_login(olga)
    assert client.post(reverse("cancel_run", args=[incident.reference, queued.pk])).status_code == 403


def test_a_run_with_gaps_says_which(as_rin, incident, rin, queued, address):
    lease, _ = casework.leased(incident, rin, Phase.COLLECTION, "cloudtrail")
    gaps = [Gap(GapKind.DENIED, "a", "no"), Gap(GapKind.DENIED, "b", "no"), Gap(GapKind.CHANGED, "c", "other")]
    note_gaps(lease=lease, gaps=gaps)
    assert "Access denied 2" in as_rin.get(address).text
    page = as_rin.get(address, {"view": "gaps"}).context["page"]
    assert [line.run.tool for group in page.groups for line in group.lines] == ["cloudtrail"]
    assert page.counts["gaps"] == 1


@pytest.mark.parametrize(
    ("state", "units", "has_gaps", "word"),
    [
        ("complete", {"done": 2}, False, "Complete"),
        ("complete", {"empty": 1}, False, "Complete"),
        ("complete", {"done": 2, "denied": 1}, True, "With gaps"),
        ("complete", {"partial": 1}, True, "With gaps"),
        ("complete", {"failed": 1}, True, "Brought nothing"),
        ("complete", {"denied": 3, "not_enabled": 1}, True, "Brought nothing"),
        ("complete", {}, True, "With gaps"),
        ("running", {"denied": 1}, True, "Running"),
        ("failed", {"done": 1}, True, "Failed"),
    ],
)
def test_a_run_says_whether_it_brought_what_was_asked(state, units, has_gaps, word):
    assert run_pages.ending_of(Run(state=state), units, has_gaps=has_gaps).word == word


def test_a_collection_that_brought_nothing_is_not_just_complete(as_rin, incident, rin, address):
    lease, unit = casework.leased(incident, rin, Phase.COLLECTION, "cloudtrail")
    close_unit_with_gaps(lease=lease, unit=unit, gaps=[Gap(GapKind.NOT_FOUND, "i-1", "there is none")])
    end_run(lease=lease)
    run = Run.objects.get(pk=lease.run_id)
    assert "Brought nothing" in as_rin.get(address).text
    assert "Brought nothing" in page_of(as_rin, run).text
    page = as_rin.get(address, {"view": "failed"}).context["page"]
    assert ([line.run for group in page.groups for line in group.lines], page.counts["failed"]) == ([run], 1)


def test_a_collection_that_brought_something_is_not_among_the_failed(as_rin, incident, rin, address):
    lease, unit = casework.leased(incident, rin, Phase.COLLECTION, "cloudtrail")
    close_unit_with_gaps(lease=lease, unit=unit, gaps=[Gap(GapKind.NOT_FOUND, "i-1", "there is none")])
    end_run(lease=lease)
    Unit.objects.update(state="partial")
    assert as_rin.get(address, {"view": "failed"}).context["page"].counts["failed"] == 0
