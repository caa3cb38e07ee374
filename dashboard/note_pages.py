"""What the pages show of notes: all of an incident, and the newest about one event or finding."""

from collections.abc import Mapping
from typing import Any

from cases.models import Finding, Incident
from cases.models.note import NoteQuerySet
from dashboard.forms.notes import NoteForm

PAGE = 50
FEW = 20


def context_of(incident: Incident, before: str) -> dict[str, Any]:
    """A page of notes, newest first; ``before`` is the number of the note that ended the page before."""
    notes = incident.notes.for_lists()
    if before.isdecimal() and before.isascii() and len(before) < 16:
        notes = notes.filter(pk__lt=int(before))
    rows = list(notes[: PAGE + 1])
    return {"notes": rows[:PAGE], "older": rows[PAGE - 1].pk if len(rows) > PAGE else None}


def panel_of_event(incident: Incident, key: str) -> Mapping[str, Any]:
    return panel_of(incident.notes.on_event(key))


def panel_of_finding(finding: Finding) -> Mapping[str, Any]:
    return panel_of(finding.incident.notes.on_finding(finding))


def panel_of(notes: NoteQuerySet) -> Mapping[str, Any]:
    """The newest of these notes, and the form for another one; two queries."""
    rows = list(notes.for_lists()[: FEW + 1])
    return {"notes": rows[:FEW], "notes_more": len(rows) > FEW, "note_form": NoteForm()}
