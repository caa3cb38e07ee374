"""One entity and what it is tied to: the ways address - key - principal, the resources, the keys it gave and was given.

Kinds are those of leads: principal, access_key, address, resource. Calls of AWS's own services are left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.engine import first_values
from events.questions import ISSUED_KEY, Issue, issues
from events.reader import Reader
from events.signals import EXPRESSIONS, RESOURCE, acted
from events.tactics import DAMAGE, FOOTHOLD, TAKING, named

MOST_WAYS, MOST_RESOURCES, MOST_KEYS = 12, 40, 200
LONGEST = 10  # steps back to whoever stands at the start; a forged log could make a circle
PLAIN = re.compile(r"[\w./:@+=, -]+", re.ASCII)  # is the same in JSON text as outside


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody came: from an address, with a key, as a principal; empty where the records do not say."""

    address: str
    key: str
    principal: str
    events: int
    refused: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Touched:
    """What was done to a resource: calls in all, those that failed, and the names of those that changed or took."""

    resource: str
    events: int
    failed: int
    deeds: list[str]
    names: list[str]
    first_at: datetime
    last_at: datetime


def narrowed(kind: str, value: str) -> tuple[str, list[str]]:
    """The condition of an entity's calls. A resource is looked for in the text first, because JSON is slow to open."""
    if kind != "resource":
        return f"{EXPRESSIONS[kind]} = ?", [value]
    name = value if value.startswith("arn:") else value.partition(":")[2]
    is_plain = PLAIN.fullmatch(name)
    return f"contains(request_parameters, ?) AND {RESOURCE} = ?", [name if is_plain else "", value]


def ways(reader: Reader, kind: str, value: str) -> list[Way]:
    """The ways to the entity or through it, the busiest 12. Raises TooSlow."""
    where, bound = narrowed(kind, value)
    rows = reader.select(
        f"""{acted()} SELECT coalesce(address, source_ip_address, ''), coalesce(access_key, ''), principal, count(*),
            count(*) FILTER (failed), min(event_time), max(event_time)
        FROM acted WHERE {where} GROUP BY 1, 2, 3 ORDER BY count(*) DESC, 1, 2, 3 LIMIT {MOST_WAYS}""",  # noqa: S608
        bound,
    )
    return [Way(*row) for row in rows]


def resources_of(reader: Reader, kind: str, value: str) -> list[Touched]:
    """What its calls were about: what was changed, taken or damaged first, at most 40. Raises TooSlow."""
    where, bound = narrowed(kind, value)
    deeds = f"{named((*FOOTHOLD, *TAKING, *DAMAGE))} AND NOT failed"
    rows = reader.select(
        f"""{acted()} SELECT resource, count(*), count(*) FILTER (failed),
            coalesce(list(DISTINCT event_name ORDER BY event_name) FILTER ({deeds}), [])[1:8] AS deeds,
            {first_values("event_name", 8)}, min(event_time), max(event_time)
        FROM (SELECT {RESOURCE} AS resource, * FROM acted WHERE {where}) WHERE resource IS NOT NULL GROUP BY resource
        ORDER BY len(deeds) DESC, count(*) DESC, resource LIMIT {MOST_RESOURCES}""",  # noqa: S608
        bound,
    )
    return [Touched(*row) for row in rows]


def became(reader: Reader, kind: str, value: str) -> list[Issue]:
    """The keys that were given out to it, in order of time: what it can act as besides itself. Raises TooSlow."""
    if kind == "resource":
        return []
    return issues(reader, only=narrowed_issues(kind, value), most=MOST_KEYS)


def narrowed_issues(kind: str, value: str) -> tuple[str, Sequence[Any]]:
    columns = {"principal": "principal", "access_key": "user_identity_access_key_id", "address": "source_ip_address"}
    return f"{columns[kind]} = ?", [value]


def behind(reader: Reader, keys: Sequence[str]) -> list[Issue]:
    """Whoever had these keys issued, and had the key for that issued, back to the start. Raises TooSlow."""
    found: dict[str, Issue] = {}
    wanted = [key for key in keys if key]
    for _ in range(LONGEST):
        fresh = issues(reader, only=(f"{ISSUED_KEY} IN (SELECT unnest(?::VARCHAR[]))", [wanted]), most=MOST_KEYS)
        found |= {issue.key: issue for issue in fresh if issue.key not in found}
        wanted = sorted({issue.caller_key for issue in fresh if issue.caller_key} - set(found))
        if not wanted:
            break
    return sorted(found.values(), key=lambda issue: (issue.at is None, issue.at, issue.key))
