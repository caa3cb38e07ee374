"""From a started plan to runs: compares what should have been asked with what was, and asks. Twice is harmless."""

from collections.abc import Iterable
from itertools import islice

from django.db import transaction
from django.db.models import Q

from cases.actions.plans import draft_plan, mark_asked, start_plan
from cases.actions.runs import hash_of
from cases.actor import Actor
from cases.models import CollectionPlan, Incident, Member, Phase, Run, RunQuerySet
from phases.plans import Plan, PlannedStep, steps_of
from phases.requests import Wish, check_open, request_planned, scope_of

AT_ONCE = 50  # runs in one transaction: none holds the database for more than a second


def make_plan(*, incident: Incident, plan: Plan, by: Actor) -> CollectionPlan:
    """Keep the plan as a draft. Raises Refused for a closed incident."""
    check_open(incident)
    return draft_plan(incident=incident, draft=plan.draft(), by=by)


def start(*, plan: CollectionPlan, by: Actor) -> bool:
    """Start the plan and ask for its first runs; workers ask for the rest. False when it was started before.

    Raises Refused for a closed incident.
    """
    check_open(plan.incident)
    with transaction.atomic():
        is_new = start_plan(plan=plan, by=by)
        if is_new:
            ask_some(plan)
    return is_new


def advance_plans(incident: Incident) -> list[Run]:
    """Ask for everything of the incident's started plans that is due and has no run yet; nothing once it is closed."""
    new: list[Run] = []
    if not incident.is_open:
        return new
    for plan in incident.plans.started().filter(asked_at=None).order_by("pk"):
        while made := ask_some(plan):
            new += made
        mark_asked(plan=plan)
    for plan in incident.plans.started().order_by("pk"):
        new += ask_followers(plan)
    return new


@transaction.atomic
def ask_some(plan: CollectionPlan) -> list[Run]:
    """The next runs of the plan, in its order; empty when all were asked."""
    lock(plan)
    asked = asked_since(plan)
    missing = (wish for step in steps_of(plan) if step.installed for wish in step.wishes() if key_of(wish) not in asked)
    return ask(plan, islice(missing, AT_ONCE))


def lock(plan: CollectionPlan) -> None:
    """Two workers that look at once ask one after the other, so nothing is asked twice."""
    CollectionPlan.objects.select_for_update().get(pk=plan.pk)


def ask(plan: CollectionPlan, wishes: Iterable[Wish]) -> list[Run]:
    by = Actor(plan.started_by or plan.made_by)
    asked = [request_planned(incident=plan.incident, wish=wish, by=by, request=plan.request) for wish in wishes]
    return [run for run, is_new in asked if is_new]


def key_of(wish: Wish) -> tuple[str, str]:
    """What names a run's work, as its row holds it."""
    return wish.source, hash_of(scope_of(wish))


def asked_since(plan: CollectionPlan) -> set[tuple[str, str]]:
    """Work that was asked by or after the plan's start, or was still going on then: it serves the plan as well."""
    return set(serving(plan).values_list("tool", "scope_hash"))


def serving(plan: CollectionPlan) -> RunQuerySet:
    """The incident's collections that were asked by or after the start of a started plan, or were at work then."""
    is_fresh = Q(request=plan.request) | Q(requested_at__gte=plan.started_at)
    was_active = Q(ended_at=None) | Q(ended_at__gte=plan.started_at)
    return Run.objects.filter(is_fresh | was_active, incident=plan.incident_id, phase=Phase.COLLECTION)


def ask_followers(plan: CollectionPlan) -> list[Run]:
    """The runs of steps that follow another one, for each place where that one is complete and made something."""
    new: list[Run] = []
    for step in steps_of(plan):
        if step.follows and step.installed:
            wishes = [follower(step, run) for run in complete_runs(plan, step.follows)]
            new += ask_missing(plan, [wish for wish in wishes if (wish.account, wish.region) in step.places])
    return new


def complete_runs(plan: CollectionPlan, source: str) -> list[Run]:
    runs = Run.objects.filter(incident=plan.incident_id, request=plan.request, tool=source, is_newest=True)
    return list(runs.filter(state=Run.State.COMPLETE, members__gt=0).order_by("pk"))


def follower(step: PlannedStep, before: Run) -> Wish:
    return step.wish((before.scope["account"], before.scope["region"]), made_by(before))


def ask_missing(plan: CollectionPlan, wishes: list[Wish]) -> list[Run]:
    """Ask for those that have no run; the lock is taken only where one seems to be missing."""
    if not [wish for wish in wishes if key_of(wish) not in asked_since(plan)]:
        return []
    with transaction.atomic():
        lock(plan)
        asked = asked_since(plan)
        return ask(plan, (wish for wish in wishes if key_of(wish) not in asked))


def made_by(run: Run) -> tuple[str, ...]:
    """The ids of what a run made in AWS: each of its members is the description of one thing, named by its ARN."""
    origins = Member.objects.filter(part__evidence=run.evidence_id).order_by("part", "index")
    return tuple(origin.rsplit("/", 1)[-1] for origin in origins.values_list("origin", flat=True))


def runs_of(plan: CollectionPlan) -> dict[str, dict[str, int]]:
    """Source -> state of run -> how many: the runs that the plan asked for, and those of others that do its work."""
    counts: dict[str, dict[str, int]] = {}
    if plan.started_at is None:
        return counts
    wanted = {key_of(wish) for step in steps_of(plan) if step.installed for wish in step.wishes()}
    rows = serving(plan).filter(is_newest=True).order_by().values_list("tool", "scope_hash", "request", "state")
    for tool, scope_hash, request, state in rows:
        if request != plan.request and (tool, scope_hash) not in wanted:
            continue
        of_tool = counts.setdefault(tool, {})
        of_tool[state] = of_tool.get(state, 0) + 1
    return counts
