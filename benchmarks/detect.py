"""How fast rules ask their questions, and that the cost grows no faster than the events.

``python -m benchmarks.detect`` indexes generated events twice, the second time ten times as many, and asks them the
pack, 57 of its rules, and 700, the pack again and again. A rule about calls that nobody made is answered from the list
of names, a correlation that no group can fill from a short question; how many had to be asked in full is printed.
"""

import argparse
import os
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from analyzers import Asked, Material
from analyzers.asking import worthwhile_rules
from analyzers.detections import detect
from analyzers.sigma import Rule, load_rules
from benchmarks.logs import write_logs
from events import EventFiles, Manifest, open_events
from examiners import EventBatch, Member
from examiners.cloudtrail import examine

RULES = Path(__file__).resolve().parent.parent / "analyzers" / "rules"
FILES = 20
EVENTS = 1_000  # a file
STEEPEST = 1.5  # ten times the events may cost at most 15 times the time
FASTEST = {57: 500_000, 700: 100_000}  # rules -> events per second, on two cores of their own


def main() -> int:
    argparse.ArgumentParser(description=__doc__).parse_args()
    pack = load_rules(RULES)
    with tempfile.TemporaryDirectory() as folder:
        few = asked(material_of(Path(folder) / "few", FILES, pack.rules))
        material = material_of(Path(folder) / "many", FILES * 10, pack.rules)
        many = asked(material)
        rates = {count: rate_of(replace(material, rules=repeated(pack.rules, count))) for count in FASTEST}
    growth = many / few / 10
    print(f"  growth                 {growth:>10.2f} times linear (bar {STEEPEST:.2f})")
    for count, rate in rates.items():
        print(f"  {count} rules{'':<13} {rate:>10,.0f} events/s (bar {FASTEST[count]:,})")
    return 0 if growth <= STEEPEST and all(rates[count] >= bar for count, bar in FASTEST.items()) else 1


def material_of(folder: Path, files: int, rules: tuple[Rule, ...]) -> Material:
    store, manifest = indexed(folder, files)
    return Material(events=store.reader(manifest.name), rules=rules)


def rate_of(material: Material) -> float:
    return material.events.tally().rows / asked(material)


def asked(material: Material) -> float:
    """Seconds that the rules take."""
    events, load = material.events.tally().rows, os.getloadavg()[0]
    start = time.perf_counter()
    errors = [one.error for one in detect(material) if isinstance(one, Asked) and one.error]
    took = time.perf_counter() - start
    if errors:
        sys.exit(f"rules that could not be asked: {errors}")
    possible = len(worthwhile_rules(material.rules, material))
    print(f"{events:,} events, {len(material.rules)} rules, {possible} of them asked; load {load:.1f}")
    print(f"  events                 {events / took:>10,.0f} events/s")
    return took


def repeated(rules: tuple[Rule, ...], count: int) -> tuple[Rule, ...]:
    """The first ``count`` rules; beyond the last the same again, under other ids."""
    rounds = range(-(-count // len(rules)))
    return tuple(replace(rule, id=f"{rule.id}-{number}") for number in rounds for rule in rules)[:count]


def indexed(folder: Path, files: int) -> tuple[EventFiles, Manifest]:
    """Generated log files, examined, staged and indexed as the portal does it."""
    (folder / "logs").mkdir(parents=True)
    paths = write_logs(folder / "logs", files, EVENTS)
    members = (
        Member("FP-2026-000001-E0001", 1, at, path.name, partial(path.open, "rb")) for at, path in enumerate(paths)
    )
    store = open_events((folder / "events").as_uri(), "BENCH")
    batches = (one.rows for one in examine(members) if isinstance(one, EventBatch))
    return store, store.index([store.stage("part", "cloudtrail", batches)])


if __name__ == "__main__":
    sys.exit(main())
