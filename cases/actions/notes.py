"""Notes: what people write about an incident, its events and its findings, with every revision kept."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.actions.custody import Action, Deed, append_entry
from cases.actions.incidents import IncidentClosed, touch
from cases.actor import Actor
from cases.models import Finding, Incident, Note, NoteRevision
from cases.texts import kept
from plugins import Refused

LONGEST = 8000  # characters
MOST_REVISIONS = 50


class NotTheAuthor(Refused):
    """Somebody else wrote the note; write one of your own beside it."""


class TooManyRevisions(Refused):
    """The note has as many revisions as a page can show; write another note."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a note is about: the incident itself unless an event (by its key) or a finding is named."""

    event: str = ""
    finding: Finding | None = None


@transaction.atomic
def add_note(*, incident: Incident, subject: Subject, text: str, by: Actor) -> tuple[Note, bool]:
    """Return the note and whether it is new; a form sent twice makes one note. Raises IncidentClosed.

    Entry: noted, when new.
    """
    incident = locked(incident)
    text, about_it = kept(text, LONGEST), {"event": subject.event, "finding": subject.finding}
    last = incident.notes.for_lists().filter(made_by=by.user, **about_it).first()
    if last and last.newest.text == text:
        return last, False
    note = Note.objects.create(incident=incident, made_by=by.user, made_at=timezone.now(), **about_it)
    touch(incident)
    record(note, text, Action.NOTED, by)
    return note, True


@transaction.atomic
def revise_note(*, note: Note, text: str, by: Actor) -> bool:
    """Give a note other words; False if they are its words already. The old ones stay.

    Raises NotTheAuthor, TooManyRevisions, IncidentClosed. Entry: note_revised, when it says something else.
    """
    incident = locked(note.incident)
    if note.made_by_id != by.user.pk:
        raise NotTheAuthor(f"only {note.made_by.shown_name} revises this note; write one of your own beside it")
    newest, text = note.revisions.order_by("-number")[0], kept(text, LONGEST)
    if newest.text == text:
        return False
    if newest.number >= MOST_REVISIONS:
        raise TooManyRevisions(f"this note has {MOST_REVISIONS} revisions; write another note")
    touch(incident)
    record(note, text, Action.NOTE_REVISED, by, newest.number + 1)
    return True


def locked(incident: Incident) -> Incident:
    """The incident as it is now, until the transaction ends. Raises IncidentClosed."""
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if not incident.is_open:
        raise IncidentClosed(f"{incident} is closed; reopen it before writing notes")
    return incident


def record(note: Note, text: str, action: Action, by: Actor, number: int = 1) -> None:
    """Write a revision; the log has the hash of its words, since what stands there cannot be erased."""
    NoteRevision.objects.create(note=note, number=number, text=text, made_by=by.user, made_at=timezone.now())
    facts: dict[str, Any] = {"type": "note", "id": str(note.pk), "revision": number}
    if note.event:
        facts["event"] = note.event
    if note.finding:
        facts["finding"] = note.finding.label
    facts["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    append_entry(log=note.incident.reference, deed=Deed(action, facts), by=by)
