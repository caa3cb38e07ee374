"""Values that no service writes and that somebody may have written all the same."""

import copy
import json

ODD = (
    *("", None, True, -1, 1e308, 10**30, [], {}, [[]], [None, 1, "x"], {"": {"a": [None]}}),
    *("\x00\x1b[31m\u202e\n", "\ud800", "x" * 10_000, "9999-99-99T99:99:99Z", "arn:", "NaN", "' OR 1=1 --"),
)


def places_in(value, path=()):
    """The path of every value in a record, at every depth."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield (*path, step)
        yield from places_in(child, (*path, step))


def with_value(record, path, value):
    changed = copy.deepcopy(record)
    *way, last = path
    inner = changed
    for step in way:
        inner = inner[step]
    inner[last] = value
    return changed


def without_field(record, path):
    changed = copy.deepcopy(record)
    *way, last = path
    inner = changed
    for step in way:
        inner = inner[step]
    del inner[last]
    return changed


def variants(record):
    """The record with each of its values replaced by each odd one, and with each left out."""
    for path in places_in(record):
        yield without_field(record, path)
        yield from (with_value(record, path, value) for value in ODD)


def lines_of(records):
    return b"".join(json.dumps(record).encode("utf-8", "surrogatepass") + b"\n" for record in records)
