"""What Celery calls: thin shells. A bell says that a queue has work, never which."""

from typing import Any

from celery import shared_task
from celery.signals import worker_init, worker_ready, worker_shutting_down

from analyzers import analyzers
from cases.models import Phase, Run
from collectors import sources
from examiners import examiners
from phases import readiness, runs
from phases.analysis import analyze_events
from phases.collection import collect_evidence
from phases.estimates import estimate_plan
from phases.examination import examine_part
from phases.indexing import index_events
from phases.next_steps import EXAMINE, INDEX
from phases.reporting import write_report
from phases.requests import ESTIMATE
from phases.role_checks import check_as_asked
from phases.validation import validate_evidence


@shared_task(name="phases.tasks.work")
def work(queue: str) -> None:
    runs.work_on(queue, work_of)


@shared_task(name="phases.tasks.sweep")
def sweep() -> None:
    runs.sweep()
    readiness.sweep()


@shared_task(name="phases.tasks.look_at_readiness")
def look_at_readiness() -> None:
    readiness.work()


@shared_task(name="phases.tasks.ask_for_readiness")
def ask_for_readiness() -> None:
    readiness.ask_daily()


@shared_task(name="phases.tasks.check_roles")
def check_roles(accounts: list[int], user: int) -> None:
    check_as_asked(accounts, user)


def work_of(run: Run) -> runs.Work:
    """Which function does this run."""
    if run.tool == ESTIMATE:
        return estimate_plan
    if run.phase == Phase.EXAMINATION:
        return {EXAMINE: examine_part, INDEX: index_events}.get(run.tool, validate_evidence)
    return {
        Phase.COLLECTION: collect_evidence,
        Phase.ANALYSIS: analyze_events,
        Phase.REPORTING: write_report,
    }[Phase(run.phase)]


@worker_init.connect
def load_rooms(**_: Any) -> None:
    """Once, before the worker forks: else each of its children would load every plug-in by itself."""
    for room in (sources, examiners, analyzers):
        room.all()


@worker_ready.connect
def sweep_at_start(**_: Any) -> None:
    runs.tidy_up()
    runs.sweep()


@worker_shutting_down.connect
def hand_over_runs(**_: Any) -> None:
    runs.shutting_down.set()
