"""The case timeline: told once, taken back by name, readable without the events."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.actions.incidents import IncidentClosed
from cases.actions.timeline_entries import add_to_timeline, withdraw_from_timeline
from cases.models import Incident, TimelineEntry
from cases.tellings import SHOWN, Telling, Untimed, telling_of_event

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 21, 1, tzinfo=UTC)
EVENT = {
    "key": "E0001-1-0-1",
    "event_time": AT,
    "event_name": "CreateAccessKey",
    "summary": None,
    "principal": "ci-deploy",
    "evidence": "FP-2026-000001-E0001",
}


@pytest.fixture
def add(incident, by_rin):
    return lambda telling: add_to_timeline(incident=incident, telling=telling, by=by_rin)


@pytest.mark.parametrize(
    "telling", [telling_of_event(EVENT, "the way back in"), Telling(AT, "A call", "from the owner\n")]
)
def test_the_same_is_told_once(add, appended, telling):
    (first, is_new), (second, is_again) = add(telling), add(telling)
    assert (first.pk, is_new, is_again) == (second.pk, True, False)
    assert appended() == ["timeline_added"]


def test_the_same_words_about_another_moment_are_another_entry(add):
    add(Telling(AT, "A call"))
    assert add(Telling(AT.replace(minute=2), "A call"))[1]


def test_the_database_holds_an_event_once(add):
    entry, _ = add(telling_of_event(EVENT, ""))
    entry.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)


def test_what_was_withdrawn_may_be_told_again(add, by_rin):
    entry, _ = add(telling_of_event(EVENT, "wrong"))
    assert withdraw_from_timeline(entry=entry, reason="misread", by=by_rin)
    again, is_new = add(telling_of_event(EVENT, "right"))
    assert is_new
    assert again.pk != entry.pk


def test_the_first_withdrawal_stays(add, by_rin, by_ida, appended):
    entry, _ = add(Telling(AT, "A call"))
    withdraw_from_timeline(entry=entry, reason="misread", by=by_rin)
    assert not withdraw_from_timeline(entry=entry, reason="later", by=by_ida)
    entry.refresh_from_db()
    assert (entry.withdrawn_by, entry.withdrawn_reason) == (by_rin.user, "misread")
    assert appended() == ["timeline_added", "timeline_withdrawn"]


def test_a_closed_incident_is_read_only(add, incident, by_rin):
    entry, _ = add(Telling(AT, "A call"))
    Incident.objects.update(state="closed", outcome="benign", closed_at=timezone.now())
    with pytest.raises(IncidentClosed, match="reopen it"):
        add(Telling(AT, "Another"))
    with pytest.raises(IncidentClosed, match="reopen it"):
        withdraw_from_timeline(entry=entry, reason="late", by=by_rin)


def test_an_event_without_a_time_is_refused_with_the_remedy():
    with pytest.raises(Untimed, match="by hand"):
        telling_of_event(EVENT | {"event_time": None}, "")


def test_what_an_attacker_chose_is_cut_and_storable(add):
    entry, _ = add(telling_of_event(EVENT | {"principal": "\x00\ud800" + "a" * 9_999, "summary": "x" * 999}, ""))
    stored = TimelineEntry.objects.get(pk=entry.pk)
    assert len(stored.title) == 300
    assert stored.snapshot["principal"].startswith("⟨U+0000⟩⟨U+D800⟩a")
    assert len(stored.snapshot["principal"]) == SHOWN
