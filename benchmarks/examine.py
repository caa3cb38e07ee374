"""How near examination comes to the bound of one process: gunzip and parse, and nothing else.

``python -m benchmarks.examine`` writes log files, measures both in turn, and prints the ratio (bar: 0.60 with one
process and 1.00 with two, by the clock; of many small files 20,000 events/s).
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import orjson
import pyarrow.parquet as pq
from isal import igzip

from benchmarks.logs import write_logs
from events import open_events
from examiners import EventBatch, Member, Tally
from examiners.cloudtrail import examine

BAR, BAR_OF_TWO = 0.60, 1.00
SMALL = 20_000  # events of small files per second
PART = 500
# Events a file: large organisations deliver files of thousands of events, a quiet account's hold about eight.
SHAPES = {"busy trail": (100, 1_000), "quiet trail": (4_000, 8)}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    ratio, _ = measure("busy trail", *SHAPES["busy trail"], rounds)
    of_two = measure_two("busy trail", *SHAPES["busy trail"], rounds)
    _, rate = measure("quiet trail", *SHAPES["quiet trail"], rounds)
    print(f"bars: ratio of the busy trail {BAR:.2f}, with two processes {BAR_OF_TWO:.2f}")
    print(f"      events/s of the quiet one {SMALL:,}")
    return 0 if ratio >= BAR and of_two >= BAR_OF_TWO and rate >= SMALL else 1


def measure(name: str, files: int, events: int, rounds: int) -> tuple[float, float]:
    """Ratio and events per second for one shape of log files, printed; of both ways in turn the best round counts."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_logs(Path(folder), files, events)
        times = [(timed(lambda: parse(paths)), timed(lambda: ingest(paths, Path(folder)))) for _ in range(rounds)]
    bound, ours = (min(column) for column in zip(*times, strict=True))
    total, load = files * events, f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{name}: {total:,} events in {files:,} gzip files; {load}")
    print(f"  gunzip and parse only  {total / bound:>10,.0f} events/s")
    print(f"  examine to Parquet     {total / ours:>10,.0f} events/s")
    print(f"  ratio                  {bound / ours:>10.2f}")
    return bound / ours, total / ours


def measure_two(name: str, files: int, events: int, rounds: int) -> float:
    """What two processes with half of the files each make of the bound of one, by the clock; the best round counts."""
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2) as pool:
        paths = write_logs(Path(folder), files, events)
        halves = [(paths[at::2], Path(folder, f"half-{at}")) for at in range(2)]
        for _, half in halves:
            half.mkdir()
        list(pool.map(ingest, [paths[:1]] * 2, [half for _, half in halves]))  # both stand and have imported all
        times = [(clocked(lambda: parse(paths)), clocked(lambda: both(pool, halves))) for _ in range(rounds)]
    bound, ours = (min(column) for column in zip(*times, strict=True))
    print(f"{name}, two processes; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"  examine to Parquet     {files * events / ours:>10,.0f} events/s")
    print(f"  ratio                  {bound / ours:>10.2f}")
    return bound / ours


def both(pool: ProcessPoolExecutor, halves: list[tuple[list[Path], Path]]) -> None:
    list(pool.map(ingest, *zip(*halves, strict=True)))


def clocked(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def timed(work: Callable[[], object]) -> float:
    """CPU-bound work in seconds of the processor, which other work on the machine disturbs least."""
    start = time.process_time()
    work()
    return time.process_time() - start


def parse(paths: list[Path]) -> int:
    return sum(len(orjson.loads(igzip.decompress(path.read_bytes()))["Records"]) for path in paths)


def ingest(paths: list[Path], folder: Path) -> None:
    """Examine, write the shipping schema, and read back from the files that every event is there."""
    store = open_events(folder.as_uri(), "BENCH")
    read = kept = 0
    for part, start in enumerate(range(0, len(paths), PART)):
        members = [
            Member("FP-2026-000001-E0001", part, index, path.name, partial(path.open, "rb"))
            for index, path in enumerate(paths[start : start + PART])
        ]
        tallies: list[Tally] = []
        batches = (one.rows for one in noting(examine(iter(members)), tallies) if isinstance(one, EventBatch))
        staged = store.stage(f"part-{part}", "cloudtrail", batches)
        read += sum(tally.read for tally in tallies)
        kept += pq.read_metadata(store.staging_path(staged.name, staged.family)).num_rows
    if read != kept:
        sys.exit(f"{read} events were read, {kept} came out: the tally does not balance")


def noting(examined, tallies):
    """Pass everything on and keep the tallies."""
    for one in examined:
        if isinstance(one, Tally):
            tallies.append(one)
        yield one


if __name__ == "__main__":
    sys.exit(main())
