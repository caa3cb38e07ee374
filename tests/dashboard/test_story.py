"""The case timeline: added from events, findings and by hand, read by every member, changed by those who may."""

import re

import pytest
from django.urls import reverse

from cases.actions.findings import decide_finding
from cases.actions.incidents import set_member
from cases.actions.timeline_entries import add_to_timeline
from cases.actor import Actor
from cases.models import CustodyEntry, Incident, TimelineEntry
from cases.tellings import Telling
from tests.dashboard import casework
from tests.dashboard.conftest import signed_in

pytestmark = pytest.mark.django_db
BY_HAND = {"at": "2026-11-23T06:12:30", "offset": "+09:00", "title": "The owner of the key calls", "text": ""}


@pytest.fixture
def url(incident):
    return reverse("story", args=[incident.reference])


@pytest.fixture
def event(examined):
    return reverse("add_event_to_story", args=[examined.reference, "E0001-1-0-1"])


@pytest.fixture
def told(found, rin):
    """An entry by hand."""
    telling = Telling(casework.START, "<b>It</b> began\u202e", "one\ntwo")
    return add_to_timeline(incident=found, telling=telling, by=Actor(rin))[0]


@pytest.fixture
def as_observer(incident, ida, django_user_model):
    olga = django_user_model.objects.create_user("olga")
    set_member(incident=incident, user=olga, role="observer", by=Actor(ida))
    return signed_in(olga)


def test_an_entry_whose_finding_was_dismissed_says_by_whom_and_why(as_rin, found, ida, url):
    finding = found.findings.detections().first()
    as_rin.post(reverse("add_finding_to_story", args=[found.reference, finding.label]), {"text": ""})
    assert "was dismissed by" not in as_rin.get(url).text
    decide_finding(finding=finding, status="dismissed", by=Actor(ida), reason="<b>our</b> scanner")
    page = as_rin.get(url).text
    assert f"{finding.label} was dismissed by Ida" in page
    assert "“&lt;b&gt;our&lt;/b&gt; scanner”" in page


def test_before_anybody_told_it_the_page_says_how(as_rin, url):
    assert "Nobody has told it yet" in as_rin.get(url).text


def test_an_event_is_added_with_a_comment(as_rin, rin, event):
    assert "CreateAccessKey" in as_rin.get(event).text
    page = as_rin.post(event, {"text": "the way back in"}, follow=True)
    entry = TimelineEntry.objects.get()
    assert (entry.kind, entry.event, entry.made_by, entry.at) == ("event", "E0001-1-0-1", rin, casework.record_at(1))
    assert entry.snapshot["principal"].endswith("user/ci-deploy")
    assert "the way back in" in page.text
    assert CustodyEntry.objects.filter(action="timeline_added").count() == 1


def test_an_event_that_stands_already_is_said_and_not_added_again(as_rin, event):
    as_rin.post(event, {"text": "the way back in"})
    page = as_rin.post(event, {"text": "the way back in"}, follow=True)
    assert "already, added by Rin Tanaka; nothing was added" in page.text
    assert TimelineEntry.objects.count() == 1


def test_another_comment_on_what_stands_is_not_lost(as_rin, event):
    as_rin.post(event, {"text": "the way back in"})
    page = as_rin.post(event, {"text": "I think it was the backup"})
    assert page.status_code == 422
    assert "Withdraw that entry first" in page.text
    assert "I think it was the backup" in page.text


@pytest.mark.parametrize("name", ["event", "event_drawer"])
def test_an_event_leads_into_the_story_and_says_that_it_stands_there(as_rin, examined, event, name):
    page = reverse(name, args=[examined.reference, "E0001-1-0-1"])
    assert f'href="{event}"' in as_rin.get(page).text
    as_rin.post(event, {"text": ""})
    assert "In the case timeline" in as_rin.get(page).text
    assert f'href="{event}"' not in as_rin.get(page).text


def test_a_finding_is_added_with_its_techniques(as_rin, found):
    address = reverse("add_finding_to_story", args=[found.reference, "F-01"])
    assert f'href="{address}"' in as_rin.get(reverse("finding", args=[found.reference, "F-01"])).text
    known = as_rin.get(address).context["form"]["techniques"].value()
    as_rin.post(address, {"text": "", "techniques": f"{known}, T1078"})
    entry = TimelineEntry.objects.get()
    assert (entry.kind, entry.finding.label, entry.techniques) == ("finding", "F-01", ["T1098.001", "T1078"])


def test_a_technique_there_is_not_is_marked_and_the_comment_kept(as_rin, event):
    page = as_rin.post(event, {"text": "the way back in", "techniques": "persistence"})
    assert page.status_code == 422
    assert "the way back in" in page.text
    assert not TimelineEntry.objects.exists()


def test_a_finding_without_a_time_is_told_by_hand(as_rin, found, rin):
    casework.find(found, rin, casework.second_key(found, first_at=None, last_at=None))
    address = reverse("add_finding_to_story", args=[found.reference, "F-01"])
    assert "add it by hand" in as_rin.get(address, follow=True).text


def test_a_time_by_hand_has_its_zone(as_rin, url):
    page = as_rin.post(url, BY_HAND | {"techniques": "t1552.001, T1078"}, follow=True)
    entry = TimelineEntry.objects.get()
    assert entry.at.isoformat() == "2026-11-22T21:12:30+00:00"
    assert entry.techniques == ["T1552.001", "T1078"]
    assert "21:12:30<small> UTC" in page.text


def test_a_form_sent_twice_tells_it_once(as_rin, url):
    as_rin.post(url, BY_HAND)
    assert "nothing was added" in as_rin.post(url, BY_HAND, follow=True).text
    assert TimelineEntry.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"offset": "JST"},
        {"offset": "+25:00"},
        {"offset": ""},
        {"at": ""},
        {"at": "0001-01-01T00:00"},
        {"title": ""},
        {"title": "x" * 301},
        {"techniques": "T1"},
        {"techniques": "<b>"},
    ],
)
def test_what_cannot_be_meant_is_marked_and_kept_in_the_form(as_rin, url, change):
    page = as_rin.post(url, BY_HAND | {"text": "what I know"} | change)
    assert page.status_code == 422
    assert "mend what is marked" in page.text
    assert "what I know" in page.text
    assert not TimelineEntry.objects.exists()


def test_days_stand_in_order_with_their_entries(as_rin, incident, rin, url):
    for day in (3, 1, 2, 1):
        telling = Telling(casework.START.replace(day=day), f"day {day}", str(TimelineEntry.objects.count()))
        add_to_timeline(incident=incident, telling=telling, by=Actor(rin))
    days = as_rin.get(url).context["days"]
    assert [(day.date.day, len(day.entries)) for day in days] == [(1, 2), (2, 1), (3, 1)]


def test_text_of_strangers_stays_text(as_rin, told, url):
    page = as_rin.get(url).text
    assert "&lt;b&gt;It&lt;/b&gt; began⟨U+202E⟩" in page
    assert "one<br>two" in page


def test_an_entry_is_withdrawn_with_a_reason_and_stays(as_rin, told, url):
    page = as_rin.post(reverse("withdraw_from_story", args=[told.incident.reference, told.pk]), {"reason": "misread"})
    assert page.status_code == 302
    shown = as_rin.get(url)
    assert (shown.context["total"], [one.pk for one in shown.context["withdrawn"]]) == (0, [told.pk])
    assert "misread" in shown.text


def test_withdrawing_needs_a_reason(as_rin, told):
    address = reverse("withdraw_from_story", args=[told.incident.reference, told.pk])
    assert "Say in at most" in as_rin.post(address, {"reason": " "}, follow=True).text
    told.refresh_from_db()
    assert told.withdrawn_at is None


def test_a_closed_incident_keeps_what_was_typed(as_rin, incident, url, told):
    Incident.objects.update(state="closed", outcome="benign", closed_at=told.made_at)
    page = as_rin.post(url, BY_HAND)
    assert page.status_code == 422
    assert "reopen it" in page.text


def addresses(told):
    here = told.incident.reference
    yield reverse("story", args=[here])
    yield reverse("add_event_to_story", args=[here, "E0001-1-0-1"])
    yield reverse("add_finding_to_story", args=[here, "F-01"])
    yield reverse("withdraw_from_story", args=[here, told.pk])


def test_for_strangers_there_is_no_story(as_otto, told):
    assert [as_otto.get(address).status_code for address in addresses(told)][:3] == [404] * 3
    assert {as_otto.post(address, BY_HAND | {"reason": "x"}).status_code for address in addresses(told)} == {404}


def test_an_observer_reads_and_does_not_write(as_observer, told, url):
    page = as_observer.get(url).text
    assert "began" in page
    assert "Add by hand" not in page
    assert not re.search(r'<form[^>]*action="[^"]*withdraw', page)
    assert {as_observer.post(address, BY_HAND | {"reason": "x"}).status_code for address in addresses(told)} == {403}


def test_an_entry_of_another_incident_is_not_found(as_otto, otto, told):
    own = casework.open_for(otto)
    assert (
        as_otto.post(reverse("withdraw_from_story", args=[own.reference, told.pk]), {"reason": "x"}).status_code == 404
    )


@pytest.mark.parametrize("name", ["add_event_to_story", "add_finding_to_story"])
def test_what_there_is_not_is_not_found(as_rin, examined, name):
    assert as_rin.get(reverse(name, args=[examined.reference, "E9999-1-0-1"])).status_code == 404


def test_a_long_story_has_pages_and_an_entry_is_found_on_its_own(as_rin, incident, rin, url):
    many = [
        TimelineEntry(incident=incident, at=casework.record_at(n), title=str(n), made_by=rin, made_at=casework.START)
        for n in range(102)
    ]
    last = TimelineEntry.objects.bulk_create(many)[-1]
    assert as_rin.get(url).context["next"] == "100"
    shown = as_rin.get(url, {"entry": last.pk}).context
    assert ([entry.title for day in shown["days"] for entry in day.entries], shown["first"]) == (["100", "101"], 101)


@pytest.mark.parametrize("query", [{"from": "-1"}, {"from": "9" * 15}, {"entry": "x"}, {"entry": "999"}])
def test_an_odd_address_is_a_page(as_rin, told, url, query):
    assert as_rin.get(url, query).status_code == 200


def test_its_queries_do_not_grow_with_the_entries(as_rin, told, rin, url, django_assert_num_queries):
    with django_assert_num_queries(7):
        as_rin.get(url)
    for minute in range(20):
        telling = Telling(casework.record_at(minute), "It went on")
        add_to_timeline(incident=told.incident, telling=telling, by=Actor(rin))
    with django_assert_num_queries(7):
        as_rin.get(url)
