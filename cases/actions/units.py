"""What a worker may write when a unit of its run is finished. Fence first, custody entry last, one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cases.actions.custody import Action, Deed, append_entry
from cases.actions.moves import hold_door
from cases.actions.runs import Lease, count_change, hold_lease, mark_of
from cases.actor import Actor
from cases.exhibits import manifest_hash
from cases.models import LOCAL, Evidence, EvidencePart, GapRecord, Member, Run, Unit
from cases.texts import fitting, kept, keyed
from plugins import Gap, GapKind


@dataclass(frozen=True, slots=True)
class StoredMember:
    """One file of a stored part; times aware UTC, sizes bytes, hashes hex."""

    index: int
    file: str
    origin: str
    version: str
    size: int
    sha256: str
    modified_at: datetime | None = None
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part that lies in the vault, read back and hashed again."""

    kind: EvidencePart.Kind
    sha256: str
    size: int
    vault_key: str
    members: tuple[StoredMember, ...]
    place: str = LOCAL


STATE_OF_GAP = {
    GapKind.DENIED: Unit.State.DENIED,
    GapKind.NOT_ENABLED: Unit.State.NOT_ENABLED,
    GapKind.OUT_OF_RETENTION: Unit.State.OUT_OF_RETENTION,
}


@transaction.atomic
def store_part(*, lease: Lease, unit: Unit, part: StoredPart, gaps: Sequence[Gap] = ()) -> EvidencePart:
    """Finish a collection unit with the part it stored. Raises MoveRefused. Entry: acquired, one for each part."""
    run = hold_lease(lease)
    evidence = exhibit_of(run)
    row = add_part(evidence, unit, part)
    close_unit(run, unit, Unit.State.PARTIAL if gaps else Unit.State.DONE, members=len(part.members), size=part.size)
    add_gaps(run, unit, gaps)
    Evidence.objects.filter(pk=evidence.pk, state__in=("requested", "acquiring")).update(state="acquiring")
    Evidence.objects.filter(pk=evidence.pk).update(members=F("members") + len(part.members), size=F("size") + part.size)
    facts = {"type": "part", "id": f"{evidence.exhibit}/{row.number}", "sha256": part.sha256, "size": part.size}
    where = {"jurisdiction": evidence.jurisdiction, "place": part.place}
    deed = Deed(Action.ACQUIRED, facts | where | {"members": len(part.members), "reread": True}, **by_run(run, lease))
    append_entry(log=run.incident.reference, deed=deed, by=Actor.of_run(run))
    return row


def exhibit_of(run: Run) -> Evidence:
    if run.evidence is None:
        raise ValueError(f"run {run.pk} ({run.tool}) collects, but no exhibit was made for it; request it again")
    return run.evidence


def add_part(evidence: Evidence, unit: Unit, part: StoredPart) -> EvidencePart:
    """The rows of one stored part and of its members. Raises MoveRefused where the part may not lie in its place."""
    hold_door(unit.run, evidence.title, part.place)
    row = EvidencePart.objects.create(
        evidence=evidence,
        unit=unit,
        number=unit.number,
        kind=part.kind,
        sha256=part.sha256,
        size=part.size,
        place=part.place,
        vault_key=part.vault_key,
        members=len(part.members),
        stored_at=timezone.now(),
        verified_at=timezone.now(),
    )
    Member.objects.bulk_create([member_row(row, member) for member in part.members], batch_size=500)
    return row


def member_row(part: EvidencePart, member: StoredMember) -> Member:
    values = fitting(
        Member,
        file=member.file,
        origin=member.origin,
        version=member.version,
        notes=member.notes,
    )
    facts = {"index": member.index, "size": member.size, "sha256": member.sha256, "modified_at": member.modified_at}
    return Member(part=part, **facts, **values)


def by_run(run: Run, lease: Lease) -> dict[str, Any]:
    """The part of a deed that names the run and its tool."""
    from_aws = {key: run.scope[key] for key in ("account", "region") if run.scope.get(key)}
    return {"run": mark_of(run, lease), "tool": {"name": run.tool}, "aws": from_aws}


def close_unit(run: Run, unit: Unit, state: Unit.State, **counters: int) -> None:
    """Mark the unit ended and count it on its run; a finished unit gives the run its attempts back."""
    Unit.objects.filter(pk=unit.pk).update(state=state, finished_at=timezone.now())
    added = {name: F(name) + by for name, by in counters.items()}
    Run.objects.filter(pk=run.pk).update(units_done=F("units_done") + 1, attempts=0, **added)
    count_change(run.incident_id)


def add_gaps(run: Run, unit: Unit | None, gaps: Sequence[Gap]) -> None:
    """Record gaps on the run, each kind and subject once; what a person accepted before stays accepted by name."""
    accepted = accepted_gaps(run) if gaps else {}
    rows = [gap_row(run, unit, gap) for gap in gaps]
    for row in rows:
        if before := accepted.get((row.kind, row.subject, row.detail)):
            row.acknowledged_at, row.acknowledged_by_id = before.acknowledged_at, before.acknowledged_by_id
            row.reason = before.reason
    GapRecord.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def accepted_gaps(run: Run) -> dict[tuple[str, str, str], GapRecord]:
    """Acknowledged gaps by kind, subject and detail, of runs that asked the same: asked again, they are the same gap.

    What another scope meets is another gap, whatever its words: nobody has put a name under that.
    """
    same = {"run__incident": run.incident, "run__tool": run.tool, "run__scope_hash": run.scope_hash}
    known = GapRecord.objects.filter(**same, acknowledged_at__isnull=False).order_by("pk")
    return {(gap.kind, gap.subject, gap.detail): gap for gap in known}


def gap_row(run: Run, unit: Unit | None, gap: Gap) -> GapRecord:
    return GapRecord(
        incident=run.incident,
        run=run,
        unit=unit,
        phase=run.phase,
        kind=str(gap.kind),
        subject=keyed(gap.subject),
        detail=kept(gap.detail, 2000),
        noticed_at=timezone.now(),
    )


@transaction.atomic
def close_unit_with_gaps(*, lease: Lease, unit: Unit, gaps: Sequence[Gap]) -> None:
    """Finish a unit that brought nothing; no gaps means there was nothing to bring. Entry: acquisition_failed."""
    run = hold_lease(lease)
    kinds = {gap.kind for gap in gaps}
    state = STATE_OF_GAP.get(kinds.pop(), Unit.State.FAILED) if len(kinds) == 1 else Unit.State.FAILED
    close_unit(run, unit, state if gaps else Unit.State.EMPTY)
    add_gaps(run, unit, gaps)
    facts = {"type": "unit", "id": f"{run.pk}/{unit.number}", "gaps": len(gaps)}
    reason = "; ".join(f"{gap.kind}: {gap.subject}" for gap in gaps)[:2000] or "nothing there"
    deed = Deed(Action.ACQUISITION_FAILED, facts, reason, **by_run(run, lease))
    append_entry(log=run.incident.reference, deed=deed, by=Actor.of_run(run))


@transaction.atomic
def note_gaps(*, lease: Lease, gaps: Sequence[Gap]) -> None:
    """Record gaps that belong to no unit; repeating it adds none. Entry: acquisition_failed, if any is new."""
    run = hold_lease(lease)
    before = run.gaps.count()
    add_gaps(run, None, gaps)
    if (new := run.gaps.count() - before) == 0:
        return
    count_change(run.incident_id)
    facts = {"type": "run", "id": str(run.pk), "gaps": new}
    reason = "; ".join(f"{gap.kind}: {gap.subject}" for gap in gaps)[:2000]
    deed = Deed(Action.ACQUISITION_FAILED, facts, reason, **by_run(run, lease))
    append_entry(log=run.incident.reference, deed=deed, by=Actor.of_run(run))


@transaction.atomic
def seal_exhibit(*, lease: Lease, acquisition: dict[str, Any]) -> str:
    """Fix the exhibit's manifest and return its SHA-256; sealing again changes nothing. Entry: sealed."""
    run = hold_lease(lease)
    evidence = Evidence.objects.select_for_update().get(pk=exhibit_of(run).pk)
    if evidence.sha256:
        return evidence.sha256
    digest = manifest_hash(evidence)
    is_damaged = evidence.state == Evidence.State.INTEGRITY_FAILED  # a seal mends nothing
    Evidence.objects.filter(pk=evidence.pk).update(
        state=evidence.state if is_damaged else Evidence.State.SEALED,
        sha256=digest,
        sealed_at=timezone.now(),
        acquisition=acquisition,
    )
    count_change(run.incident_id)
    facts = {"type": "evidence", "id": evidence.exhibit, "sha256": digest, "size": evidence.size}
    deed = Deed(Action.SEALED, facts | {"members": evidence.members}, **by_run(run, lease))
    append_entry(log=run.incident.reference, deed=deed, by=Actor.of_run(run))
    return digest
