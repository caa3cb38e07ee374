"""Notes: written once, revised by their author alone, and every word that stood is kept."""

import hashlib
import json

import pytest
from django.utils import timezone

from cases.actions import notes
from cases.actions.incidents import IncidentClosed
from cases.actions.notes import NotTheAuthor, Subject, TooManyRevisions, add_note, revise_note
from cases.models import CustodyEntry, Incident, Note

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(incident, by_rin):
    return add_note(incident=incident, subject=Subject(), text="seen at nine", by=by_rin)[0]


def texts(note):
    return [revision.text for revision in note.revisions.order_by("number")]


def test_a_form_sent_twice_makes_one_note(incident, note, by_rin, by_ida, appended):
    assert add_note(incident=incident, subject=Subject(), text="seen at nine", by=by_rin) == (note, False)
    assert add_note(incident=incident, subject=Subject(event="E0001-1-0-1"), text="seen at nine", by=by_rin)[1]
    assert add_note(incident=incident, subject=Subject(), text="seen at nine", by=by_ida)[1]
    assert appended() == ["noted", "noted"]  # and one for the first


def test_a_revision_keeps_what_stood_before(note, by_rin):
    assert revise_note(note=note, text="seen at ten", by=by_rin)
    assert texts(note) == ["seen at nine", "seen at ten"]
    assert Note.objects.for_lists().get().newest.text == "seen at ten"


def test_the_same_words_are_no_revision(note, by_rin):
    assert not revise_note(note=note, text="seen at nine", by=by_rin)
    assert texts(note) == ["seen at nine"]


def test_only_its_author_revises_a_note(note, by_ida):
    with pytest.raises(NotTheAuthor, match="one of your own"):
        revise_note(note=note, text="never seen", by=by_ida)


def test_revisions_have_an_end(note, by_rin, monkeypatch):
    monkeypatch.setattr(notes, "MOST_REVISIONS", 1)
    with pytest.raises(TooManyRevisions, match="another note"):
        revise_note(note=note, text="seen at ten", by=by_rin)


def test_the_log_has_the_hash_of_the_words_and_not_the_words(note, by_rin):
    revise_note(note=note, text="seen at ten", by=by_rin)
    said = bytes(CustodyEntry.objects.get(action="note_revised").data)
    about = json.loads(said)["object"]
    assert (about["revision"], about["sha256"]) == (2, hashlib.sha256(b"seen at ten").hexdigest())
    assert b"seen at ten" not in said


def test_a_closed_incident_takes_no_notes(incident, note, by_rin):
    Incident.objects.update(state="closed", outcome="benign", closed_at=timezone.now())
    with pytest.raises(IncidentClosed):
        add_note(incident=incident, subject=Subject(), text="late", by=by_rin)
    with pytest.raises(IncidentClosed):
        revise_note(note=note, text="late", by=by_rin)
