"""JSON Lines: an object an event, with every column that holds something."""

import json
from collections.abc import Iterable, Iterator

from exports.base import EVENTS, Row, export, filled


@export("jsonl", title="JSON Lines", of=EVENTS, suffix="jsonl")
def write(rows: Iterable[Row]) -> Iterator[bytes]:
    """ASCII only, so that no reader stumbles over hidden characters.

    https://jsonlines.org/
    """
    for row in rows:
        yield json.dumps(filled(row)).encode() + b"\n"
