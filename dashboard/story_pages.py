"""What the pages of the case timeline show: the story day by day, and where an event or finding stands in it."""

from dataclasses import dataclass
from datetime import UTC, date
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.http import Http404

from cases.models import Finding, Incident, TimelineEntry
from cases.stores import reader_of

SHELF = 100
WITHDRAWN = 100


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC) of the story."""

    date: date
    entries: list[TimelineEntry]


def context_of(incident: Incident, first: str, entry: str) -> dict[str, Any]:
    """One page of the story: from the ``first``-th entry on, or the one on which ``entry`` (its number) stands."""
    standing = incident.timeline_entries.standing()
    start = position_of(incident, int(entry)) if is_number(entry) else int(first) if is_number(first) else 0
    start -= start % SHELF
    total, shown = standing.count(), list(standing.for_lists()[start : start + SHELF])
    gone = incident.timeline_entries.withdrawn().for_lists().order_by("-withdrawn_at", "-pk")
    return {
        "total": total,
        "days": days_of(shown),
        "first": start + 1,
        "last": start + len(shown),
        "before": str(start - SHELF) if start else "",
        "next": str(start + SHELF) if total > start + SHELF else "",
        "withdrawn": list(gone[:WITHDRAWN]),
    }


def is_number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 16


def position_of(incident: Incident, number: int) -> int:
    """How many standing entries come before the one with this number; 0 for one that there is not."""
    found = incident.timeline_entries.filter(pk=number).first()
    if found is None:
        return 0
    earlier = Q(at__lt=found.at) | Q(at=found.at, pk__lt=found.pk)
    return incident.timeline_entries.standing().filter(earlier).count()


def days_of(entries: list[TimelineEntry]) -> list[Day]:
    return [Day(day, list(own)) for day, own in groupby(entries, key=lambda entry: entry.at.astimezone(UTC).date())]


def standing_of_event(incident: Incident, key: str) -> TimelineEntry | None:
    return incident.timeline_entries.standing().filter(kind=TimelineEntry.Kind.EVENT, event=key).first()


def standing_of_finding(finding: Finding) -> TimelineEntry | None:
    entries = TimelineEntry.objects.standing()
    return entries.filter(incident=finding.incident_id, kind=TimelineEntry.Kind.FINDING, finding=finding).first()


def event_or_404(incident: Incident, key: str) -> dict[str, Any]:
    """All columns of an event of this incident. Raises TooSlow, MissingManifest."""
    reader = reader_of(incident)
    event = reader.event(key) if reader else None
    if event is None:
        raise Http404("no such event")
    return event
