"""Phase 1: plan what a source yields, fetch what is not stored yet, store it, read it back, and write it down."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from django.conf import settings

from cases.actions import units as acts
from cases.actions.moves import check_moves
from cases.actions.runs import plan_units
from cases.models import Run, Unit
from cases.places import MoveRefused, jurisdictions_of, place_for
from cases.stores import vault_of
from cases.texts import kept
from collectors import Artifact, Crossing, Scope, Source, sources
from phases.crossings import crossing_for, refused
from phases.fetching import Fetched, fetch_all, store
from phases.requests import check_intake
from phases.runs import Job
from phases.sessions import EntryDenied, session_for
from plugins import Gap, GapKind, NotReady

UNIT_ARTIFACTS = 500
UNIT_BYTES = 64 * 2**20
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")


@dataclass(frozen=True, slots=True)
class Yielded:
    """What one walk through a source came to; ``wait`` when AWS is still preparing the rest."""

    artifacts: tuple[Artifact, ...]
    gaps: tuple[Gap, ...]
    wait: NotReady | None


def collect_evidence(job: Job) -> str:
    """Collect what the run asks for and return the hash of the sealed exhibit. Safe to repeat after any crash."""
    run = job.run
    job.say("asking what there is")
    yielded = walk(run, job)
    units = plan(job, yielded.artifacts)
    acts.note_gaps(lease=job.lease, gaps=yielded.gaps)
    for unit in units:
        if unit.plan and unit.finished_at is None and not is_still_coming(unit, yielded):
            job.check()
            finish(job, unit, yielded.artifacts)
    if yielded.wait:
        raise yielded.wait
    if not any(unit.plan for unit in units):
        close_empty(job, yielded.gaps)
    digest = acts.seal_exhibit(lease=job.lease, acquisition=acquisition_of(run))
    shutil.rmtree(workdir_of(run), ignore_errors=True)  # a crash before this leaves it to the vault's sweeper
    return digest


def walk(run: Run, job: Job) -> Yielded:
    """Iterate the source once; it reads no bytes, only what there is."""
    source = sources.get(run.tool)
    try:
        aws = entered(run, source)
    except EntryDenied as denial:
        return Yielded((), (Gap(GapKind.DENIED, denial.role, str(denial)),), None)
    except MoveRefused as refusal:
        return Yielded((), (refused(refusal),), None)
    artifacts: list[Artifact] = []
    gaps: list[Gap] = []
    try:
        for found in source.collect(scope_of(run), aws):
            job.check()
            if isinstance(found, Gap):
                gaps.append(found)
            else:
                artifacts.append(found)
    except NotReady as wait:
        return Yielded(tuple(artifacts), tuple(gaps), wait)
    return Yielded(tuple(artifacts), tuple(gaps), None)


def entered(run: Run, source: Source) -> boto3.Session | Crossing | None:
    """A session into the account; for local sources none, and their paths are checked again as the run starts."""
    if source.permissions_there:
        return crossing_for(run, source)
    if source.needs_aws:
        return session_for(run, source)
    if not run.scope.get("is_trusted"):
        for path in run.scope["resources"]:
            check_intake(path)
    return None


def scope_of(run: Run) -> Scope:
    """The run's stored scope as sources take it; times missing for local sources are the whole of time."""
    start, end = run.scope.get("start"), run.scope.get("end")
    account, region = run.scope.get("account", ""), run.scope.get("region", "")
    return Scope(
        label=f"{run.incident.reference}:{run.pk}",
        account=account,
        region=region,
        start=datetime.fromisoformat(start or "0001-01-01T00:00:00+00:00"),
        end=datetime.fromisoformat(end or "9999-12-31T00:00:00+00:00"),
        resources=tuple(run.scope.get("resources", ())),
        staging=settings.STAGING_BUCKET.replace("{account}", account).replace("{region}", region),
        tools=settings.MEMORY_TOOLS,
        workdir=workdir_of(run),
    )


def workdir_of(run: Run) -> Path:
    """Where a source keeps what a repeat of the run need not fetch again; it is the source that makes the folder."""
    return vault_of(run.incident).stage() / f"run-{run.pk}"


def plan(job: Job, artifacts: tuple[Artifact, ...]) -> list[Unit]:
    """The units of the run, planned ones kept as they were; artifacts that no unit has yet make new ones."""
    units = list(job.run.units.order_by("number"))
    planned = {tuple(item[:2]) for unit in units for item in unit.plan}
    new = [artifact for artifact in artifacts if key_of(artifact) not in planned]
    made = [unit_of(number, chunk) for number, chunk in enumerate(chunks(new), start=len(units) + 1)]
    plan_units(lease=job.lease, units=made)
    return [*units, *made]


def key_of(artifact: Artifact) -> tuple[str, str]:
    """What names the artifact for ever, as a plan holds it."""
    return kept(artifact.origin), kept(artifact.version)


def unit_of(number: int, chunk: list[Artifact]) -> Unit:
    label = chunk[0].name if len(chunk) == 1 else f"{len(chunk)} files from {chunk[0].name}"
    size = sum(artifact.size or 0 for artifact in chunk)
    items = [list(key_of(artifact)) for artifact in chunk]
    return Unit(number=number, label=label[:300], plan=items, planned_size=size)


def chunks(artifacts: list[Artifact]) -> Iterator[list[Artifact]]:
    """Chunks in yield order: at most UNIT_ARTIFACTS or UNIT_BYTES; what is stored as it came is alone."""
    chunk: list[Artifact] = []
    size = 0
    for artifact in artifacts:
        is_full = len(chunk) >= UNIT_ARTIFACTS or size + (artifact.size or 0) > UNIT_BYTES
        if chunk and (is_full or is_raw(artifact) or is_raw(chunk[0])):
            yield chunk
            chunk, size = [], 0
        chunk.append(artifact)
        size += artifact.size or 0
    if chunk:
        yield chunk


def is_raw(artifact: Artifact) -> bool:
    """Archives and large files are parts of their own, stored as they came."""
    return (artifact.size or 0) > UNIT_BYTES or artifact.name.lower().endswith(ARCHIVES)


def is_still_coming(unit: Unit, yielded: Yielded) -> bool:
    """AWS is not ready, so what the unit lacks today may be yielded the next time."""
    return yielded.wait is not None and bool(vanished(unit, yielded.artifacts))


def vanished(unit: Unit, artifacts: tuple[Artifact, ...]) -> list[Gap]:
    """What was planned before a crash or a wait, is not stored, and is not there any more."""
    present = {key_of(artifact) for artifact in artifacts}
    lost = [item[0] for item in unit.plan if tuple(item[:2]) not in present]
    return [Gap(GapKind.MISSING, origin, "it was there when the run was planned") for origin in lost]


def finish(job: Job, unit: Unit, artifacts: tuple[Artifact, ...]) -> None:
    """Fetch, store, read back and record one unit; what the region guard refuses is a gap of the unit."""
    try:
        fetch_and_store(job, unit, artifacts)
    except MoveRefused as refusal:
        acts.close_unit_with_gaps(lease=job.lease, unit=unit, gaps=[refused(refusal)])


def fetch_and_store(job: Job, unit: Unit, artifacts: tuple[Artifact, ...]) -> None:
    """Raises MoveRefused before a byte is read where it may not lie in any vault."""
    wanted = {tuple(item[:2]) for item in unit.plan}
    chosen = [artifact for artifact in artifacts if key_of(artifact) in wanted]
    job.say(f"fetching {unit.label}")
    place = place_for(job.incident, jurisdictions_of(job.run)).name
    check_moves(job.run, job.run.title, place)
    vault = vault_of(job.incident, place)
    with fetch_all(vault, chosen, job.check) as fetched:
        kept = [one for one in fetched if isinstance(one, Fetched)]
        gaps = [*vanished(unit, artifacts), *(one for one in fetched if isinstance(one, Gap))]
        if not kept:
            acts.close_unit_with_gaps(lease=job.lease, unit=unit, gaps=gaps)
            return
        part = store(vault, kept, raw=len(chosen) == 1 and is_raw(chosen[0]), place=place)
    job.check()
    vault.verify(part.sha256, part.size)
    acts.store_part(lease=job.lease, unit=unit, part=part, gaps=gaps)


def close_empty(job: Job, gaps: tuple[Gap, ...]) -> None:
    """One unit stands for a request that brought nothing, so that the board shows what became of it."""
    plan_units(lease=job.lease, units=[Unit(number=1, label="nothing to collect")])
    unit = Unit.objects.get(run=job.run, number=1)
    if unit.finished_at is None:
        acts.close_unit_with_gaps(lease=job.lease, unit=unit, gaps=gaps)


def acquisition_of(run: Run) -> dict[str, Any]:
    """How the exhibit was acquired, for its label."""
    source = sources.get(run.tool)
    return {
        "method": "assumed role" if source.needs_aws else "local files",
        "tool": source.name,
        "permissions": list(source.permissions),
        **({"permissions_there": list(source.permissions_there)} if source.permissions_there else {}),
        "requested_by": run.requested_by.shown_name,
        "worker": run.worker,
    }
