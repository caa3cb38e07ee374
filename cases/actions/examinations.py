"""What the examination, validation and indexing of evidence may write."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from cases.actions.custody import Action, Deed, append_entry
from cases.actions.runs import Lease, hold_lease
from cases.actions.units import STATE_OF_GAP, add_gaps, by_run, close_unit
from cases.actor import Actor
from cases.models import ExaminedFile, Incident, QuarantinedRecord, Run, StagedFile, Unit, Verdict
from cases.texts import kept
from plugins import Gap, Quarantined

QUARANTINE_ROWS = 1000  # kept as rows for each part; the list in the vault holds all


@dataclass(frozen=True, slots=True)
class FileTally:
    """What became of one file: which examiner read it (empty: none), and records read = rows + quarantined."""

    index: int
    file: str
    examiner: str
    read: int
    rows: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class StagedRows:
    """One Parquet file of rows, as the event store names it."""

    examiner: str
    name: str
    family: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that the examination of one part came to. ``list_sha256``: all quarantined records, in the vault."""

    files: tuple[FileTally, ...]
    staged: tuple[StagedRows, ...]
    quarantined: tuple[Quarantined, ...]
    list_sha256: str
    gaps: tuple[Gap, ...]

    @property
    def rows(self) -> int:
        return sum(tally.rows for tally in self.files)

    @property
    def lost(self) -> int:
        return sum(tally.quarantined for tally in self.files)


@transaction.atomic
def record_examination(*, lease: Lease, unit: Unit, result: Examination) -> None:
    """Finish the examination of a part. Entry: examined."""
    run = hold_lease(lease)
    if run.part is None or run.part.evidence is None:
        raise ValueError(f"run {run.pk} examines, but names no part; request it again")
    keep_files(run, result)
    keep_quarantine(run, result)
    add_gaps(run, unit, result.gaps)
    records = result.rows + result.lost
    counted = {"members": len(result.files), "records": records, "rows": result.rows, "quarantined": result.lost}
    close_unit(run, unit, state_of(result), **counted)
    facts = {
        "type": "part",
        "id": f"{run.part.evidence.exhibit}/{run.part.number}",
        "sha256": run.part.sha256,
        "read": records,
        "rows": result.rows,
        "quarantined": result.lost,
        "quarantine_sha256": result.list_sha256,
    }
    deed = Deed(Action.EXAMINED, facts, **by_run(run, lease))
    append_entry(log=run.incident.reference, deed=deed, by=Actor.of_run(run))


def state_of(result: Examination) -> Unit.State:
    """Done, partial where something is missing, or why nothing was read at all."""
    if not result.gaps:
        return Unit.State.DONE
    return Unit.State.PARTIAL if result.files else STATE_OF_GAP.get(result.gaps[0].kind, Unit.State.PARTIAL)


def keep_files(run: Run, result: Examination) -> None:
    ExaminedFile.objects.bulk_create(
        [
            ExaminedFile(
                run=run,
                part=run.part,
                index=tally.index,
                file=kept(tally.file, 2048),
                examiner=tally.examiner,
                read=tally.read,
                rows=tally.rows,
                quarantined=tally.quarantined,
            )
            for tally in result.files
        ],
        batch_size=500,
    )
    StagedFile.objects.bulk_create(
        [
            StagedFile(
                incident=run.incident,
                run=run,
                part=run.part,
                examiner=staged.examiner,
                name=staged.name,
                family=staged.family,
                rows=staged.rows,
                size=staged.size,
                sha256=staged.sha256,
            )
            for staged in result.staged
        ]
    )


def keep_quarantine(run: Run, result: Examination) -> None:
    QuarantinedRecord.objects.bulk_create(
        [
            QuarantinedRecord(
                run=run, part=run.part, index=q.member, row=q.row, file=kept(q.file, 2048), reason=kept(q.reason, 500)
            )
            for q in result.quarantined[:QUARANTINE_ROWS]
        ],
        batch_size=500,
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """A validator's word on one file, with the exhibit's row where the file is evidence of ours."""

    file: str
    state: str
    detail: str
    evidence_id: int | None = None
    part: int = 0
    index: int = -1


@transaction.atomic
def record_verdicts(*, lease: Lease, unit: Unit, verdicts: Sequence[Judgement], gaps: Sequence[Gap]) -> None:
    """Finish a validation. Entry: validated."""
    run = hold_lease(lease)
    Verdict.objects.bulk_create(
        [
            Verdict(
                run=run,
                evidence_id=v.evidence_id,
                part=v.part,
                index=v.index,
                file=kept(v.file, 2048),
                state=v.state,
                detail=kept(v.detail, 1000),
            )
            for v in verdicts
        ],
        batch_size=500,
    )
    add_gaps(run, unit, gaps)
    close_unit(run, unit, Unit.State.PARTIAL if gaps else Unit.State.DONE, members=len(verdicts))
    counts = {state: sum(v.state == state for v in verdicts) for state in sorted({v.state for v in verdicts})}
    facts = {"type": "incident", "id": run.incident.reference, "verdicts": counts}
    deed = Deed(Action.VALIDATED, facts, **by_run(run, lease))
    append_entry(log=run.incident.reference, deed=deed, by=Actor.of_run(run))


@dataclass(frozen=True, slots=True)
class Generation:
    """What an index run published: the manifest's name, the hash of its staged inputs, and its rows and copies."""

    manifest: str
    inputs_hash: str
    rows: int
    copies: int


@transaction.atomic
def publish_events(*, lease: Lease, unit: Unit, generation: Generation, gaps: Sequence[Gap] = ()) -> None:
    """Let readers see a new manifest of events; a worker that lost its lease never does. Entry: indexed."""
    run = hold_lease(lease)
    incident = Incident.objects.select_for_update().get(pk=run.incident_id)
    Incident.objects.filter(pk=incident.pk).update(
        events_manifest=generation.manifest,
        events_inputs=generation.inputs_hash,
        events_generation=incident.events_generation + 1,
    )
    add_gaps(run, unit, gaps)
    close_unit(run, unit, Unit.State.PARTIAL if gaps else Unit.State.DONE)
    facts = {
        "type": "events",
        "id": generation.manifest,
        "inputs_sha256": generation.inputs_hash,
        "rows": generation.rows,
        "copies": generation.copies,
    }
    append_entry(
        log=run.incident.reference, deed=Deed(Action.INDEXED, facts, **by_run(run, lease)), by=Actor.of_run(run)
    )
