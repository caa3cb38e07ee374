"""What a plan will bring, counted before it starts: a worker lists what there is and collects nothing.

Only sources that change nothing in AWS are asked; what cannot be counted is said, never guessed.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from cases.actions.plans import note_estimate
from cases.actions.runs import Order, request_run
from cases.actor import Actor
from cases.models import CollectionPlan, Phase, Run
from cases.places import MoveRefused
from collectors import Artifact, Source
from collectors.answers import REFUSALS
from phases import bell, collection
from phases.plans import Place, PlannedStep, steps_of
from phases.requests import ESTIMATE, check_open, scope_of
from phases.runs import Job
from phases.sessions import EntryDenied
from plugins import Gap, NotReady, Refused

URGENT = 1  # people wait for it
WORDS = 500  # characters of an error that are kept


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is counted: ``objects`` and ``seconds`` of one source in one place, ``total`` seconds of the plan."""

    objects: int = 20_000
    seconds: float = 15
    total: float = 180


@dataclass(slots=True)
class Line:
    """One source in one place. ``state``: counted, at_least, acts, later or unknown; ``words`` say why not counted.

    ``stored`` are the objects of S3 among ``objects``; sizes are bytes, ``unsized`` how many have none yet.
    """

    source: str
    account: str
    region: str
    state: str = "unknown"
    objects: int = 0
    stored: int = 0
    size: int = 0
    unsized: int = 0
    gaps: int = 0
    words: str = ""


def request_estimate(*, plan: CollectionPlan, by: Actor) -> Run:
    """Ask a worker to count; asked again while it counts, it is the same run. Raises Refused for a closed incident."""
    check_open(plan.incident)
    order = Order(
        phase=Phase.COLLECTION,
        tool=ESTIMATE,
        title=f"Estimate of {plan.title}",
        scope={"plan": str(plan.request)},
        priority=URGENT,
        is_counted=False,
    )
    run, _ = request_run(incident=plan.incident, order=order, by=by)
    bell.ring_on_commit(run.queue)
    return run


def estimate_plan(job: Job) -> str:
    """Count step by step and keep what was counted so far, so that people see it grow."""
    plan = CollectionPlan.objects.get(incident=job.incident, request=job.run.scope["plan"])
    count_plan(job, plan, Budget())
    return ""


def count_plan(job: Job, plan: CollectionPlan, budget: Budget) -> None:
    began = time.monotonic()
    lines: list[Line] = []
    for step in steps_of(plan):
        for place in step.places:
            job.check()
            line = Line(step.source, *place)
            is_late = time.monotonic() - began > budget.total
            lines.append(said(line, "not counted: time was up") if is_late else counted(job, step, place, budget))
        note_estimate(lease=job.lease, plan=plan, estimate=as_json(lines))
    note_estimate(lease=job.lease, plan=plan, estimate=as_json(lines, is_done=True))


def as_json(lines: list[Line], *, is_done: bool = False) -> dict[str, Any]:
    return {"lines": [asdict(line) for line in lines], "is_done": is_done, "at": timezone.now().isoformat()}


def said(line: Line, words: str, state: str = "unknown") -> Line:
    line.state, line.words = state, words[:WORDS]
    return line


def counted(job: Job, step: PlannedStep, place: Place, budget: Budget) -> Line:
    """Count one source in one place; what keeps it from being counted is in its words."""
    line, source = Line(step.source, *place), step.installed
    if source is None:
        return said(line, "not available in this portal")
    if step.follows:
        return said(line, "known when the step before it is complete", "later")
    if source.acts:
        return acting(line, step)
    job.say(f"counting {step.title}, {', '.join(place)}")
    asking = Run(pk=job.run.pk, incident=job.incident, requested_by=job.run.requested_by, title=step.title)
    asking.tool, asking.scope = source.name, scope_of(step.wish(place))
    try:
        return tally(line, found_by(source, asking), budget, job.check)
    except NotReady as wait:
        return said(line, f"AWS has to prepare it first: {wait}")
    except (EntryDenied, MoveRefused, Refused, *REFUSALS) as problem:
        return said(line, str(problem))


def found_by(source: Source, run: Run) -> Iterable[Artifact | Gap]:
    """What the source would yield to the run; nothing is opened."""
    aws = collection.entered(run, source)
    return source.collect(collection.scope_of(run), aws)


def acting(line: Line, step: PlannedStep) -> Line:
    """A source that changes something in AWS is not asked what there is: it says for how many things it would act."""
    line.objects = len(step.resources)
    return said(line, "", "acts")


def tally(line: Line, found: Iterable[Artifact | Gap], budget: Budget, check: Callable[[], None]) -> Line:
    """Count what comes until the budget is used up: beyond it, it is "at least"."""
    until = time.monotonic() + budget.seconds
    line.state = "counted"
    for one in found:
        check()
        if line.objects >= budget.objects or time.monotonic() > until:
            line.state = "at_least"
            break
        add(line, one)
    return line


def add(line: Line, one: Artifact | Gap) -> None:
    if isinstance(one, Gap):
        line.gaps += 1
        line.words = line.words or f"{one.subject}: {one.detail}"[:WORDS]
        return
    line.objects += 1
    line.stored += one.origin.startswith("s3://")
    line.size += one.size or 0
    line.unsized += one.size is None


def lines_of(plan: CollectionPlan) -> list[Line]:
    return [Line(**row) for row in plan.estimate.get("lines", ())]


def counted_at(plan: CollectionPlan) -> datetime | None:
    return datetime.fromisoformat(plan.estimate["at"]) if plan.estimate else None


def files_a_second() -> float | None:
    """How quick the portal's own last 50 collections were, each by itself; None where nothing was collected yet."""
    done = Run.objects.filter(phase=Phase.COLLECTION, state=Run.State.COMPLETE, members__gt=0)
    newest = [run for run in done.order_by("-pk")[:50] if run.took]
    seconds = sum((run.took.total_seconds() for run in newest if run.took), 0.0)
    return sum(run.members for run in newest) / seconds if seconds else None


def time_for(objects: int, side_by_side: int) -> timedelta | None:
    """About how long it takes, as quick as the last collections were; None where nothing was collected yet."""
    rate = files_a_second()
    return timedelta(seconds=objects / rate / max(side_by_side, 1)) if rate else None
