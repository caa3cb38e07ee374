"""What findings have in common: where their examples lie, how to see the rest, and a hash that proves a replay."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from analyzers.base import Asked, Example, Finding
from events import Filters, exactly

_LONGEST_ENTITY = 400  # characters; an attacker chooses session names, and a page must still fit them


def result_hash(findings: Iterable[Finding | Asked]) -> str:
    """SHA-256 over the canonical JSON of all findings: same inputs, same hash, whatever order they came in."""
    lines = sorted(json.dumps(asdict(finding), sort_keys=True, default=plain) for finding in findings)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else dict(value)


def example_of(row: Mapping[str, Any]) -> Example:
    """One event as the query's struct gives it: event_time, evidence, part, member, src_row, src_file, what."""
    return Example(
        evidence=row["evidence"],
        part=row["part"],
        member=row["member"],
        file=row["src_file"],
        row=row["src_row"],
        at=aware(row["event_time"]),
        what=row["what"] or "",
    )


def aware(moment: datetime | None) -> datetime | None:
    """Event times are UTC; inside of nested values DuckDB gives them without saying so."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def timeline(first: datetime | None, last: datetime | None, only: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write the filter that opens the timeline on the events behind a finding; its end is just after the last one."""
    kept = {field: tuple(map(exactly, values)) for field, values in only.items() if values and all(values)}
    end = last + timedelta(seconds=1) if last else None
    return Filters(start=first, end=end, only=kept).to_query()


def shortened(value: str) -> str:
    """Cut a value that no page can show; a hash of the whole keeps different ones apart."""
    if len(value) <= _LONGEST_ENTITY:
        return value
    return f"{value[:_LONGEST_ENTITY]}… (sha256 {hashlib.sha256(value.encode()).hexdigest()[:12]})"
