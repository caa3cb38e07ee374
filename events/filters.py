"""What a person asks to see: a window, a free text, and values of an allow-list of fields, wanted or unwanted."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from events.errors import BadFilter
from events.values import condition

# The filter's name -> the SQL expression it looks at.
FIELDS = {
    "family": "family",
    "event_name": "event_name",
    "event_source": "event_source",
    "event_id": "event_id",
    "principal": "principal",
    "access_key": "user_identity_access_key_id",
    "source_ip": "source_ip_address",
    "account": "coalesce(recipient_account_id, user_identity_account_id)",
    "region": "aws_region",
    "error_code": "error_code",
    "outcome": "CASE WHEN coalesce(error_code, '') = '' THEN 'ok' ELSE 'error' END",
    "category": "coalesce(event_category, 'Management')",
    "evidence": "evidence",
    "user_agent": "user_agent",
}
# Free text looks into these.
SEARCHED = (
    "event_name",
    "event_source",
    "event_id",
    "principal",
    "user_identity_access_key_id",
    "source_ip_address",
    "aws_region",
    "user_agent",
    "error_code",
    "error_message",
    "request_parameters",
    "response_elements",
    "resources",
    "record",
)
NOT = "not_"
LONGEST = 4_000
# Buckets begin before the window and end behind it: the calendar's own ends leave them no room.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, tzinfo=UTC)
OTHER_KEYS = ("start", "end", "q")
UNESCAPED_COMMA = re.compile(r"(?<!\\),")


@dataclass(frozen=True, slots=True)
class Filters:
    """A question about events: [start, end) in UTC, free text ``q``, and field -> values that must or must not be.

    Values compare as ``events.values`` says. Made from a query string by ``from_query``; ``to_query`` gives it back.
    """

    start: datetime | None = None
    end: datetime | None = None
    q: str = ""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Filters":
        """Read a query string's mapping; empty values are left out. Raises BadFilter naming the field."""
        given = {key: value for key, value in query.items() if value}
        for key, value in given.items():
            check(key, value)
        filters = cls(
            start=moment("start", given),
            end=moment("end", given),
            q=given.get("q", ""),
            only={key: values(given[key]) for key in FIELDS if key in given},
            without={key: values(given[NOT + key]) for key in FIELDS if NOT + key in given},
        )
        if filters.start and filters.end and filters.start >= filters.end:
            raise BadFilter("the window ends before it begins: 'start' has to be earlier than 'end'", "end")
        filters.where()  # a range that cannot be asked for is refused here
        return filters

    def to_query(self) -> dict[str, str]:
        """The mapping that ``from_query`` reads; commas inside a value are written as \\,."""
        query = {"start": iso(self.start), "end": iso(self.end), "q": self.q}
        query |= {key: joined(wanted) for key, wanted in self.only.items()}
        query |= {NOT + key: joined(unwanted) for key, unwanted in self.without.items()}
        return {key: value for key, value in query.items() if value}

    def where(self) -> tuple[str, list[object]]:
        """An SQL condition and the values bound in it; what a person typed is never part of the text."""
        parts = list(self.conditions())
        return " AND ".join(text for text, _ in parts) or "true", [value for _, bound in parts for value in bound]

    def conditions(self) -> Iterator[tuple[str, list[object]]]:
        if self.start:
            yield "event_time >= ?", [naive(self.start)]
        if self.end:
            yield "event_time < ?", [naive(self.end)]
        for key, wanted in self.only.items():
            is_wanted, bound = asked(key, wanted)
            yield f"({is_wanted})", bound
        for key, unwanted in self.without.items():
            is_unwanted, bound = asked(key, unwanted, NOT)
            yield f"NOT ({is_unwanted})", bound
        if self.q:
            found = " OR ".join(f"contains(lower({name}), ?)" for name in SEARCHED)
            yield f"({found})", [self.q.lower()] * len(SEARCHED)


def asked(key: str, wanted: tuple[str, ...], side: str = "") -> tuple[str, list[object]]:
    """The condition of one field. Raises BadFilter naming it."""
    try:
        return condition(key, FIELDS[key], wanted)
    except BadFilter as bad:
        raise BadFilter(str(bad), side + key) from None


def check(key: str, value: str) -> None:
    """Raises BadFilter for a field that is not offered, a value that is too long, or a NUL."""
    if key not in OTHER_KEYS and key.removeprefix(NOT) not in FIELDS:
        offered = ", ".join((*OTHER_KEYS, *FIELDS))
        raise BadFilter(f"there is no filter {key!r}; there are: {offered}, and not_FIELD", key)
    if len(value) > LONGEST or "\0" in value:
        raise BadFilter(f"the value of {key!r} is longer than {LONGEST} characters or holds a NUL", key)


def moment(key: str, given: Mapping[str, str]) -> datetime | None:
    """An ISO 8601 time or date; without a zone it is UTC."""
    if key not in given:
        return None
    try:
        time = datetime.fromisoformat(given[key].strip())
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
        return min(max(time, EARLIEST), LATEST)
    except (ValueError, OverflowError):
        raise BadFilter(f"{key!r} is not a time: give it as 2026-03-01T09:30:00Z or 2026-03-01", key) from None


def values(text: str) -> tuple[str, ...]:
    parts = (part.replace("\\,", ",").strip() for part in UNESCAPED_COMMA.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def joined(parts: tuple[str, ...]) -> str:
    return ",".join(part.replace(",", "\\,") for part in parts)


def iso(time: datetime | None) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z") if time else ""


def naive(time: datetime) -> datetime:
    """UTC without a zone, as event times are stored."""
    return time.astimezone(UTC).replace(tzinfo=None)
