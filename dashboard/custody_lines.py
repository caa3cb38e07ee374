"""Entries of a custody log as people read them, and pages of them."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from cases.models import CustodyEntry, CustodyLog, Incident
from cases.models.custody import CustodyEntryQuerySet
from dashboard.origins import pieces
from plugins.text import visible

PAGE = 50
HASHES = ("sha256", "manifest_sha256", "content_sha256", "inputs_sha256", "result_sha256")
HASH = re.compile(r"[0-9a-f]{64}")
OWN_COLUMNS = frozenset({"type", "id", *HASHES})


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: the columns that name it, and what its bytes say (facts as name and value, hashes apart).

    ``run`` is the number of the run in which it was appended, if any.
    """

    seq: int
    at: datetime
    action: str
    words: str
    object_type: str
    object_id: str
    actor: str
    actor_ip: str
    reason: str
    facts: list[tuple[str, str]]
    hashes: list[tuple[str, str]]
    leaf_hash: str
    root: str
    run: int | None

    @classmethod
    def of(cls, entry: CustodyEntry) -> Self:
        said = json.loads(bytes(entry.data))
        about = said["object"]
        return cls(
            seq=entry.seq,
            at=entry.at,
            action=entry.action,
            words=entry.get_action_display(),
            object_type=entry.object_type,
            object_id=shown(entry.object_id),
            actor=visible(entry.actor),
            actor_ip=said.get("actor_ip", ""),
            reason=visible(said.get("reason", ""), lines=True),
            facts=list(facts_of(said)),
            hashes=[(name, about[name]) for name in HASHES if about.get(name)],
            leaf_hash=entry.leaf_hash,
            root=entry.root,
            run=(said.get("run") or {}).get("id"),
        )


def facts_of(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What an entry says beyond its columns: of its object, its tool, its run and AWS. Empty values are left out."""
    about = {name: value for name, value in said["object"].items() if name not in OWN_COLUMNS}
    rooms = ("tool", "run", "aws")
    about |= {f"{room} {name}": value for room in rooms for name, value in (said.get(room) or {}).items()}
    for name, value in about.items():
        if value not in ("", [], {}):
            yield name.replace("_", " "), shown(value)


def shown(value: Any) -> str:
    """Text as it is, other values as JSON; a hash by its first digits, since the entry's own page has it whole."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"{text[:12]}…" if HASH.fullmatch(text) else visible(text)


@dataclass(frozen=True, slots=True)
class Page:
    """Entries newest first; ``older`` and ``newer`` are sequence numbers to go on from, None at the ends."""

    lines: list[Line]
    older: int | None
    newer: int | None


def page_of(entries: CustodyEntryQuerySet, *, before: int | None = None, after: int | None = None) -> Page:
    """At most 50 entries older than ``before``, or just newer than ``after``, or the newest ones. One query."""
    if after is not None:
        rows = list(entries.filter(seq__gt=after).order_by("seq")[: PAGE + 1])
        has_newer, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return paged(rows, has_older=True, has_newer=has_newer)
    rows = list((entries if before is None else entries.filter(seq__lt=before)).order_by("-seq")[: PAGE + 1])
    return paged(rows[:PAGE], has_older=len(rows) > PAGE, has_newer=before is not None)


def paged(rows: Sequence[CustodyEntry], *, has_older: bool, has_newer: bool) -> Page:
    older = rows[-1].seq if rows and has_older else None
    newer = rows[0].seq if rows and has_newer else None
    return Page([Line.of(row) for row in rows], older, newer)


def entries_of(incident: Incident) -> CustodyEntryQuerySet:
    return CustodyEntry.objects.filter(log__name=incident.reference)


def head_of(incident: Incident) -> CustodyLog | None:
    return CustodyLog.objects.filter(name=incident.reference).first()


def json_lines(incident: Incident) -> Iterator[bytes]:
    """The exact bytes of every entry in order, one a line: what ``custody/verifier.py`` reads."""
    rows = entries_of(incident).order_by("seq").values_list("data", flat=True)
    for data in rows.iterator(chunk_size=500):
        yield bytes(data) + b"\n"


def said_in(entry: CustodyEntry) -> dict[str, Any]:
    """The entry's bytes as text, and the hash by which it follows the one before."""
    data = bytes(entry.data)
    return {
        "pieces": pieces(data.decode()),
        "prev": json.loads(data)["prev"],
        "sha256": hashlib.sha256(data).hexdigest(),
    }
