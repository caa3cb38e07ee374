"""Whether an incident of millions of events is still pleasant: pages, histogram, top values, memory, linear cost.

``python -m benchmarks.large`` examines 100,000 generated events once, stages them again and again at later times under
other ids, indexes 1 and 10 million of them (``--millions 1 10 50`` for more), and asks what the timeline page asks.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.logs import write_logs
from events import EventFiles, Filters, Reader, Staged, open_events
from examiners import EventBatch, Member
from examiners.cloudtrail import examine

MILLION = 1_000_000
PAGE, SUMMARY = 0.050, 0.500  # seconds that a page, and that a histogram or list of top values may take
MEMORY = 500 << 20  # bytes of the process that indexes, beyond what it has when it starts
STEEPEST = 1.5  # ten times the events may cost at most 15 times the time


@dataclass(frozen=True, slots=True)
class Cost:
    """What one size cost: seconds to index, bytes of memory, and the slowest answer of each kind in seconds."""

    millions: int
    index: float
    memory: int
    page: float
    summary: float


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--millions", type=int, nargs="+", default=[1, 10])
    sizes = sorted(options.parse_args().millions)
    with tempfile.TemporaryDirectory() as folder:
        costs = [measured(Path(folder) / str(millions), millions) for millions in sizes]
    first, last = costs[0], costs[-1]
    growth = (last.index / first.index) / (last.millions / first.millions)
    print(f"  growth of indexing     {growth:>10.2f} times linear (bar {STEEPEST:.2f})")
    fits = last.page <= PAGE and last.summary <= SUMMARY and last.memory <= MEMORY
    return 0 if fits and growth <= STEEPEST else 1


def measured(folder: Path, millions: int) -> Cost:
    """Each size in a process of its own, whose memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        cost = pool.apply(cost_of, (folder, millions))
    print(f"{millions} million events; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"  index                  {cost.index:>10.1f} s, {millions * MILLION / cost.index:,.0f} events/s")
    print(f"  memory for it          {cost.memory >> 20:>10,} MiB (bar {MEMORY >> 20})")
    print(f"  a page, slowest        {cost.page * 1000:>10.0f} ms (bar {PAGE * 1000:.0f})")
    print(f"  histogram, top values  {cost.summary * 1000:>10.0f} ms (bar {SUMMARY * 1000:.0f})", flush=True)
    return cost


def cost_of(folder: Path, millions: int) -> Cost:
    store = open_events((folder / "events").as_uri(), "BENCH")
    staged = staged_files(store, folder, millions)
    before = resident()
    start = time.perf_counter()
    manifest = store.index(staged)
    took = time.perf_counter() - start
    memory = resident() - before
    reader = store.reader(manifest.name, seconds=60)
    if reader.count() != millions * MILLION:
        sys.exit(f"{millions * MILLION} events went in, {reader.count()} came out")
    return Cost(millions, took, memory, slowest(pages(reader)), slowest(summaries(reader)))


def staged_files(store: EventFiles, folder: Path, millions: int) -> list[Staged]:
    """A staging file a million events; each hundred thousand lies a day and a bit after the one before."""
    rows = examined(folder)

    def million(part: int) -> Iterator[pa.RecordBatch]:
        return (shifted(batch, 10 * part + turn) for turn in range(10) for batch in rows)

    return [store.stage(f"part-{part}", "cloudtrail", million(part)) for part in range(millions)]


def examined(folder: Path) -> list[pa.RecordBatch]:
    (folder / "logs").mkdir(parents=True)
    paths = write_logs(folder / "logs", 100, 1_000)
    members = (
        Member("FP-2026-000001-E0001", 1, at, path.name, partial(path.open, "rb")) for at, path in enumerate(paths)
    )
    return [one.rows for one in examine(members) if isinstance(one, EventBatch)]


def shifted(batch: pa.RecordBatch, turn: int) -> pa.RecordBatch:
    """The same events later, with ids and places of their own."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    later = pa.scalar(timedelta(hours=28) * turn, pa.duration("us"))
    columns["event_time"] = pc.cast(pc.add(columns["event_time"], later), batch.schema.field("event_time").type)
    columns["event_id"] = pc.binary_join_element_wise(columns["event_id"], f"{turn:04d}", "-")
    columns["part"] = pc.add(columns["part"], pa.scalar(turn, columns["part"].type))
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=batch.schema)


def pages(reader: Reader) -> Iterator[Callable[[], object]]:
    """The first page, one far in, the last, and some of a filter, as the timeline asks for them."""
    middle = reader.page(Filters.from_query({"start": "2026-03-08T00:00:00Z"})).next
    yield partial(reader.page, Filters())
    yield partial(reader.page, Filters(), middle)
    yield partial(reader.page, Filters(), newest_first=True)
    yield partial(reader.page, Filters.from_query({"event_name": "AssumeRole"}))


def summaries(reader: Reader) -> Iterator[Callable[[], object]]:
    yield reader.histogram
    for field in ("event_name", "principal", "source_ip"):
        yield partial(reader.top, Filters(), field)


def slowest(questions: Iterator[Callable[[], object]]) -> float:
    """Seconds of the slowest question; each is asked five times and its best time counts."""
    return max(min(timed(question) for _ in range(5)) for question in questions)


def timed(question: Callable[[], object]) -> float:
    start = time.perf_counter()
    question()
    return time.perf_counter() - start


def resident() -> int:
    """The most memory that this process has held so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    sys.exit(main())
