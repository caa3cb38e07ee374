"""Cutting a window of time into buckets that a person can read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MINUTE, HOUR, DAY = 60, 3_600, 86_400
WIDTHS = (
    *(1, 2, 5, 10, 15, 30),
    *(MINUTE * count for count in (1, 2, 5, 10, 15, 30)),
    *(HOUR * count for count in (1, 2, 3, 6, 12)),
    DAY,
)
# Buckets start at whole multiples of their width since this moment, a Monday.
ORIGIN = datetime(2001, 1, 1, tzinfo=UTC)
SERIES = ("management", "data", "insight", "network", "error", "other")


@dataclass(frozen=True, slots=True)
class Bucket:
    """The events of [start, end) by series (``SERIES``, or kinds of log); one without events is not in ``counts``."""

    start: datetime
    end: datetime
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def width_for(start: datetime, end: datetime, buckets: int) -> int:
    """The narrowest pleasant width, in seconds, that needs at most ``buckets``; whole days beyond a day."""
    seconds = (end - start).total_seconds() / max(buckets - 1, 1)
    for width in WIDTHS:
        if width >= seconds:
            return width
    return DAY * -(-int(seconds) // DAY)


def fill(start: datetime, end: datetime, width: int, counted: Iterable[tuple[datetime, str, int]]) -> list[Bucket]:
    """One bucket after the other over [start, end), the empty ones too."""
    found: dict[datetime, dict[str, int]] = {}
    for at, series, count in counted:
        found.setdefault(at, {})[series] = count
    step = timedelta(seconds=width)
    return [Bucket(at, at + step, found.get(at, {})) for at in starts(start, end, step)]


def starts(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    at = start - (start - ORIGIN) % step
    while at < end:
        yield at
        at += step
