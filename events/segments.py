"""Sorting staged rows into segments: marks copies, merges files of like size, within a bounded memory."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from events.engine import connect, parquet
from events.families import PLACE, Family
from events.manifests import EventTally, Segment
from events.slices import ORDER, Slice, cut, span_of

IS_COPY = pa.field("is_copy", pa.bool_())


@dataclass(frozen=True, slots=True)
class Merge:
    """Fresh staging files on their way into a family's segments (path -> what the manifest says of it)."""

    folder: Path
    family: Family
    fresh: Sequence[Path]
    segments: Mapping[Path, Segment]

    @contextmanager
    def perform(self) -> Iterator[tuple[list[Segment], Path, EventTally]]:
        """Give the segments that stay as they are, the new file and what it holds; a file not taken away is removed."""
        made = self.folder / "tmp" / f"{secrets.token_hex(8)}.segment"
        made.parent.mkdir(parents=True, exist_ok=True)
        try:
            stay, tally = self.write(made)
            yield [self.segments[path] for path in stay], made, tally
        finally:
            made.unlink(missing_ok=True)

    def write(self, target: Path) -> tuple[list[Path], EventTally]:
        """Write fresh rows and the segments they swallow as one sorted file.

        Returns the segments left alone, and what the file holds; that is asked of the same engine, for to open one
        takes longer than most merges.
        """
        engine = connect(self.folder)
        try:
            engine.execute(f"CREATE TABLE firsts AS {self.firsts()}")
            swallowed = self.like_size(rows_in(self.fresh))
            stay = [path for path in self.segments if path not in swallowed]
            remarked = [path for path in stay if self.is_stale(engine, path)]
            self.write_sorted(engine, [*self.fresh, *swallowed, *remarked], target)
            return [path for path in stay if path not in remarked], tally_of(engine, target)
        finally:
            engine.close()

    def like_size(self, rows: int) -> list[Path]:
        """The segments to merge with ``rows`` new ones so that sizes at least double from one to the next.

        With that, 32 segments would hold more rows than any disk.
        """
        swallowed = []
        for path, segment in sorted(self.segments.items(), key=lambda item: item[1].tally.rows):
            if segment.tally.rows > 2 * rows:
                break
            rows += segment.tally.rows
            swallowed.append(path)
        return swallowed

    def firsts(self) -> str:
        """For each event that is there more than once: its key and the place of its first row, over all files.

        The id is grouped first, alone: almost all are single and leave before the wide key is looked at.
        """
        columns = ", ".join((*self.family.copy_key, *PLACE))
        every = " UNION ALL ".join(f"SELECT {columns} FROM {parquet(files)}" for files in self.groups())  # noqa: S608
        key, place = ", ".join(self.family.copy_key), ", ".join(PLACE)
        return (
            f"WITH every AS ({every}), "  # noqa: S608
            "repeated AS (SELECT event_id FROM every WHERE event_id <> '' GROUP BY 1 HAVING count(*) > 1) "
            f"SELECT {key}, min(ROW({place})) AS first FROM every SEMI JOIN repeated USING (event_id) "
            f"GROUP BY {key} HAVING count(*) > 1"
        )

    def groups(self) -> list[list[Path]]:
        """Staging files and segments apart: only segments have ``is_copy``, a union by position needs equal shapes."""
        return [group for group in (list(self.fresh), list(self.segments)) if group]

    def marked(self, files: Sequence[Path], within: str) -> str:
        """Rows of the files, those ``within`` a condition, with ``is_copy``: it is not the first row of its event."""
        sources = [f"SELECT {self.columns()} FROM {parquet([path])} WHERE {within}" for path in files]  # noqa: S608
        return (
            f"SELECT rows.*, firsts.first IS NOT NULL AND firsts.first <> {self.place()} AS is_copy "  # noqa: S608
            f"FROM ({' UNION ALL '.join(sources)}) rows LEFT JOIN firsts ON {self.same_event()}"
        )

    def columns(self) -> str:
        return ", ".join(self.family.schema.names)

    def is_stale(self, engine: duckdb.DuckDBPyConnection, path: Path) -> bool:
        """Whether fresh rows change which row of this segment counts as the first of its event."""
        sql = (
            f"SELECT 1 FROM {parquet([path])} rows JOIN firsts ON {self.same_event()} "  # noqa: S608
            f"WHERE rows.is_copy <> (firsts.first <> {self.place()}) LIMIT 1"
        )
        return bool(engine.execute(sql).fetchall())

    def same_event(self) -> str:
        return " AND ".join(f"rows.{name} IS NOT DISTINCT FROM firsts.{name}" for name in self.family.copy_key)

    def place(self) -> str:
        return "ROW(" + ", ".join(f"rows.{name}" for name in PLACE) + ")"

    def write_sorted(self, engine: duckdb.DuckDBPyConnection, files: Sequence[Path], target: Path) -> None:
        """Write all rows of the files in the order of events, a row group for each slice."""
        schema = self.family.schema.append(IS_COPY)
        spans = {path: span_of(path) for path in files}
        with pq.ParquetWriter(target, schema, compression="zstd", compression_level=1) as writer:
            for part in cut(engine, files, rows_in(files)):
                near = [path for path in files if part.touches(spans[path])]
                if near:
                    writer.write_table(self.sorted_rows(engine, near, part).cast(schema))

    def sorted_rows(self, engine: duckdb.DuckDBPyConnection, files: Sequence[Path], part: Slice) -> pa.Table:
        within, bound = part.condition()
        sql = f"SELECT * FROM ({self.marked(files, within)}) ORDER BY {ORDER}"  # noqa: S608
        return engine.sql(sql, params=bound * len(files)).to_arrow_table()


def rows_in(files: Sequence[Path]) -> int:
    """How many rows the files have, by their footers."""
    return sum(pq.read_metadata(path).num_rows for path in files)


def tally_of(engine: duckdb.DuckDBPyConnection, path: Path) -> EventTally:
    """Count what a finished segment holds."""
    row = engine.execute(
        "SELECT count(*), count(*) FILTER (is_copy), count(*) FILTER (event_time IS NULL), "  # noqa: S608
        f"min(event_time), max(event_time) FROM {parquet([path])}"
    ).fetchone()
    rows, copies, undated, first, last = row or (0, 0, 0, None, None)
    return EventTally(rows, copies, undated, utc(first), utc(last))


def utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
