"""Recompute a custody log from its stored bytes and compare it with its head, and with what should have a log."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.db import DatabaseError
from django.db.models import QuerySet

from cases import guards
from cases.models import PORTAL_LOG, CustodyEntry, CustodyLog, Incident
from custody import EMPTY_ROOT, Problem, check_entries, leaf_hash

# What reading a row raises whose values are not of its columns' kinds: SQLite keeps any kind in any column.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, DatabaseError)
LOOKS = 5
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of one log came to; no problems means whole and in order as stored."""

    log: str
    size: int
    root: str
    problems: tuple[Problem, ...]


def check(name: str) -> Checked:
    """Check the log ``name``; one that nobody has begun, and nobody should have, is empty and in order."""
    return settled(name, lambda: checked_once(name), lambda checked: bool(checked.problems))


def settled(name: str, look: Callable[[], Found], is_wrong: Callable[[Found], bool]) -> Found:
    """What a look finds. Somebody may append between two of its questions: what is wrong is looked at again then.

    A few times only: over a log that never rests, a look that found something wrong has to be said at last.
    """
    for _ in range(LOOKS):
        before, found = head_size(name), look()
        if not is_wrong(found) or head_size(name) == before:
            break
    return found


def head_size(name: str) -> int | None:
    """How many entries the head counts; it moves with each append."""
    return CustodyLog.objects.filter(name=name).values_list("size", flat=True).first()


def checked_once(name: str) -> Checked:
    head = CustodyLog.objects.filter(name=name).first()
    absent = as_far_as_readable(absence_problems(name))
    if head is None:
        return Checked(name, 0, EMPTY_ROOT.hex(), tuple(absent))
    found = (*absent, *as_far_as_readable(log_problems(head)), *as_far_as_readable(column_problems(head)))
    size = head.size if isinstance(head.size, int) else 0
    return Checked(name, size, head.root, (*found, *guard_problems()))


def as_far_as_readable(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems up to a row that cannot be read, which is one too: other logs are checked all the same."""
    try:
        yield from problems
    except UNREADABLE as problem:
        yield Problem(0, "unreadable", f"{problem}; what follows was not checked, restore the database from a copy")


def absence_problems(name: str) -> Iterator[Problem]:
    """What should be there and is not: the log, its beginning, or the incident that it tells of."""
    is_there, was_opened = Incident.objects.filter(reference=name).exists(), openings().filter(object_id=name).exists()
    first = entries_in(name).values_list("action", flat=True).first()
    if first is None and (is_there or was_opened or name == PORTAL_LOG):
        yield Problem(0, "gone", "none of its entries is there, and it had one from the start; restore it from a copy")
    elif name == PORTAL_LOG:
        yield from (Problem(0, "opening", f"no entry says that {one} was opened") for one in unopened())
    elif is_there and first != CustodyEntry.Action.OPENED:
        yield Problem(0, "beginning", f"it begins with {first!r}, not with the opening: what came before is gone")
    if was_opened and not is_there:
        yield Problem(0, "incident", "the portal's log says that it was opened, but there is no such incident")


def entries_in(name: str) -> QuerySet[CustodyEntry]:
    return CustodyEntry.objects.filter(log__name=name).order_by("seq")


def openings() -> QuerySet[CustodyEntry]:
    """The portal's word on each incident that was ever opened: deleting one with all of its log does not hide it."""
    return entries_in(PORTAL_LOG).filter(action=CustodyEntry.Action.OPENED, object_type="incident")


def unopened() -> QuerySet[Incident, str]:
    told = openings().values("object_id")
    return Incident.objects.exclude(reference__in=told).order_by("reference").values_list("reference", flat=True)


def log_problems(head: CustodyLog) -> Iterator[Problem]:
    """What is wrong with the entries, and with the head that the next entry would build on."""
    frontier = yield from check_entries(entries_of(head), head.name)
    said = {"size": head.size, "root": head.root, "frontier": head.frontier, "last_hash": head.last_hash}
    found = {
        "size": frontier.size,
        "root": frontier.root().hex(),
        "frontier": frontier.to_text(),
        "last_hash": last_hash(head),
    }
    for kind, value in found.items():
        if said[kind] != value:
            yield Problem(0, kind, f"the entries give the {kind} {value}, the head says {said[kind]!r}")


def last_hash(head: CustodyLog) -> str:
    last = entries_in(head.name).values_list("data", flat=True).last()
    return "" if last is None else hashlib.sha256(bytes_of(last)).hexdigest()


def entries_of(head: CustodyLog) -> Iterator[bytes]:
    rows = CustodyEntry.objects.filter(log=head).order_by("seq").values_list("data", flat=True)
    return (bytes_of(data) for data in rows.iterator())


def bytes_of(data: object) -> bytes:
    """The bytes of an entry; of one that somebody stored as another kind of value, those that this would have."""
    return bytes(data) if isinstance(data, bytes | memoryview) else str(data).encode()


def column_problems(head: CustodyLog) -> Iterator[Problem]:
    """Columns that pages show beside an entry and that are not what its bytes say, and bytes that are none."""
    for entry in CustodyEntry.objects.filter(log=head).order_by("seq").iterator():
        if not isinstance(entry.data, bytes | memoryview):
            yield Problem(entry.seq, "kind", f"its bytes are stored as {type(entry.data).__name__}, not as bytes")
        shown, told = columns_of(entry), told_by(bytes_of(entry.data))
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
    """Every log, the portal's own first, then the incidents'; also those that should be there and are not."""
    yield check(PORTAL_LOG)
    for name in sorted(names() - {PORTAL_LOG}):
        yield check(name)


def names() -> set[str]:
    """All logs that are there, and those of all incidents that are there or were opened by the portal's word."""
    found = {str(name) for name in CustodyLog.objects.values_list("name", flat=True)}
    found.update(str(name) for name in Incident.objects.values_list("reference", flat=True))
    return found | {str(name) for name in openings().values_list("object_id", flat=True)} | {PORTAL_LOG}
