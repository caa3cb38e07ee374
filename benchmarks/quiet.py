"""How quiet the rules are on ordinary days: findings of medium or higher severity per 1,000 events.

``python -m benchmarks.quiet`` counts on the simulation's ordinary day, on a full working day and, where the folder is,
on the Invictus events without those of the attack. A finding is what a person sees as one entry: one rule and one
principal (or address, or key), however many events it has; those summed up as "all others" count one by one.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from analyzers import Finding, Material
from analyzers.detections import detect
from analyzers.sigma import RulePack, load_rules
from analyzers.sigma.queries import ENTITIES
from benchmarks.detect import RULES
from benchmarks.workday import workday
from events import Reader, open_events
from examiners import EventBatch, Member
from examiners.cloudtrail import examine
from simulation.noise import ordinary
from simulation.records import Call, record_of

MOST = 1.0  # findings of medium or higher severity per 1,000 events
MEDIUM = 3
DAY = datetime(2026, 11, 20, tzinfo=UTC)
INVICTUS = Path(__file__).resolve().parents[2] / "shared" / "data" / "cloudtrail" / "invictus"
ATTACKER = "arn:aws:iam::123837392027:user/bert-jan"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invictus", type=Path, default=INVICTUS, help="folder of the Invictus log files")
    folder = parser.parse_args().invictus
    pack = load_rules(RULES)
    rates = [
        counted("simulation's ordinary day", simulated_day(), pack),
        counted("a full working day", full_day(), pack),
    ]
    if folder.is_dir():
        records = read(folder)
        counted("Invictus without bert-jan, but with the roles he made to attack", without_principal(records), pack)
        rates.append(counted("Invictus without the attack", without_attack(records), pack))
    else:
        print(f"  Invictus: {folder} is not here, not counted")
    return 0 if max(rates) <= MOST else 1


def counted(name: str, records: Sequence[dict[str, Any]], pack: RulePack) -> float:
    """Print what the rules find and give the findings of medium or higher severity per 1,000 events."""
    found = findings(records, pack)
    loud = [finding for finding in found if finding.severity >= MEDIUM]
    rate = 1000 * sum(map(entries, loud)) / len(records)
    quiet = len(found) - len(loud)
    print(f"{name}: {len(records):,} events, {len(pack.rules)} rules")
    print(f"  medium or higher       {rate:>10.2f} per 1,000 events (bar {MOST:.2f})")
    print(f"  findings               {len(loud):>10} medium or higher, {quiet} below")
    for finding in loud:
        print(f"    {finding.facts['rule']}: {finding.entity.value}, {finding.count} events")
    return rate


def findings(records: Sequence[dict[str, Any]], pack: RulePack) -> list[Finding]:
    """What a person would read, the loudest first."""
    with tempfile.TemporaryDirectory() as folder:
        material = Material(events=reader_of(Path(folder), records), rules=pack.rules)
        found = [one for one in detect(material) if isinstance(one, Finding)]
    return sorted(found, key=lambda finding: -finding.severity)


def entries(finding: Finding) -> int:
    """How many entries a finding stands for: one, or all those that are not listed one by one."""
    return int(finding.facts["entities"]) - ENTITIES if "entities" in finding.facts else 1


def reader_of(folder: Path, records: Sequence[dict[str, Any]]) -> Reader:
    content = json.dumps({"Records": list(records)}).encode()
    member = Member("FP-2026-000001-E0001", 1, 0, "day.json", lambda: BytesIO(content), len(content))
    batches = (one.rows for one in examine(iter([member])) if isinstance(one, EventBatch))
    store = open_events(folder.as_uri(), "QUIET")
    return store.reader(store.index([store.stage("part", "cloudtrail", batches)]).name)


def simulated_day() -> list[dict[str, Any]]:
    return recorded(ordinary(DAY, DAY + timedelta(days=1)))


def full_day() -> list[dict[str, Any]]:
    return recorded(workday(DAY))


def recorded(calls: Iterable[Call]) -> list[dict[str, Any]]:
    return [record_of(call, number) for number, call in enumerate(sorted(calls, key=lambda call: call.at))]


def read(folder: Path) -> list[dict[str, Any]]:
    return [record for path in sorted(folder.glob("*.json")) for record in json.loads(path.read_bytes())["Records"]]


def without_principal(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in records if arn_of(record) != ATTACKER]


def without_attack(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of neither the attacker nor the users and roles that it made and went on as."""
    made = set(filter(None, map(made_by_attacker, records)))
    return [record for record in without_principal(records) if not made & set(arn_of(record).split("/"))]


def made_by_attacker(record: dict[str, Any]) -> str:
    """The name of the user or role that the event made, where the attacker made it."""
    if arn_of(record) != ATTACKER or record["eventName"] not in ("CreateUser", "CreateRole"):
        return ""
    asked = record["requestParameters"]
    return str(asked.get("userName") or asked.get("roleName"))


def arn_of(record: dict[str, Any]) -> str:
    return str(record["userIdentity"].get("arn"))


if __name__ == "__main__":
    sys.exit(main())
