"""The year of a time that was written without one, as syslog's are (RFC 3164, section 4.1.2): never guessed, derived.

https://www.rfc-editor.org/rfc/rfc3164#section-4.1.2
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from examiners.base import Member
from examiners.envelopes import Envelope
from examiners.forms import Item
from examiners.rows import EARLIEST, LATEST

Yearless = tuple[int, int, int, int, int, int]  # month, day, hour, minute, second, microsecond
# Clocks go wrong and zones are not written: so much later than the file's last change a line may seem to be.
LATER = timedelta(days=1)
ROTATED = re.compile(r"[.-](20\d\d)(\d\d)(\d\d)(?:[.-][A-Za-z0-9.]{1,20}|\Z)")  # logrotate's dateext


@dataclass(frozen=True, slots=True)
class Hint:
    """A moment that tells the year of a line, and who says so: near it, or before it, the line was written."""

    at: datetime
    said_by: str
    is_near: bool


def hinted(member: Member, items: Iterator[Item]) -> Iterator[Item]:
    """The items; those without an envelope get what the file tells of their year as their context."""
    hint = hint_of_file(member)
    for item in items:
        yield item if isinstance(item.context, Envelope) else replace(item, context=hint)


def hint_of_file(member: Member) -> Hint | None:
    """The date in a rotated file's name, else the time of its last change; None where there is neither."""
    rotated = ROTATED.search(member.file.rsplit("/", 1)[-1])
    if rotated and (day := in_year((int(rotated[2]), int(rotated[3]), 0, 0, 0, 0), int(rotated[1]))):
        return Hint(day + timedelta(days=1), "the file's name", is_near=False)
    return Hint(member.modified, "the file's time", is_near=False) if member.modified else None


def hint_of(item: Item) -> Hint | None:
    if isinstance(item.context, Envelope):
        return Hint(item.context.at, "the log group", is_near=True) if item.context.at else None
    return item.context if isinstance(item.context, Hint) else None


def in_its_year(written: Yearless, hint: Hint) -> datetime | None:
    """The time (UTC) in the year that the hint leaves; None where no such year has that day."""
    years = (hint.at.year + step for step in ((0, 1, -1) if hint.is_near else (1, 0, -1)))
    found = [time for year in years if (time := in_year(written, year))]
    if hint.is_near:
        return min(found, key=lambda time: abs(time - hint.at), default=None)
    return next((time for time in found if time - LATER <= hint.at), None)


def in_year(written: Yearless, year: int) -> datetime | None:
    if not EARLIEST.year <= year < LATEST.year:
        return None
    try:
        return datetime(year, *written, tzinfo=UTC)
    except ValueError:
        return None
