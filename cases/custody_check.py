"""Recompute a custody log from its stored bytes and compare it with its head."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from cases import guards
from cases.models import CustodyEntry, CustodyLog
from custody import EMPTY_ROOT, Problem, check_log, leaf_hash


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of one log came to; no problems means whole and in order as stored."""

    log: str
    size: int
    root: str
    problems: tuple[Problem, ...]


def check(name: str) -> Checked:
    """Check the log ``name``; a log that never began is empty and in order."""
    head = CustodyLog.objects.filter(name=name).first()
    if head is None:
        return Checked(name, 0, EMPTY_ROOT.hex(), ())
    problems = check_log(entries_of(head), log=name, size=head.size, root=bytes.fromhex(head.root))
    return Checked(name, head.size, head.root, (*problems, *column_problems(head), *guard_problems()))


def entries_of(head: CustodyLog) -> Iterator[bytes]:
    rows = CustodyEntry.objects.filter(log=head).order_by("seq").values_list("data", flat=True)
    return (bytes(data) for data in rows.iterator())


def column_problems(head: CustodyLog) -> Iterator[Problem]:
    """Columns that pages show beside an entry and that are not what its bytes say."""
    for entry in CustodyEntry.objects.filter(log=head).order_by("seq").iterator():
        shown, told = columns_of(entry), told_by(bytes(entry.data))
        wrong = [name for name, value in shown.items() if told and told.get(name) != value]
        if wrong:
            yield Problem(entry.seq, "columns", f"{', '.join(wrong)} beside the entry differ from its bytes")


def columns_of(entry: CustodyEntry) -> dict[str, str]:
    return {
        "action": entry.action,
        "actor": entry.actor,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "at": entry.at.isoformat(timespec="microseconds"),
        "leaf_hash": entry.leaf_hash,
    }


def told_by(data: bytes) -> dict[str, str]:
    """The same facts from the entry's bytes; empty when they cannot be read, which the check of the log says."""
    try:
        said = json.loads(data)
        return {
            "action": said["action"],
            "actor": said["actor"]["name"],
            "object_type": str(said["object"].get("type", "")),
            "object_id": str(said["object"].get("id", "")),
            "at": said["ts"],
            "leaf_hash": leaf_hash(data).hex(),
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def guard_problems() -> tuple[Problem, ...]:
    """Triggers that are gone: nothing may be wrong yet, but nothing keeps it right."""
    return tuple(
        Problem(0, "guard", f"the trigger {name} is missing; run migrate --skip-checks")
        for name in sorted(guards.missing())
    )


def check_all() -> Iterator[Checked]:
    """Every log, the portal's own first, then the incidents' in the order they were opened."""
    for name in CustodyLog.objects.order_by("-name").values_list("name", flat=True):
        yield check(name)
