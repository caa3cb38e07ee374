"""JSON as it comes into values for columns. What is not there, empty or of another kind than expected is None."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from examiners.objects import OBJECT, object_of
from examiners.records import FIELDS, UNFIT, Malformed, compact
from examiners.times import iso, since_epoch

ANY = msgspec.json.Decoder()
LIST = msgspec.json.Decoder(list[msgspec.Raw])
MILLISECONDS_FROM = 1e11  # as seconds that would be in the year 5138


def whole_of(data: bytes) -> tuple[dict[str, Any], str]:
    """An object's fields, and its text without white space. Raises Malformed for anything else."""
    data = compact(data)
    try:
        return OBJECT.decode(data), data.decode()
    except UNFIT:
        fields = object_of(data)
        return fields, packed(fields)


def fields_in(data: bytes) -> Mapping[str, msgspec.Raw]:
    """The fields of an object; none for what is not one: whoever reads it says what is wrong."""
    try:
        return FIELDS.decode(data)
    except UNFIT:
        return {}


def elements_in(data: bytes) -> list[bytes]:
    """The elements of a list; what is none, as the one that it is."""
    try:
        return [bytes(one) for one in LIST.decode(data)]
    except UNFIT:
        return [data]


def at(value: Any, *path: str | int) -> Any:
    """What lies at the path of keys and places in lists.

    The case of a key's first letter does not matter: the same finding has large ones from an API's client and small
    ones in events.
    """
    for step in path:
        value = step_into(value, step)
    return value


def step_into(value: Any, step: str | int) -> Any:
    if isinstance(step, str) and isinstance(value, dict):
        return value[step] if step in value else value.get(step[:1].swapcase() + step[1:])
    if isinstance(step, int) and isinstance(value, list) and len(value) > step:
        return value[step]
    return None


def first_of(value: Any, *paths: tuple[str | int, ...]) -> Any:
    """What lies at the first of the paths that leads to something."""
    return next((found for path in paths if (found := at(value, *path)) not in (None, "", [], {})), None)


def words(value: Any) -> str | None:
    """A text or number as text; objects and lists as JSON."""
    if value is None or value in ("", [], {}):
        return None
    return value if isinstance(value, str) else packed(value)


def packed(value: Any) -> str:
    """Compact JSON that is the same for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def number(value: Any) -> float | None:
    """A number, also where it came as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < 1e15 else None


def whole_number(value: Any) -> int | None:
    found = number(value)
    return None if found is None else int(found)


def when(value: Any) -> datetime | None:
    """A time: ISO 8601, or seconds or milliseconds since 1970. One that cannot be read is none, its record stays."""
    try:
        if isinstance(value, str):
            return iso(value)
        count = number(value)
        if count is None:
            return None
        return since_epoch(count, 1000 if abs(count) >= MILLISECONDS_FROM else 1)
    except Malformed:
        return None


def first_time(value: Any, *paths: tuple[str | int, ...]) -> datetime | None:
    """The time at the first of the paths where one can be read."""
    return next((time for path in paths if (time := when(at(value, *path)))), None)
