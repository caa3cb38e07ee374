"""What the page of changes shows: what of each resource became different, and who called AWS for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from cases.models import Incident
from cases.stores import reader_of
from dashboard.entity_pages import address_of
from dashboard.event_lines import short
from events.drift import Call, Change, changes, has_items
from plugins.text import visible


@dataclass(frozen=True, slots=True)
class Caller:
    """A call behind a change, with where its event and its principal are shown."""

    call: Call
    event: str
    principal: str
    principal_page: str


@dataclass(frozen=True, slots=True)
class Line:
    """One change with where it leads."""

    change: Change
    event: str
    resource_page: str
    callers: list[Caller]


def context_of(incident: Incident) -> dict[str, Any]:
    """The newest changes. Raises TooSlow."""
    reader = reader_of(incident)
    found = changes(reader) if reader else []
    return {
        "lines": list(lines_of(found, incident.reference)),
        "has_items": bool(reader and has_items(reader)),
        "unexplained": sum(not change.calls for change in found),
    }


def lines_of(found: list[Change], reference: str) -> Iterator[Line]:
    for change in found:
        callers = [caller_of(call, reference) for call in change.calls]
        resource = address_of(reference, "resource", change.resource)
        yield Line(change, reverse("event", args=[reference, change.key]), resource, callers)


def caller_of(call: Call, reference: str) -> Caller:
    page = address_of(reference, "principal", call.principal) if call.principal else ""
    return Caller(call, reverse("event", args=[reference, call.key]), short(visible(call.principal)), page)
