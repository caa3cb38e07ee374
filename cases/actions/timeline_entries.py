"""The case timeline: what people add to the story of the incident, and what they take back."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.actions.custody import Action, Deed, append_entry
from cases.actions.incidents import IncidentClosed, touch
from cases.actor import Actor
from cases.models import Incident, TimelineEntry
from cases.tellings import Telling
from cases.texts import fitting


@transaction.atomic
def add_to_timeline(*, incident: Incident, telling: Telling, by: Actor) -> tuple[TimelineEntry, bool]:
    """Return the entry and whether it is new; while the same stands, it is that one. Raises IncidentClosed.

    Entry: timeline_added, when new.
    """
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if not incident.is_open:
        raise IncidentClosed(f"{incident} is closed; reopen it before adding to its timeline")
    if standing := same_standing(incident, telling):
        return standing, False
    values = {name: getattr(telling, name) for name in Telling.__slots__ if name != "finding"}
    entry = TimelineEntry.objects.create(
        incident=incident,
        finding=telling.finding,
        made_by=by.user,
        made_at=timezone.now(),
        **fitting(TimelineEntry, **values),
    )
    touch(incident)
    deed = Deed(Action.TIMELINE_ADDED, about(entry) | {"at": entry.at.isoformat(), "title": entry.title})
    append_entry(log=incident.reference, deed=deed, by=by)
    return entry, True


def same_standing(incident: Incident, telling: Telling) -> TimelineEntry | None:
    """The entry that says this already: the same event, the same finding, or the same words about the same moment."""
    same: dict[str, Any] = {"event": telling.event, "finding": telling.finding}
    if telling.kind == TimelineEntry.Kind.MANUAL:
        same = fitting(TimelineEntry, title=telling.title, text=telling.text) | {"at": telling.at}
    return incident.timeline_entries.standing().for_lists().filter(kind=telling.kind, **same).first()


@transaction.atomic
def withdraw_from_timeline(*, entry: TimelineEntry, reason: str, by: Actor) -> bool:
    """Take an entry back; it stays as a withdrawn one. False if it was withdrawn already. Raises IncidentClosed.

    Entry: timeline_withdrawn, once.
    """
    incident = Incident.objects.select_for_update().get(pk=entry.incident_id)
    if not incident.is_open:
        raise IncidentClosed(f"{incident} is closed; reopen it before changing its timeline")
    withdrawn = {"withdrawn_by": by.user, "withdrawn_at": timezone.now()}
    withdrawn |= fitting(TimelineEntry, withdrawn_reason=reason)
    if not TimelineEntry.objects.standing().filter(pk=entry.pk).update(**withdrawn):
        return False
    touch(incident)
    append_entry(log=incident.reference, deed=Deed(Action.TIMELINE_WITHDRAWN, about(entry), reason), by=by)
    return True


def about(entry: TimelineEntry) -> dict[str, Any]:
    """The object of a custody entry that speaks of an entry of the timeline."""
    facts = {"type": "timeline_entry", "id": str(entry.pk), "kind": str(entry.kind)}
    if entry.event:
        return facts | {"event": entry.event}
    return facts | {"finding": entry.finding.label} if entry.finding else facts
