"""Compare the rows of evidence with what the incident's custody log says was acquired, examined, sealed and indexed.

The bytes of a part can be exchanged together with the hash in its row; the entry that says what was acquired cannot,
without the check of the log seeing it. So the log is checked first.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Sum

from cases.actions.examinations import QUARANTINE_ROWS
from cases.custody_check import UNREADABLE, bytes_of, check, entries_in, settled
from cases.exhibits import manifest_hash
from cases.models import CustodyEntry, Evidence, EvidencePart, ExaminedFile, Incident, QuarantinedRecord
from cases.places import WrongPlaces
from cases.stores import vault_holding
from cases.texts import kept
from plugins.text import counted
from vault import Corrupt, MissingObject

Action = CustodyEntry.Action
INTAKES = (Action.ACQUIRED, Action.RECEIVED)
SEALS = (Action.SEALED, Action.RECEIVED)
TELLING = (*INTAKES, Action.SEALED, Action.EXAMINED, Action.INDEXED)
TALLY = ("read", "rows", "quarantined")
Record = tuple[int, str, int | None, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What one entry says of evidence."""

    seq: int
    action: str
    run: int
    object: Mapping[str, Any]

    def __str__(self) -> str:
        return f"entry {self.seq} ({self.action})"

    @property
    def subject(self) -> str:
        """The exhibit, or the part of it, as ``label`` has it."""
        return str(self.object.get("id", "")).replace("/", " part ")

    @property
    def part(self) -> str:
        """The part that it speaks of: what a person handed over is one part, and its entry names the exhibit."""
        return f"{self.subject} part 1" if self.action == Action.RECEIVED else self.subject

    @property
    def of_part(self) -> dict[str, Any]:
        return {name: self.object[name] for name in ("sha256", "size", "members", "place") if name in self.object}

    @property
    def of_exhibit(self) -> dict[str, Any]:
        manifest = self.object.get("manifest_sha256", self.object.get("sha256"))
        return {name: self.object[name] for name in ("size", "members") if name in self.object} | {"sha256": manifest}


def label(part: EvidencePart) -> str:
    return f"{part.evidence.exhibit} part {part.number}"


def disagreements(incident: Incident) -> list[str]:
    """What the log does not bear out, one line each; the first says so if the log itself is not in order."""
    return settled(incident.reference, lambda: list(chain(log_problems(incident), compared_rows(incident))), bool)


def log_problems(incident: Incident) -> Iterator[str]:
    if problems := check(incident.reference).problems:
        many = counted(len(problems), "problem", "problems")
        yield (
            f"{incident.reference}: its custody log is not in order ({many}), so that evidence agrees with it shows "
            f"nothing; run verify_custody {incident.reference}"
        )


def compared_rows(incident: Incident) -> Iterator[str]:
    told = list(told_in(incident))
    for compare in (part_problems, exhibit_problems, examination_problems, index_problems):
        yield from as_far_as_readable(incident, compare(incident, told))


def as_far_as_readable(incident: Incident, lines: Iterable[str]) -> Iterator[str]:
    try:
        yield from lines
    except UNREADABLE as problem:
        yield f"{incident.reference}: {problem}; what follows was not compared, restore the database from a copy"


def told_in(incident: Incident) -> Iterator[Told]:
    """Entries about evidence, in order; one that cannot be read is left out here and named by the check of the log."""
    rows = entries_in(incident.reference).filter(action__in=TELLING).values_list("data", flat=True)
    for data in rows.iterator():
        try:
            said = json.loads(bytes_of(data))
            yield Told(said["seq"], said["action"], said["run"].get("id", 0), dict(said["object"]))
        except UNREADABLE:
            continue


def part_problems(incident: Incident, told: list[Told]) -> Iterator[str]:
    parts = parts_of(incident)
    for one in told:
        if one.action in (*INTAKES, Action.EXAMINED):
            yield from compared(one, one.part, parts.get(one.part), one.of_part)
    taken_in = {one.part for one in told if one.action in INTAKES}
    yield from (f"{name}: no entry says that it was acquired" for name in parts if name not in taken_in)


def parts_of(incident: Incident) -> dict[str, EvidencePart]:
    parts = EvidencePart.objects.filter(evidence__incident=incident).select_related("evidence")
    return {label(part): part for part in parts.order_by("evidence__number", "number")}


def compared(one: Told, name: str, row: Evidence | EvidencePart | None, facts: Mapping[str, Any]) -> Iterator[str]:
    """Where a row is not what the entry says of it."""
    if row is None:
        yield f"{name}: {one} speaks of it, but it is not there"
        return
    for field, value in facts.items():
        if (now := getattr(row, field)) != value:
            yield f"{name}: its {field} is {now!r}, {one} says {value!r}"


def exhibit_problems(incident: Incident, told: list[Told]) -> Iterator[str]:
    exhibits = {evidence.exhibit: evidence for evidence in incident.evidence.order_by("number")}
    seals = [one for one in told if one.action in SEALS]
    for one in seals:
        evidence = exhibits.get(one.subject)
        yield from compared(one, one.subject, evidence, one.of_exhibit)
        if evidence and (digest := manifest_now(evidence)) != one.of_exhibit["sha256"]:
            words = f"its parts and their members give the manifest {digest}"
            yield f"{one.subject}: {words}, {one} says {one.of_exhibit['sha256']}"
    unsealed = exhibits.keys() - {one.subject for one in seals}
    yield from (f"{name}: no entry says that it was sealed" for name in sorted(unsealed) if exhibits[name].sha256)


def manifest_now(evidence: Evidence) -> str:
    """The hash that the rows give now, or why they give none."""
    try:
        return manifest_hash(evidence)
    except UNREADABLE as problem:
        return f"of nothing ({problem})"


def examination_problems(incident: Incident, told: list[Told]) -> Iterator[str]:
    """Tallies and quarantined records that are not those of the examination, whose list lies in the vault."""
    parts = parts_of(incident)
    for one in told:
        if one.action == Action.EXAMINED and (part := parts.get(one.part)):
            yield from tally_problems(one, part)
            yield from quarantine_problems(one, part)


def tally_problems(one: Told, part: EvidencePart) -> Iterator[str]:
    files = ExaminedFile.objects.filter(run=one.run, part=part)
    now = files.aggregate(**{f"{name}_sum": Sum(name, default=0) for name in TALLY})
    for name in TALLY:
        if now[f"{name}_sum"] != one.object.get(name):
            yield f"{one.part}: its files come to {name} {now[f'{name}_sum']}, {one} says {one.object.get(name)}"


def quarantine_problems(one: Told, part: EvidencePart) -> Iterator[str]:
    rows = QuarantinedRecord.objects.filter(run=one.run, part=part).values_list("index", "file", "row", "reason")
    try:
        sha256 = one.object.get("quarantine_sha256")
        listed, found = Counter(listed_records(part, sha256) if sha256 else ()), Counter(rows)
    except (Corrupt, MissingObject, WrongPlaces, OSError, *UNREADABLE) as problem:
        yield f"{one.part}: the list of its quarantined records that {one} names cannot be read: {problem}"
        return
    if found != listed:
        words = f"its quarantined records ({found.total():,}) are not those of the list"
        yield f"{one.part}: {words} that {one} names ({listed.total():,})"


def listed_records(part: EvidencePart, sha256: str) -> list[Record]:
    """The records of a list in the vault that have rows, as these hold them. Raises MissingObject or Corrupt."""
    digest, first = hashlib.sha256(), list[bytes]()
    with vault_holding(part).open(sha256) as lines:
        for line in lines:
            digest.update(line)
            if len(first) < QUARANTINE_ROWS:
                first.append(line)
    if digest.hexdigest() != sha256:
        raise Corrupt(f"{sha256} now reads as {digest.hexdigest()}; restore it from a copy")
    records = [json.loads(line) for line in first]
    return [(one["member"], kept(one["file"], 2048), one["row"], kept(one["reason"], 500)) for one in records]


def index_problems(incident: Incident, told: list[Told]) -> Iterator[str]:
    """The events that pages show are those of the newest index."""
    (now,) = Incident.objects.filter(pk=incident.pk).values_list("events_manifest", "events_inputs")
    indexed = [one for one in told if one.action == Action.INDEXED]
    if not indexed:
        yield from [f"{incident.reference}: no entry says that its events were indexed"] if now[0] else []
    elif now != (said := (indexed[-1].object.get("id"), indexed[-1].object.get("inputs_sha256"))):
        yield f"{incident.reference}: its events are of manifest and inputs {now}, {indexed[-1]} says {said}"
