"""The case timeline for machines: added once, listed, taken back."""

import pytest

from cases.models import Incident, TimelineEntry

CALL = {"at": "2026-11-20T18:12:00+09:00", "title": "The owner of the key calls"}


@pytest.fixture
def entries(base):
    return f"{base}timeline-entries/"


def test_a_sentence_of_ones_own(as_rin, entries):
    answer = as_rin.post(entries, CALL | {"techniques": ["T1552.001"]})
    assert answer.status_code == 201
    shown = as_rin.get(answer["Location"]).json()
    assert shown == answer.json()
    assert (shown["kind"], shown["at"], shown["made_by"]) == ("manual", "2026-11-20T09:12:00Z", "rin")


def test_an_event_is_told_with_what_it_said(as_rin, examined, entries):
    shown = as_rin.post(entries, {"event": "E0001-1-0-1", "text": "how it began"}).json()
    assert (shown["kind"], shown["text"], shown["snapshot"]["what"]) == ("event", "how it began", "ListBuckets")
    assert shown["techniques"] == []
    assert as_rin.get(shown["event_url"]).json()["key"] == "E0001-1-0-1"


def test_a_finding_is_told_with_its_techniques(as_rin, finding, entries):
    shown = as_rin.post(entries, {"finding": 1}).json()
    assert (shown["kind"], shown["techniques"]) == ("finding", ["T1562.008"])
    assert as_rin.get(shown["finding_url"]).json()["label"] == "F-01"


def test_a_finding_is_named_by_its_number(as_rin, finding, entries):
    [error] = as_rin.post(entries, {"finding": "F-01"}).json()["errors"]
    assert error == {"field": "finding", "detail": "give the finding's number, such as 3 for F-03"}


def test_an_event_has_the_techniques_that_are_given(as_rin, examined, entries):
    body = {"event": "E0001-1-0-1", "techniques": ["T1078", "T1078", "T1530"]}
    assert as_rin.post(entries, body).json()["techniques"] == ["T1078", "T1530"]


@pytest.mark.parametrize("body", [CALL, {"finding": 1}])
def test_what_stands_already_is_shown_and_not_added(as_rin, finding, entries, body):
    first, second = as_rin.post(entries, body), as_rin.post(entries, body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_a_retry_with_its_key_is_answered_as_before(as_rin, entries):
    key = {"Idempotency-Key": "a-1"}
    first, second = as_rin.post(entries, CALL, **key), as_rin.post(entries, CALL, **key)
    assert (second.status_code, second["Idempotent-Replayed"], second["Location"]) == (201, "true", first["Location"])
    assert TimelineEntry.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "No time"},
        {"at": "2026-11-20T18:12:00Z"},
        CALL | {"at": "2026-11-20T18:12:00"},
        CALL | {"at": "yesterday"},
        CALL | {"at": "0001-01-01T00:00:00Z"},
        CALL | {"at": "9999-12-31T23:59:59Z"},
        CALL | {"event": "E0001-1-0-1"},
        CALL | {"techniques": ["T1"]},
        CALL | {"title": "x" * 301},
        {"finding": 1, "title": "Mine"},
        {"finding": 0},
        CALL | {"kind": "event"},
    ],
)
def test_what_cannot_be_meant_is_refused(as_rin, finding, entries, body):
    assert as_rin.post(entries, body).status_code == 400
    assert not TimelineEntry.objects.exists()


@pytest.mark.parametrize("body", [{"event": "E0009-1-0-1"}, {"event": "x"}, {"finding": 99}])
def test_what_there_is_not_is_not_found(as_rin, incident, entries, body):
    assert as_rin.post(entries, body).status_code == 404


def test_it_is_withdrawn_once_and_listed_as_such(as_rin, as_ida, entry, entries):
    address = f"{entries}{entry.pk}/withdrawal/"
    as_rin.post(address, {"reason": "misread"})
    assert as_ida.post(address, {"reason": "later"}).json()["withdrawn_by"] == "rin"
    assert as_rin.get(entries, is_withdrawn="false").json()["results"] == []
    [shown] = as_rin.get(entries, is_withdrawn="true").json()["results"]
    assert shown["withdrawn_reason"] == "misread"


def test_withdrawing_needs_a_reason(as_rin, entry, entries):
    assert as_rin.post(f"{entries}{entry.pk}/withdrawal/", {"reason": ""}).status_code == 400


def test_a_closed_incident_is_a_conflict(as_rin, entry, entries):
    Incident.objects.update(state="closed", outcome="benign", closed_at=entry.made_at)
    assert as_rin.post(entries, CALL).status_code == 409


def test_a_window_of_the_story(as_rin, entry, entries):
    as_rin.post(entries, CALL)
    found = as_rin.get(entries, since="2026-11-20T09:05:00Z", before="2026-11-20T10:00:00Z").json()["results"]
    assert [one["title"] for one in found] == [CALL["title"]]
