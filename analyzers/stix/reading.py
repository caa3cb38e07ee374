"""A file or text of indicators, read to the end: read = taken + refused, each refusal with its place and reason."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from analyzers.stix.bundles import AROUND, label_of, pairs_of
from analyzers.stix.kinds import ALIASES, KINDS, Unusable, normalised
from plugins import Refused
from plugins.text import visible

MOST_BYTES = 8 << 20
MOST = 50_000  # values
LONGEST_LABEL = 300
SHOWN = 120  # characters of what was refused
FORMS = "a STIX 2.1 bundle (JSON) or a CSV whose first line names a column value"
FIELDS = frozenset({"type", "value", "label"})


class Unreadable(Refused):
    """Nothing of it was taken; the message says what it should be."""


@dataclass(frozen=True, slots=True)
class Value:
    """One indicator as it is looked for: its kind is a STIX type, its value is normalised."""

    kind: str
    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What cannot be used: where it stands, how it begins, and why."""

    place: str
    text: str
    reason: str


@dataclass(slots=True)
class Reading:
    """What a file came to. ``taken`` may name one value twice; ``around`` counts objects that hold no value."""

    origin: str
    sha256: str
    size: int
    taken: list[Value] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    around: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        return len(self.taken) + len(self.refused)

    def take(self, place: str, kind: str, text: str, label: str = "") -> None:
        """Take a value in, or note why not. Raises Unreadable for one too many."""
        if self.read >= MOST:
            raise Unreadable(f"it holds more than {MOST:,} values; hand it over in parts")
        try:
            self.taken.append(Value(*normalised(kind, text), label.strip()[:LONGEST_LABEL]))
        except Unusable as problem:
            self.refuse(place, text, str(problem))

    def refuse(self, place: str, text: str, reason: str) -> None:
        if self.read >= MOST:
            raise Unreadable(f"it holds more than {MOST:,} values; hand it over in parts")
        self.refused.append(Refusal(visible(place), visible(text.strip()[:SHOWN]), visible(reason)))


def read_file(data: bytes, origin: str, now: datetime) -> Reading:
    """Read a bundle or a CSV, told apart by how it begins. Raises Unreadable."""
    reading = begun(data, origin)
    text = decoded(data)
    if text.lstrip()[:1] in ("{", "["):
        return read_objects(reading, parsed(text), now)
    return read_rows(reading, text)


def read_text(text: str, origin: str) -> Reading:
    """Read one value a line, its kind before it where it cannot be guessed; empty lines are none. Raises Unreadable."""
    reading = begun(text.encode(errors="replace"), origin)
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            reading.take(f"line {number}", *kind_and_value(line))
    return reading


def kind_and_value(line: str) -> tuple[str, str]:
    """``user-account mallory`` names its kind; anything else is a value as it stands."""
    word, _, rest = line.strip().partition(" ")
    kind = word.rstrip(",:").lower()
    return (kind, rest) if rest.strip() and (kind in KINDS or kind in ALIASES) else ("", line)


def read_json(data: bytes, given: Any, origin: str, now: datetime) -> Reading:
    """Read what an API was given: a bundle, or a list of {type?, value, label?}. Raises Unreadable."""
    return read_objects(begun(data, origin), given, now)


def begun(data: bytes, origin: str) -> Reading:
    if len(data) > MOST_BYTES:
        raise Unreadable(f"it is larger than {MOST_BYTES >> 20} MiB; hand it over in parts")
    return Reading(origin, hashlib.sha256(data).hexdigest(), len(data))


def decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Unreadable(f"it is not text in UTF-8 (byte {problem.start + 1}); hand over {FORMS}") from None


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise Unreadable("its JSON is nested too deeply") from None
    except ValueError as problem:
        raise Unreadable(f"it begins like JSON and is none: {problem}") from None


def read_objects(reading: Reading, given: Any, now: datetime) -> Reading:
    if isinstance(given, list):
        for number, one in enumerate(given, start=1):
            read_item(reading, f"item {number}", one)
        return reading
    if not isinstance(given, dict) or given.get("type") != "bundle" or not isinstance(given.get("objects"), list):
        raise Unreadable(f"it is JSON, but no STIX bundle with objects, and no list of values; hand over {FORMS}")
    for number, one in enumerate(given["objects"], start=1):
        read_object(reading, f"object {number}", one, now)
    return reading


def read_item(reading: Reading, place: str, one: Any) -> None:
    """One of {type?, value, label?}; a text alone is a value."""
    item = {"value": one} if isinstance(one, str) else one
    if not isinstance(item, dict) or set(item) - FIELDS or not all(isinstance(each, str) for each in item.values()):
        reading.refuse(place, beginning(one), "it is not of the form type, value, label, all of them text")
        return
    reading.take(place, item.get("type", ""), item.get("value", ""), item.get("label", ""))


def read_object(reading: Reading, place: str, one: Any, now: datetime) -> None:
    if not isinstance(one, dict):
        reading.refuse(place, beginning(one), "it is no object")
        return
    kind = one.get("type")
    if isinstance(kind, str) and kind in AROUND:
        reading.around[kind] += 1
        return
    named = beginning(one.get("id"))
    where = f"{place}, {named}" if named else place
    try:
        pairs = list(pairs_of(one, now))
    except Unusable as problem:
        reading.refuse(where, beginning(one.get("pattern")) or beginning(one.get("value")), str(problem))
        return
    for named_kind, value in pairs:
        reading.take(where, named_kind, value, label_of(one))


def beginning(one: Any) -> str:
    """How a text begins; of what is no text, nothing: it may be as deep as its maker liked."""
    return one[:SHOWN] if isinstance(one, str) else ""


def read_rows(reading: Reading, text: str) -> Reading:
    """A CSV's rows; comma, semicolon or tab, as its first line has it."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for number, row in rows_of(text, delimiter):
            reading.take(f"line {number}", row.get("type", ""), row.get("value", ""), row.get("label", ""))
    except csv.Error as problem:
        raise Unreadable(f"it is no CSV: {problem}") from None
    return reading


def rows_of(text: str, delimiter: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names = [name.strip().lower() for name in next(rows, [])]
    if "value" not in names:
        raise Unreadable(f"its first line names no column value; hand over {FORMS}, or type one value a line")
    for row in rows:
        if any(cell.strip() for cell in row):
            yield rows.line_num, dict(zip(names, row, strict=False))
