"""What can be added to the case timeline: an event, a finding, or what a person knows, each made a telling."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cases.models import Finding, TimelineEntry
from cases.texts import kept
from plugins import Refused

TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")
MOST_TECHNIQUES = 10
SHOWN = 500  # characters of a value kept from an event, of which an attacker may have chosen every one
# Snapshot's key -> the event's column.
FACTS = {
    "what": "event_name",
    "summary": "summary",
    "principal": "principal",
    "address": "source_ip_address",
    "source": "event_source",
    "error": "error_code",
    "exhibit": "evidence",
    "file": "src_file",
    "row": "src_row",
}


class Untimed(Refused):
    """It has no time by which it could stand in the timeline; add it by hand, with the time the team gives it."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What an entry of the case timeline will say; ``at`` is aware UTC, ``text`` the person's comment."""

    at: datetime
    title: str
    text: str = ""
    kind: str = TimelineEntry.Kind.MANUAL
    event: str = ""
    finding: Finding | None = None
    snapshot: Mapping[str, Any] = field(default_factory=dict)
    techniques: tuple[str, ...] = ()


def telling_of_event(event: Mapping[str, Any], text: str = "") -> Telling:
    """An event as the store gives it. Raises Untimed where its record has no readable time."""
    if event["event_time"] is None:
        raise Untimed(f"event {event['key']} has no readable time; add it by hand with the time it happened")
    title = ": ".join(str(event[name]) for name in ("event_name", "summary") if event.get(name)) or event["key"]
    return Telling(
        at=event["event_time"],
        title=kept(title, 300),
        text=text,
        kind=TimelineEntry.Kind.EVENT,
        event=event["key"],
        snapshot={name: fact(event[column]) for name, column in FACTS.items() if event.get(column) is not None},
    )


def fact(value: Any) -> Any:
    return kept(value, SHOWN) if isinstance(value, str) else value


def telling_of_finding(finding: Finding, text: str = "") -> Telling:
    """A finding as it is now, at its first event. Raises Untimed where none of its events has a time."""
    if finding.first_at is None:
        raise Untimed(f"{finding.label} has no time of its first event; add it by hand with the time it happened")
    return Telling(
        at=finding.first_at,
        title=finding.title,
        text=text,
        kind=TimelineEntry.Kind.FINDING,
        finding=finding,
        snapshot={
            "what": finding.label,
            "principal": kept(", ".join(finding.principals), SHOWN),
            "count": finding.count,
        },
        techniques=tuple(finding.techniques[:MOST_TECHNIQUES]),
    )
