"""Where a page of events ends: keyset cursors over (time, exhibit, part, member, row), and an event's short key."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from events.errors import BadCursor
from events.families import PLACE

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEY = re.compile(r"(E\d{1,9})-(\d{1,9})-(\d{1,9})-(\d{1,9})")
LARGEST = 2**31 - 1
# What a datetime can hold, in microseconds since 1970.
MICROS = range((datetime.min.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1), 253_402_300_800 * 10**6)
ORDER_BY = "event_time {way} NULLS {undated}, " + ", ".join(f"{name} {{way}}" for name in PLACE)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A row's place in the order of events, and whether the page wanted lies after it or before it.

    ``micros`` is the event's time since 1970 in microseconds, None for a row without a readable time.
    """

    micros: int | None
    evidence: str
    part: int
    member: int
    src_row: int
    is_before: bool = False

    @classmethod
    def of(cls, row: Mapping[str, Any], *, is_before: bool = False) -> "Cursor":
        at = row["event_time"]
        micros = (at - EPOCH) // timedelta(microseconds=1) if at else None
        return cls(micros, row["evidence"], row["part"], row["member"], row["src_row"], is_before)

    @property
    def at(self) -> datetime | None:
        """The time in UTC, without a zone as the files have it."""
        return None if self.micros is None else EPOCH.replace(tzinfo=None) + timedelta(microseconds=self.micros)

    def text(self) -> str:
        body = [self.micros, self.evidence, self.part, self.member, self.src_row, int(self.is_before)]
        return base64.urlsafe_b64encode(json.dumps(body, separators=(",", ":")).encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Raises BadCursor for anything that ``text`` did not write."""
        try:
            body = json.loads(base64.urlsafe_b64decode(text[:400] + "=" * (-len(text[:400]) % 4)))
            micros, evidence, part, member, src_row, is_before = body
            cursor = cls(micros, evidence, part, member, src_row, bool(is_before))
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise BadCursor("this page address is not one of ours; start again from the first page") from None
        cursor.check()
        return cursor

    def check(self) -> None:
        numbers = (self.part, self.member, self.src_row)
        is_sound = all(type(number) is int and 0 <= number <= LARGEST for number in numbers)
        has_time = self.micros is None or (type(self.micros) is int and self.micros in MICROS)
        if not (is_sound and has_time and isinstance(self.evidence, str) and self.evidence.isascii()):
            raise BadCursor("this page address is not one of ours; start again from the first page")

    def condition(self, *, newest_first: bool) -> tuple[str, list[object]]:
        """The SQL condition of the rows beyond this cursor. Rows without a time come last in both orders."""
        way = "<" if newest_first != self.is_before else ">"
        rest = f"({', '.join(PLACE)}) {way} (?, ?, ?, ?)"
        place: list[object] = [self.evidence, self.part, self.member, self.src_row]
        if self.micros is None:
            undated = f"(event_time IS NULL AND {rest})"
            return (f"(event_time IS NOT NULL OR {undated})" if self.is_before else undated), place
        at = self.at
        dated = f"(event_time {way} ? OR (event_time = ? AND {rest})"
        return dated + (")" if self.is_before else " OR event_time IS NULL)"), [at, at, *place]


def order_by(*, newest_first: bool, is_before: bool = False) -> str:
    """The order of a page's rows; a page before a cursor is read backwards from it."""
    way = "DESC" if newest_first != is_before else "ASC"
    return ORDER_BY.format(way=way, undated="FIRST" if is_before else "LAST")


def key_of(row: Mapping[str, Any]) -> str:
    """The short key of an event within its incident, such as E0001-1-5-12 (exhibit, part, member, row)."""
    return "-".join([str(row["evidence"]).rsplit("-", 1)[-1], *(str(row[name]) for name in PLACE[1:])])


def parse_key(key: str) -> tuple[str, int, int, int] | None:
    found = KEY.fullmatch(key)
    return (found[1], int(found[2]), int(found[3]), int(found[4])) if found else None
