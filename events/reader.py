"""Questions to one manifest's event rows. SQL is made here from allow-listed names; values are always bound."""

import atexit
import os
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from events.backwards import floors, starts_of
from events.columns import views
from events.cursors import Cursor, key_of, order_by, parse_key
from events.engine import Parameters, connect, fetch, time_limit
from events.errors import BadFilter
from events.families import PLACE, TIMELINE
from events.filters import FIELDS, Filters, naive
from events.histograms import ORIGIN, Bucket, fill, width_for
from events.manifests import EventTally, Manifest
from events.side_by_side import Question, Rows, in_order

MOST_ROWS = 200  # of a page
AT_ONCE = 2_000  # rows that are read together where they are handed on: each question costs what it reads, and 50 ms
POOL = 4
FEW = 4  # questions
FEW_ROWS = 10_000  # an engine takes as long to open as hundreds of questions about them
SERIES_SQL = (
    "CASE WHEN family <> 'cloudtrail' THEN 'other' WHEN coalesce(error_code, '') <> '' THEN 'error' "
    "WHEN event_category ILIKE 'data' THEN 'data' WHEN event_category ILIKE 'insight' THEN 'insight' "
    "WHEN event_category ILIKE 'network%' THEN 'network' ELSE 'management' END"
)
# What a histogram's series can be: kinds of call, or the kinds of log.
STACKED = {"kind": SERIES_SQL, "family": "family"}
LINE_COLUMNS = (
    *("family", "evidence", "part", "member", "src_file", "src_row", "event_time"),
    *("event_id", "event_name", "event_source"),
    *("event_category", "principal", "user_identity_type", "user_identity_access_key_id", "source_ip_address"),
    *("user_agent", "aws_region", "recipient_account_id", "error_code", "error_message", "read_only"),
    "summary",
)
PLACED = ("family", *PLACE, "event_time")
AT_PLACES = f"concat_ws('/', {', '.join(PLACE)}) IN (SELECT unnest(?::VARCHAR[]))"
TOUCHED = ("request_parameters", "resources")  # where an event says what it was done to
EXPORTED = ("family", *PLACE, "src_file", "event_time", *TIMELINE)


@dataclass(frozen=True, slots=True)
class Page:
    """Up to 200 events as column -> value, each with its short ``key``; ``next`` and ``before`` are cursors or None."""

    rows: list[dict[str, Any]]
    next: str | None
    before: str | None


class Reader:
    """A small pool of locked engines over exactly one manifest's files. Safe to use from many threads."""

    is_near = True  # a short question costs little

    def __init__(self, folder: Path, manifest: Manifest, files: Mapping[str, Sequence[Path]], seconds: float) -> None:
        self.manifest = manifest
        self.seconds = seconds
        self._folder = folder
        self._files = files
        self._views = views(files)
        self._starts: list[datetime] | None = None
        self._idle: queue.LifoQueue[duckdb.DuckDBPyConnection] = queue.LifoQueue(POOL)

    def tally(self) -> EventTally:
        """What the manifest says it holds, copies included."""
        return self.manifest.tally

    def count(self, filters: Filters = Filters()) -> int:  # noqa: B008  a frozen value
        """The number of events, copies left out."""
        where, bound = filters.where()
        return int(self.select(f"SELECT count(*) FROM timeline WHERE {where}", bound)[0][0])  # noqa: S608

    def page(self, filters: Filters, after: str | None = None, limit: int = 100, *, newest_first: bool = False) -> Page:
        """One page of events; ``after`` is a page's ``next`` or ``before``. Raises BadCursor."""
        page = self.places(filters, after, max(1, min(limit, MOST_ROWS)), newest_first=newest_first)
        return replace(page, rows=self.lines(page.rows))

    def places(self, filters: Filters, after: str | None, limit: int, *, newest_first: bool = False) -> Page:
        """A page that knows only where its events lie: the engine would carry all columns of all rows that it sorts."""
        cursor = Cursor.parse(after) if after else None
        is_before = cursor is not None and cursor.is_before
        where, bound = filters.where()
        if cursor:
            beyond, place = cursor.condition(newest_first=newest_first)
            where, bound = f"{where} AND {beyond}", [*bound, *place]
        order = order_by(newest_first=newest_first, is_before=is_before)
        is_against = newest_first != is_before
        rows: list[dict[str, Any]] = []
        for floor in self.floors(cursor) if is_against else (None,):
            near, earliest = (f"{where} AND event_time >= ?", [floor]) if floor else (where, [])
            rows = self.dicts(
                f"SELECT {', '.join(PLACED)} FROM timeline WHERE {near} ORDER BY {order} LIMIT {limit + 1}",  # noqa: S608
                [*bound, *earliest],
            )
            if len(rows) > limit:
                break
        return page_of(rows, limit, cursor)

    def floors(self, cursor: Cursor | None) -> Iterator[datetime | None]:
        if cursor and cursor.at is None:
            return iter((None,))
        if self._starts is None:
            self._starts = starts_of(path for paths in self._files.values() for path in paths)
        return floors(self._starts, cursor.at if cursor else None)

    def rows(self, filters: Filters, most: int) -> Iterator[dict[str, Any]]:
        """Up to ``most`` events in the order of time, each with the timeline's columns and its family's own.

        Page by page, so that no question runs long; a reader may be closed in between. Raises TooSlow.
        """
        after: str | None = None
        while most > 0:
            page = self.places(filters, after, min(AT_ONCE, most))
            yield from self.whole(page.rows)
            most, after = most - len(page.rows), page.next
            if after is None:
                return

    def lines(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The same events as a page shows them."""
        if not rows:
            return []
        near, bound = near_to(rows)
        found = self.dicts(f"SELECT {', '.join(LINE_COLUMNS)} FROM timeline WHERE {near}", bound)  # noqa: S608
        by_key = {row["key"]: row for row in found}
        return [by_key[row["key"]] for row in rows]

    def whole(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """The same events with all their columns, in the same order; one question a family."""
        found: dict[str, dict[str, Any]] = {}
        for family in sorted({row["family"] for row in rows}):
            near, bound = near_to([row for row in rows if row["family"] == family])
            for view in ("every_row", f"every_{family}"):
                for row in self.dicts(f"SELECT * FROM {view} WHERE {near}", bound):  # noqa: S608  our own names
                    found[row["key"]] = found.get(row["key"], {}) | row
        return (found[row["key"]] for row in rows)

    def histogram(
        self,
        filters: Filters = Filters(),  # noqa: B008  a frozen value
        buckets: int = 120,
        by: str = "kind",
    ) -> list[Bucket]:
        """Events over time by series (of a ``STACKED`` kind), at most ``buckets`` of a readable width.

        Without dated events, none.
        """
        start, end = self.window(filters)
        if start is None or end is None or start >= end:
            return []
        width = width_for(start, end, max(buckets, 1))
        where, bound = filters.where()
        counted = self.select(
            f"SELECT time_bucket(to_seconds(?), event_time, ?) AS at, {STACKED[by]}, count(*) "  # noqa: S608
            f"FROM timeline WHERE event_time >= ? AND event_time < ? AND {where} GROUP BY 1, 2",
            [width, *(naive(moment) for moment in (ORIGIN, start, end)), *bound],
        )
        return fill(start, end, width, [(row[0], row[1], row[2]) for row in counted])

    def window(self, filters: Filters) -> tuple[datetime | None, datetime | None]:
        """The half-open window that a filter shows: its own bounds, else those of all events, or of its families."""
        first, last = self.manifest.span(filters.only.get("family", ()))
        return filters.start or first, filters.end or (last and last + timedelta(microseconds=1))

    def top(self, filters: Filters, field: str, limit: int = 10) -> list[tuple[str, int]]:
        """The most frequent values of a filter field, with their counts. Raises BadFilter."""
        if field not in FIELDS:
            raise BadFilter(f"there is no field {field!r} to count; there are: {', '.join(FIELDS)}", "field")
        where, bound = filters.where()
        counted = self.select(
            f"SELECT {FIELDS[field]} AS value, count(*) AS events FROM timeline WHERE {where} "  # noqa: S608
            "GROUP BY 1 HAVING value IS NOT NULL ORDER BY events DESC, value LIMIT ?",
            [*bound, max(1, min(limit, 1_000))],
        )
        return [(row[0], row[1]) for row in counted]

    def event(self, key: str) -> dict[str, Any] | None:
        """All columns of one event by its short key (E0001-1-5-12), a copy too; None if there is none.

        Those of the timeline, ``family`` among them, and those of its family.
        """
        parsed = parse_key(key)
        if parsed is None:
            return None
        exhibit, *place = parsed
        where = "(evidence = ? OR ends_with(evidence, ?)) AND part = ? AND member = ? AND src_row = ?"
        bound = [exhibit, f"-{exhibit}", *place]
        families = self.select(f"SELECT family FROM every_row WHERE {where} LIMIT 1", bound)  # noqa: S608
        for (family,) in families:
            shown = self.dicts(f"SELECT * FROM every_row WHERE {where} LIMIT 1", bound)[0]  # noqa: S608
            own = self.dicts(f"SELECT * FROM every_{family} WHERE {where} LIMIT 1", bound)[0]  # noqa: S608  our own name
            return shown | own
        return None

    def events_at(
        self, places: Sequence[tuple[str, int, int, int]], times: tuple[datetime, datetime] | None = None
    ) -> dict[tuple[str, int, int, int], dict[str, Any]]:
        """The events at (exhibit number, part, member, row), copies too, in one question; unknown places are absent.

        ``times`` are the first and last of them, where all have one: then only that stretch of the events is read.
        """
        names = ["/".join(map(str, place)) for place in places]
        within = " AND event_time BETWEEN ? AND ?" if times else ""
        bound = [names, *(moment.astimezone(UTC).replace(tzinfo=None) for moment in times or ())]
        columns = ", ".join((*LINE_COLUMNS, *TOUCHED))
        found = self.dicts(f"SELECT {columns} FROM every_row WHERE {AT_PLACES}{within}", bound)  # noqa: S608
        return {(row["evidence"], row["part"], row["member"], row["src_row"]): row for row in found}

    def describe(self) -> list[tuple[str, str]]:
        """Column names and SQL types of the view ``logs``."""
        with self.engine() as engine:
            return [(name, str(kind)) for name, kind, *_ in engine.execute("SELECT * FROM logs LIMIT 0").description]

    def select(self, sql: str, parameters: Parameters = (), *, seconds: float | None = None) -> Rows:
        """Run one SELECT over the views of ``events.columns``; times come back in UTC. Raises NotSelect, TooSlow."""
        with self.engine() as engine:
            return rows_of(engine, sql, parameters, seconds or self.seconds)

    def answers(
        self, questions: Sequence[Question], *, seconds: float | None = None
    ) -> Generator[Future[Rows], None, None]:
        """Ask questions as ``select`` does, two side by side where they are many; close what is not read to its end.

        Two that have a thread each are 1.5 times as fast as one after the other that have two; a new engine costs as
        much as a few questions, or as many about few rows.
        """
        limit = seconds or self.seconds
        is_little = len(questions) <= FEW or self.manifest.tally.rows <= FEW_ROWS
        with self.engine() if is_little else closing(self.single_threaded()) as engine:

            def ask(sql: str, parameters: Sequence[Any]) -> Rows:
                with engine.cursor() as cursor:
                    return rows_of(cursor, sql, parameters, limit)

            yield from in_order(ask, questions)

    def single_threaded(self) -> duckdb.DuckDBPyConnection:
        return connect(self._folder, threads=1, views=self._views)

    def dicts(self, sql: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
        with self.engine() as engine, time_limit(engine, self.seconds):
            rows = fetch(engine, sql, parameters)
            names = [column[0] for column in engine.description]
        found = [dict(zip(names, map(aware, row), strict=True)) for row in rows]
        return [row | {"key": key_of(row)} for row in found]

    @contextmanager
    def engine(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Borrow an engine: an idle one, else a new one (25 ms); what the pool cannot hold is closed."""
        try:
            engine = self._idle.get_nowait()
        except queue.Empty:
            engine = connect(self._folder, views=self._views)
        try:
            yield engine
        finally:
            try:
                self._idle.put_nowait(engine)
            except queue.Full:
                engine.close()

    def close(self) -> None:
        """Close the idle engines; the reader opens new ones when it is asked again."""
        while not self._idle.empty():
            self._idle.get_nowait().close()


def near_to(rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
    """A condition for exactly these events, with what it binds; their times tell the engine where not to look."""
    times = [row["event_time"].replace(tzinfo=None) for row in rows if row["event_time"]]
    spans = ["event_time BETWEEN ? AND ?"] if times else []
    spans += ["event_time IS NULL"] if len(times) < len(rows) else []
    places = ["/".join(str(row[name]) for name in PLACE) for row in rows]
    return f"({' OR '.join(spans)}) AND {AT_PLACES}", [*((min(times), max(times)) if times else ()), places]


def rows_of(engine: duckdb.DuckDBPyConnection, sql: str, parameters: Parameters, seconds: float) -> Rows:
    with time_limit(engine, seconds):
        return [tuple(aware(value) for value in row) for row in fetch(engine, sql, parameters)]


def page_of(rows: list[dict[str, Any]], limit: int, cursor: Cursor | None) -> Page:
    """Cut one row too many off, turn a page read backwards round, and say what lies on either side."""
    has_more, rows = len(rows) > limit, rows[:limit]
    is_before = cursor is not None and cursor.is_before
    if is_before:
        rows.reverse()
    has_next, has_before = (True, has_more) if is_before else (has_more, cursor is not None)
    return Page(
        rows=rows,
        next=Cursor.of(rows[-1]).text() if rows and has_next else None,
        before=Cursor.of(rows[0], is_before=True).text() if rows and has_before else None,
    )


def aware(value: Any) -> Any:
    """Event times are stored in UTC without a zone; outside they carry it."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


KEPT_READERS = 8
_readers: OrderedDict[tuple[int, Path, str, float], Reader] = OrderedDict()
_readers_lock = threading.Lock()


def reader_of(folder: Path, manifest: Manifest, files: Mapping[str, Sequence[Path]], seconds: float) -> Reader:
    """The process's reader of this manifest by the embedded engine."""
    return kept(folder, manifest, seconds, lambda: Reader(folder, manifest, files, seconds))


def kept(place: Path, manifest: Manifest, seconds: float, make: Callable[[], Reader]) -> Reader:
    """The process's reader of this manifest, so that its engines are opened once; the least used ones are let go.

    The process id is part of the key: an engine must not be used on the other side of a fork.
    """
    key = (os.getpid(), place, manifest.name, seconds)
    with _readers_lock:
        reader = _readers.pop(key, None) or make()
        _readers[key] = reader
        if len(_readers) > KEPT_READERS:
            _readers.popitem(last=False)
    return reader


@atexit.register
def forget_readers() -> None:
    """Let this process's engines go while the interpreter stands; later, DuckDB complains on standard error."""
    for key in [key for key in _readers if key[0] == os.getpid()]:
        _readers.pop(key).close()
