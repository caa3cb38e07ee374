"""The events behind a finding: where each lies in the evidence, who did it, from where, and to what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.models import Finding
from cases.stores import reader_of
from dashboard.event_lines import short
from events import EngineFailed, QuestionRefused, TooSlow, key_of
from events.targets import targets_of
from plugins.text import visible

Place = tuple[str, int, int, int]  # exhibit, part, member, row


@dataclass(frozen=True, slots=True)
class Cited:
    """One event behind a finding, by its place in the evidence; texts have their hidden characters as marks."""

    key: str
    at: datetime | None
    what: str
    exhibit: str
    file: str
    row: int
    error: str
    principal: str
    short_principal: str
    address: str
    targets: tuple[str, ...]


def events_behind(finding: Finding) -> dict[Place, dict[str, Any]]:
    """The examples as the store has them; none where it has no events, or cannot find these within a page's time."""
    reader = reader_of(finding.incident)
    if reader is None or not finding.examples:
        return {}
    times = [datetime.fromisoformat(one["at"]) for one in finding.examples if one.get("at")]
    window = (min(times), max(times)) if len(times) == len(finding.examples) else None
    try:
        return reader.events_at([place_of(example) for example in finding.examples], window)
    except (TooSlow, QuestionRefused, EngineFailed):
        return {}


def place_of(example: Mapping[str, Any]) -> Place:
    return example["evidence"], example["part"], example["member"], example["row"]


def cited(finding: Finding, events: Mapping[Place, Mapping[str, Any]]) -> Iterator[Cited]:
    for example in finding.examples:
        event = events.get(place_of(example), {})
        principal = visible(event.get("principal") or "")
        yield Cited(
            key=key_of(example | {"src_row": example["row"]}),
            at=datetime.fromisoformat(example["at"]) if example.get("at") else None,
            what=visible(example.get("what", "")),
            exhibit=example["evidence"].rsplit("-", 1)[-1],
            file=visible(example["file"]),
            row=example["row"],
            error=visible(event.get("error_code") or ""),
            principal=principal,
            short_principal=short(principal),
            address=visible(event.get("source_ip_address") or ""),
            targets=tuple(visible(one) for one in targets_of(event)),
        )
