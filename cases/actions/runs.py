"""The rows of a run's life: asked for, claimed, counted, ended. Workers come only through these doors."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Q, When
from django.db.models.functions import Now
from django.utils import timezone

from cases import changes
from cases.actions.custody import Action, Deed, append_entry
from cases.actor import Actor
from cases.models import MAX_ATTEMPTS, Evidence, EvidencePart, Incident, Phase, Run, Unit
from cases.texts import fit, kept
from custody import canonical
from plugins import Window


class LeaseLost(Exception):
    """Another worker has the run now, or it was cancelled; whatever was in work here must not be written."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write for a run: valid while the run's fence is still this number."""

    run_id: int
    fence: int


@dataclass(frozen=True, slots=True)
class Exhibit:
    """The evidence item that a collection is going to bring, as it stands on its label."""

    title: str
    kind: str
    source: str
    account: str = ""
    region: str = ""
    window: Window | None = None
    resources: tuple[str, ...] = ()
    integrity: Evidence.Integrity = Evidence.Integrity.FULL_HASH_REREAD
    jurisdiction: str | None = None  # None: the incident's own


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a run: which phase and tool, a title for people, the scope, and the hash of its inputs.

    ``is_counted`` is False for work that is none of the phase's own, such as an estimate: no board counts it.
    """

    phase: Phase
    tool: str
    title: str
    scope: dict[str, Any]
    inputs_hash: str = ""
    evidence: Evidence | None = None
    part: EvidencePart | None = None
    exhibit: Exhibit | None = None
    priority: int = 5
    is_counted: bool = True
    request: UUID = field(default_factory=uuid4)


def hash_of(value: dict[str, Any]) -> str:
    """SHA-256 (hex) of the canonical bytes of ``value``."""
    return hashlib.sha256(canonical(value)).hexdigest()


@transaction.atomic
def request_run(*, incident: Incident, order: Order, by: Actor) -> tuple[Run, bool]:
    """Return the run and whether it is new: while one with the same tool, scope and inputs is active, it is that one.

    Entry: requested, when it is new.
    """
    same = {"tool": order.tool, "scope_hash": hash_of(order.scope)}
    active = incident.runs.active().filter(**same, inputs_hash=order.inputs_hash).first()
    if active:
        return active, False
    try:
        with transaction.atomic():
            run = create_run(incident, order, by)
    except IntegrityError:
        active = incident.runs.active().filter(**same, inputs_hash=order.inputs_hash).first()
        if active is None:
            raise
        return active, False
    append_entry(log=incident.reference, deed=Deed(Action.REQUESTED, about_run(run), run=mark_of(run)), by=by)
    return run, True


def create_run(incident: Incident, order: Order, by: Actor) -> Run:
    """Make the row; the newest of the same tool and scope before it stops counting."""
    scope_hash = hash_of(order.scope)
    before = Run.objects.select_for_update().filter(
        incident=incident, tool=order.tool, scope_hash=scope_hash, is_newest=True
    )
    previous = before.first()
    before.update(is_newest=False)
    count_change(incident.pk)
    evidence = order.evidence or (make_exhibit(incident, order.exhibit) if order.exhibit else None)
    return Run.objects.create(
        incident=incident,
        request=order.request,
        phase=order.phase,
        tool=order.tool,
        title=kept(order.title, 300),
        scope=order.scope,
        scope_hash=scope_hash,
        inputs_hash=order.inputs_hash,
        evidence=evidence,
        part=order.part,
        priority=order.priority,
        is_newest=order.is_counted,
        previous=previous,
        requested_by=by.user,
        requested_at=timezone.now(),
    )


def make_exhibit(incident: Incident, exhibit: Exhibit) -> Evidence:
    """The exhibit under its next number; numbers are never used again."""
    number = next_number(incident, "last_exhibit")
    return Evidence.objects.create(
        incident=incident,
        number=number,
        exhibit=f"{incident.reference}-E{number:04d}",
        title=kept(exhibit.title, 300),
        kind=exhibit.kind,
        source=exhibit.source,
        account=exhibit.account,
        region=exhibit.region,
        jurisdiction=incident.jurisdiction if exhibit.jurisdiction is None else exhibit.jurisdiction,
        window_start_at=exhibit.window.start if exhibit.window else None,
        window_end_at=exhibit.window.end if exhibit.window else None,
        resources=list(exhibit.resources),
        integrity=exhibit.integrity,
        requested_at=timezone.now(),
    )


def next_number(incident: Incident, counter: str) -> int:
    """Count ``counter`` of the incident up by one, its row locked until the transaction ends."""
    Incident.objects.filter(pk=incident.pk).update(**{counter: F(counter) + 1})
    return int(Incident.objects.values_list(counter, flat=True).get(pk=incident.pk))


def about_run(run: Run) -> dict[str, Any]:
    return {"type": "run", "id": str(run.pk), "phase": str(run.phase), "tool": run.tool, "title": run.title}


def mark_of(run: Run, lease: Lease | None = None) -> dict[str, Any]:
    return {"id": run.pk, "fence": lease.fence if lease else run.fence}


def count_change(incident_id: int) -> None:
    """Something a live page shows has changed: count it, and tell the listeners once it is committed."""
    Incident.objects.filter(pk=incident_id).update(change=F("change") + 1)
    changes.tell_on_commit(incident_id)


def claimable() -> Q:
    """Runs that anybody may take now, by the database's clock: queued ones, and ones whose worker fell silent."""
    is_due = Q(not_before=None) | Q(not_before__lte=Now())
    has_lapsed = Q(state=Run.State.RUNNING, lease_until__lt=Now(), attempts__lt=MAX_ATTEMPTS - 1)
    is_free = Q(state=Run.State.QUEUED, attempts__lt=MAX_ATTEMPTS) | has_lapsed
    return is_due & is_free & Q(cancel_requested=False)


def claim_run(*, run: Run, worker: str) -> Lease | None:
    """Take the run by one conditional UPDATE; None if somebody else was quicker. No entry: nothing is handled yet."""
    moved = Run.objects.filter(claimable(), pk=run.pk, fence=run.fence).update(
        state=Run.State.RUNNING,
        fence=F("fence") + 1,
        attempts=Case(
            When(state=Run.State.RUNNING, then=F("attempts") + 1),
            default=F("attempts"),
            output_field=PositiveSmallIntegerField(),
        ),
        lease_until=Now() + timedelta(seconds=settings.RUN_LEASE_SECONDS),
        started_at=run.started_at or timezone.now(),
        not_before=None,
        waiting_for="",
        worker=worker[:200],
    )
    return Lease(run.pk, run.fence + 1) if moved else None


def renew_lease(*, lease: Lease) -> bool:
    """Push the lease out; False when the run is no longer ours. No entry: a heartbeat handles nothing."""
    return bool(
        Run.objects.filter(pk=lease.run_id, fence=lease.fence, state=Run.State.RUNNING, cancel_requested=False).update(
            lease_until=Now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)
        )
    )


def hold_lease(lease: Lease) -> Run:
    """The first statement of every worker's write: the fence UPDATE. Raises LeaseLost when it is no longer ours."""
    fence(lease)
    return Run.objects.select_related("incident", "requested_by", "evidence", "part").get(pk=lease.run_id)


def fence(lease: Lease) -> None:
    """What ``hold_lease`` does first; alone where the run's row is not needed."""
    mine = Run.objects.filter(pk=lease.run_id, fence=lease.fence, state=Run.State.RUNNING)
    if not mine.update(attempts=F("attempts")):
        raise LeaseLost(f"run {lease.run_id} is no longer held with fence {lease.fence}")


def incident_of(lease: Lease) -> int:
    number: int = Run.objects.values_list("incident_id", flat=True).get(pk=lease.run_id)
    return number


@transaction.atomic
def plan_units(*, lease: Lease, units: list[Unit]) -> None:
    """Add planned units to the run; a unit that is there already stays as it is. No entry: a plan handles nothing."""
    fence(lease)
    have = set(Unit.objects.filter(run=lease.run_id).values_list("number", flat=True))
    new = [unit for unit in units if unit.number not in have]
    for unit in new:
        unit.run_id, unit.label, unit.plan = lease.run_id, kept(unit.label, 300), fit(unit.plan)
    Unit.objects.bulk_create(new)
    Run.objects.filter(pk=lease.run_id).update(units_planned=F("units_planned") + len(new))
    count_change(incident_of(lease))


@transaction.atomic
def say_doing(*, lease: Lease, doing: str) -> None:
    """Put into words what the run is doing now. No entry: words for people."""
    fence(lease)
    Run.objects.filter(pk=lease.run_id).update(doing=kept(doing, 500))
    count_change(incident_of(lease))


@transaction.atomic
def put_back(*, lease: Lease, seconds: int, waiting_for: str, patience: timedelta) -> None:
    """Queue the run again for later because AWS is not ready; it fails once ``patience`` is over.

    Entry: run_ended when patience is over; none while it waits.
    """
    run, now = hold_lease(lease), timezone.now()
    until = run.wait_until or now + patience
    if now >= until:
        return close_run(run, lease, Run.State.FAILED, f"AWS was not ready in {patience}: {waiting_for}; ask again")
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.QUEUED,
        attempts=0,
        not_before=Now() + timedelta(seconds=seconds),
        wait_until=until,
        waiting_for=kept(waiting_for, 500),
        lease_until=None,
        doing="",
    )
    count_change(run.incident_id)
    return None


@transaction.atomic
def hand_over(*, lease: Lease) -> None:
    """Give a run back at shutdown, so that another worker goes on at once. No entry: nothing was handled."""
    run = hold_lease(lease)
    Run.objects.filter(pk=run.pk).update(state=Run.State.QUEUED, attempts=0, lease_until=None, doing="")


@transaction.atomic
def end_run(*, lease: Lease, error: str = "", result_hash: str = "") -> None:
    """Mark the run complete, or failed with words that say what to change. Entry: run_ended."""
    run = hold_lease(lease)
    close_run(run, lease, Run.State.FAILED if error else Run.State.COMPLETE, error, result_hash)


@transaction.atomic
def stumble(*, lease: Lease, error: str) -> None:
    """Note an unexpected failure: the run is tried again, and is dead after MAX_ATTEMPTS in a row.

    Entry: run_ended when it is dead; none while it is tried again.
    """
    run = hold_lease(lease)
    if run.attempts + 1 >= MAX_ATTEMPTS:
        Run.objects.filter(pk=run.pk).update(attempts=F("attempts") + 1)
        return close_run(run, lease, Run.State.DEAD, error)
    pause = timedelta(seconds=2 ** (run.attempts + 1))
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.QUEUED,
        attempts=F("attempts") + 1,
        not_before=Now() + pause,
        waiting_for=kept(f"tried again after: {error}", 500),
        lease_until=None,
    )
    count_change(run.incident_id)
    return None


@transaction.atomic
def bury_runs() -> list[Run]:
    """Mark dead the runs whose worker fell silent for the last time they may be tried. Entry: run_ended for each."""
    lost = Run.objects.select_for_update(of=("self",)).filter(
        state=Run.State.RUNNING, lease_until__lt=Now(), attempts__gte=MAX_ATTEMPTS - 1
    )
    dead = list(lost.select_related("incident", "requested_by").order_by("pk"))
    for run in dead:
        Run.objects.filter(pk=run.pk).update(fence=F("fence") + 1, attempts=MAX_ATTEMPTS)
        words = f"its worker ended {MAX_ATTEMPTS} times without finishing a unit; see the worker's log, then ask again"
        close_run(run, Lease(run.pk, run.fence + 1), Run.State.DEAD, words)
    return dead


@transaction.atomic
def cancel_run(*, run: Run, by: Actor, reason: str) -> None:
    """Cancel the run: at once if nobody works on it, else at the worker's next look. Entry: run_cancelled."""
    run = Run.objects.select_for_update(of=("self",)).select_related("incident", "requested_by").get(pk=run.pk)
    if not run.is_active:
        return
    Run.objects.filter(pk=run.pk).update(
        cancel_requested=True,
        fence=F("fence") + 1,
        state=Run.State.CANCELLED,
        error=kept(reason, 2000) or "cancelled",
        ended_at=timezone.now(),
        lease_until=None,
        doing="",
    )
    run.units.filter(state=Unit.State.PLANNED).update(state=Unit.State.CANCELLED)
    count_change(run.incident_id)
    deed = Deed(Action.RUN_CANCELLED, about_run(run), reason, run=mark_of(run))
    append_entry(log=run.incident.reference, deed=deed, by=by)


def close_run(run: Run, lease: Lease, state: Run.State, error: str = "", result_hash: str = "") -> None:
    """Write the end of the run and its entry; the caller's transaction holds the fence."""
    Run.objects.filter(pk=run.pk).update(
        state=state,
        error=kept(error, 10_000),
        result_hash=result_hash,
        ended_at=timezone.now(),
        lease_until=None,
        not_before=None,
        waiting_for="",
        doing="",
        **({"attempts": 0} if state == Run.State.COMPLETE else {}),
    )
    count_change(run.incident_id)
    facts = about_run(run) | {"state": str(state), "result_hash": result_hash}
    deed = Deed(Action.RUN_ENDED, facts, error[:2000], run=mark_of(run, lease))
    append_entry(log=run.incident.reference, deed=deed, by=Actor.of_run(run))
