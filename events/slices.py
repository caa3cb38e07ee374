"""Sorting more rows than fit in memory: cut the order of events into slices, sort each, write one after the other.

The engine's own sort holds wide rows in memory whole (seen: 390 MB of rows fail at a limit of 256 MB).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from events.engine import parquet
from events.families import PLACE

# Rows are visited in this order everywhere; a row without a readable time comes last.
ORDER = "event_time NULLS LAST, " + ", ".join(PLACE)
FAR = datetime(9999, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001  stored times carry no zone
TIME = f"coalesce(event_time, TIMESTAMP '{FAR}')"
KEY = f"{TIME}, {', '.join(PLACE)}"
SLICE_ROWS = 32_768
# About so many rows are looked at to find where to cut.
SAMPLE = 20_000

Key = tuple[datetime, str, int, int, int]


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows from ``lower`` (included) to ``upper`` (not) in the order of events; None is open."""

    lower: Key | None
    upper: Key | None

    def condition(self) -> tuple[str, list[object]]:
        """SQL and its bound values; the plain comparisons of times let the engine skip whole row groups."""
        parts: list[tuple[str, tuple[object, ...]]] = [("true", ())]
        if self.lower:
            parts += [(beyond(">", ">="), (self.lower[0], *self.lower))]
            # Only the last slices hold rows without a time.
            parts += [] if self.reaches_undated else [("event_time >= ?", self.lower[:1])]
        if self.upper:
            parts += [(beyond("<", "<"), (self.upper[0], *self.upper))]
            parts += [] if self.reaches_undated else [("event_time <= ?", self.upper[:1])]
        return " AND ".join(text for text, _ in parts), [value for _, bound in parts for value in bound]

    @property
    def reaches_undated(self) -> bool:
        return self.upper is None or self.upper[0] >= FAR

    def touches(self, span: tuple[datetime, datetime] | None) -> bool:
        """Whether a file with times in ``span`` may hold rows of this slice; None: nothing is known of the file."""
        if span is None:
            return True
        first, last = span
        return (self.lower is None or self.lower[0] <= last) and (self.upper is None or first <= self.upper[0])


def beyond(time: str, place: str) -> str:
    """A comparison with a key: by time, and within one time by place."""
    return f"({TIME} {time} ? OR ({TIME} = ? AND ({', '.join(PLACE)}) {place} (?, ?, ?, ?)))"


def cut(engine: duckdb.DuckDBPyConnection, files: Sequence[Path], rows: int) -> Iterator[Slice]:
    """Slices of about 32,768 rows that cover all; cut at keys of rows that are picked evenly by a hash."""
    if rows <= SLICE_ROWS:  # one slice has no key to look for
        yield Slice(None, None)
        return
    step, count = max(1, rows // SAMPLE), -(-rows // SLICE_ROWS)
    keys: list[Key] = engine.execute(
        f"SELECT {KEY} FROM {parquet(files)} WHERE hash(event_id, {', '.join(PLACE)}) % {step} = 0 ORDER BY {ORDER}"  # noqa: S608
    ).fetchall()
    bounds = dict.fromkeys(keys[len(keys) * number // count] for number in range(1, count) if keys)
    for lower, upper in pairwise([None, *bounds, None]):
        yield Slice(lower, upper)


def span_of(path: Path) -> tuple[datetime, datetime] | None:
    """The first and last event time in a file by its footer; None if that is not told or rows have no time."""
    footer = pq.read_metadata(path)
    place = footer.schema.names.index("event_time")
    groups = [footer.row_group(number).column(place).statistics for number in range(footer.num_row_groups)]
    if any(group is None or not group.has_min_max or group.null_count != 0 for group in groups) or not groups:
        return None
    return min(group.min for group in groups), max(group.max for group in groups)
