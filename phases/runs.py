"""The life of a run, once: claim, heartbeat, do, end. What the run does comes in as a function."""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import Event
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import connection
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.utils import OperationalError

from cases import stores
from cases.actions import runs as acts
from cases.actions.runs import Lease, LeaseLost
from cases.actor import Actor
from cases.models import PORTAL, QUEUES, Incident, Run, RunQuerySet
from phases import bell, next_steps
from plugins import NotReady, Refused
from vault import VaultFull

log = logging.getLogger(__name__)
LEFTOVER_AGE = timedelta(days=1)
REST = 120.0  # seconds
PATIENCE = timedelta(hours=24)  # how long a run waits for AWS before it has failed
shutting_down = Event()  # made before the worker forks: set in the parent, seen by every child


class HandedOver(Exception):
    """The worker is being shut down; the run is given back for another one."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed run as the phases see it: the row, the right to write, and the pulse to look at between chunks."""

    run: Run
    lease: Lease
    heart: "Heart"

    @property
    def incident(self) -> Incident:
        return self.run.incident

    def check(self) -> None:
        """Look up between chunks (at most a second apart). Raises LeaseLost or HandedOver."""
        if self.heart.is_lost.is_set():
            raise LeaseLost(f"run {self.run.pk} is no longer held with fence {self.lease.fence}")
        if shutting_down.is_set():
            raise HandedOver(f"run {self.run.pk} is handed over: this worker is shutting down")

    def say(self, doing: str) -> None:
        """Put into words, for the pages, what is happening now."""
        acts.say_doing(lease=self.lease, doing=doing)


Work = Callable[[Job], str]


class Heart:
    """Renews the lease from a thread with a connection of its own; ``is_lost`` is set when the run is gone."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.is_lost = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heart of run {lease.run_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(settings.RUN_LEASE_SECONDS / 4):
            if not self._renewed():
                self.is_lost.set()
                break
        connection.close()
        if self.is_lost.is_set() and not self._stop.wait(settings.RUN_LEASE_SECONDS * 2):
            os.kill(os.getpid(), signal.SIGKILL)  # deaf for two leases: nothing it still does may count

    def _renewed(self) -> bool:
        try:
            return acts.renew_lease(lease=self.lease)
        except OperationalError:  # the database is away: the lease itself says how long we may go on
            connection.close()
            return True


def work_on(queue: str, tools: Callable[[Run], Work]) -> bool:
    """Claim and perform the next run of ``queue``; False when there is none."""
    claimed = claim_next(queue)
    if claimed is None:
        return False
    run, lease = claimed
    if reason := why_not_allowed(run):
        acts.cancel_run(run=run, by=Actor.of_portal(), reason=reason)
    else:
        perform(run, lease, tools(run))
    next_steps.advance(run.incident)
    if due_runs(queue).exists():
        bell.ring(queue)
    return True


def due_runs(queue: str) -> RunQuerySet:
    """The runs of ``queue`` that may be claimed now: by priority, then the incident with least at work, then age."""
    phases = [phase for phase, name in QUEUES.items() if name == queue]
    at_work = (
        Run.objects.filter(incident=OuterRef("incident"), state=Run.State.RUNNING)
        .order_by()
        .values("incident")
        .annotate(count=Count("pk"))
        .values("count")
    )
    busy = Coalesce(Subquery(at_work, output_field=IntegerField()), 0)
    claimable = Run.objects.filter(acts.claimable(), phase__in=phases)
    return claimable.annotate(busy=busy).order_by("priority", "busy", "requested_at", "pk")


def claim_next(queue: str) -> tuple[Run, Lease] | None:
    """Take the first due run that nobody else takes first."""
    worker = f"{socket.gethostname()}:{os.getpid()}"
    while run := due_runs(queue).first():
        if lease := acts.claim_run(run=run, worker=worker):
            return Run.objects.select_related("incident", "requested_by", "evidence", "part").get(pk=run.pk), lease
    return None


def why_not_allowed(run: Run) -> str:
    """Empty when who asked may still see the incident; the portal's own runs always may."""
    user = run.requested_by
    if user.username == PORTAL or Incident.objects.visible_to(user).filter(pk=run.incident_id).exists():
        return ""
    return f"{user.shown_name} asked for this and no longer has access to {run.incident}"


def perform(run: Run, lease: Lease, work: Work) -> None:
    """Do the work and write how it ended; a lost lease writes nothing."""
    try:
        do_and_end(run, lease, work)
    except LeaseLost:
        log.info("run %s (%s) of %s was taken away; what was in work is not written", run.pk, run.tool, run.incident)


def do_and_end(run: Run, lease: Lease, work: Work) -> None:
    """Do the work and write its end. Raises LeaseLost when the run is gone, however its work ended."""
    try:
        with Heart(lease) as heart:
            result = work(Job(run, lease, heart))
        acts.end_run(lease=lease, result_hash=result)
    except LeaseLost:
        raise
    except HandedOver:
        acts.hand_over(lease=lease)
    except NotReady as wait:
        acts.put_back(lease=lease, seconds=wait.seconds, waiting_for=str(wait), patience=PATIENCE)
    except (Refused, VaultFull) as refusal:
        acts.end_run(lease=lease, error=str(refusal))
    except Exception as problem:
        log.exception("run %s (%s) of %s", run.pk, run.tool, run.incident)
        acts.stumble(lease=lease, error=f"{type(problem).__name__}: {problem}")


def tidy_up() -> None:
    """Remove what crashed writes left in the vault more than a day ago."""
    stores.sweep_vault(LEFTOVER_AGE)


def sweep() -> int:
    """Bury the dead, advance what stands still, and ring for what is due; return how many bells were rung."""
    for run in acts.bury_runs():
        next_steps.advance(run.incident)
    is_begun = Q(runs__isnull=False) | Q(plans__started_at__isnull=False)
    for incident in Incident.objects.open().filter(is_begun).distinct():
        if not at_rest.has(incident):
            made = next_steps.advance(incident)
            at_rest.note(incident, is_at_rest=not made and not incident.runs.active().exists())
    return sum(ring_for(queue) for queue in QUEUES.values())


class AtRest:
    """Incidents where nothing was due or at work when this process last looked, and nothing has changed since.

    Without it an idle portal with many open incidents looks for ever at what it has seen. After REST each is looked
    at again, whatever its count of changes says: a rule file may be new, or a clock may have run out.
    """

    def __init__(self) -> None:
        self._seen: dict[int, tuple[int, float]] = {}

    def has(self, incident: Incident) -> bool:
        change, until = self._seen.get(incident.pk, (None, 0.0))
        return change == incident.change and time.monotonic() < until

    def note(self, incident: Incident, *, is_at_rest: bool) -> None:
        if is_at_rest:
            self._seen[incident.pk] = (incident.change, time.monotonic() + REST)
        else:
            self._seen.pop(incident.pk, None)

    def forget(self) -> None:
        self._seen.clear()


at_rest = AtRest()


def ring_for(queue: str) -> int:
    """Ring once for each due run that no bell in the queue stands for already."""
    missing = due_runs(queue).count() - bell.waiting(queue)
    return sum(bell.ring(queue) for _ in range(min(missing, 8)))
