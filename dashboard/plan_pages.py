"""What the page of a plan shows: its steps in order, what they would bring, and how far their runs are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import CollectionPlan
from cases.places import foretold
from dashboard.templatetags.portal import count, size
from phases.estimates import Line, counted_at, lines_of, time_for
from phases.plan_runs import runs_of
from phases.plans import PlannedStep, steps_of
from phases.prices import NOTED_ON, SNAPSHOT_MONTH, Cost, cost_of
from phases.recovery import SOURCE, last_points
from phases.requests import ESTIMATE

REASONS = 5  # that are shown with a step; the rest are counted


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step: what it would bring in words, why some of it is not known, and its runs by state.

    ``before`` are the runs, by state, of the step that it follows.
    """

    step: PlannedStep
    brings: str
    unknown: list[str]
    unknown_more: int
    states: dict[str, int]
    before: dict[str, int]

    @property
    def is_acting(self) -> bool:
        return bool(self.step.installed and self.step.installed.acts)

    @property
    def state(self) -> str:
        """In one word: the gravest state of its runs; a step without any is planned, or not requested."""
        for state in ("failed", "dead", "running", "queued", "cancelled", "complete"):
            if state in self.states:
                return {"dead": "failed", "queued": "planned", "complete": "done"}.get(state, state)
        waits_in_vain = bool(self.before) and not {"complete", "running", "queued"} & set(self.before)
        return "planned" if self.step.places and not waits_in_vain else "not_requested"


@dataclass(frozen=True, slots=True)
class Total:
    """The whole plan in numbers. ``counted``: runs that somebody has looked at, of all ``runs``.

    ``is_least``: there is more, or it was not counted; ``unknown``: places of which nothing is known.
    """

    runs: int
    counted: int
    objects: int
    size: int
    is_least: bool
    unknown: int
    cost: Cost
    time: timedelta | None


def context_of(plan: CollectionPlan) -> dict[str, Any]:
    """Everything on a plan's page; the number of queries does not depend on how large the plan is."""
    steps, lines = steps_of(plan), lines_of(plan)
    states = runs_of(plan)
    counting = plan.incident.runs.filter(tool=ESTIMATE, scope__plan=str(plan.request)).order_by("-pk").first()
    return {
        "plan": plan,
        "lines": [line_of(step, [one for one in lines if one.source == step.source], states) for step in steps],
        "total": total_of(steps, lines),
        "refused": [] if plan.started_at else foretold(plan.incident, [at for step in steps for at in step.places]),
        "missed": [step for step in steps if step.is_required and step.cannot],
        "counting": counting,
        "is_counting": bool(counting and counting.is_active),
        "counted_at": counted_at(plan),
        "scope": facts_of(plan),
        "prices": {"noted_on": NOTED_ON, "snapshot": f"{SNAPSHOT_MONTH:.2f}"},
        "has_snapshots": any(step.places and step.installed and step.installed.kind == "snapshot" for step in steps),
        "points": last_points(plan.incident) if SOURCE in {step.source for step in steps} else None,
    }


def line_of(step: PlannedStep, lines: list[Line], states: dict[str, dict[str, int]]) -> StepLine:
    reasons = list(dict.fromkeys(line.words for line in lines if line.words and line.state != "later"))
    more = max(len(reasons) - REASONS, 0)
    of_step, before = states.get(step.source, {}), states.get(step.follows, {})
    return StepLine(step, brings(step, lines), reasons[:REASONS], more, of_step, before)


def brings(step: PlannedStep, lines: list[Line]) -> str:
    """What was counted of the step, in words; empty before it was counted."""
    kinds = {line.state for line in lines}
    if "acts" in kinds:
        many = len(step.resources)
        return ngettext("acts on %(n)s named resource", "acts on %(n)s named resources", many) % {"n": many}
    if "later" in kinds:
        return _("known when the step before it is complete")
    known = [line for line in lines if line.state in ("counted", "at_least")]
    return files(known) if known else _("not known") if lines else ""


def files(lines: list[Line]) -> str:
    """ "at least 20,000 files, 1.2 GB; the size of 3 is not known"; where no size is known, just that."""
    objects, unsized = sum(line.objects for line in lines), sum(line.unsized for line in lines)
    words = ngettext("%(n)s file", "%(n)s files", objects) % {"n": count(objects)}
    if total := sum(line.size for line in lines):
        words += f", {size(total)}"
    if any(line.state == "at_least" for line in lines):
        words = _("at least %(files)s") % {"files": words}
    if unsized and unsized == objects:
        words += _("; their size is not known")
    elif unsized:
        words += _("; the size of %(n)s is not known") % {"n": count(unsized)}
    return words


def total_of(steps: Iterable[PlannedStep], lines: list[Line]) -> Total:
    known = [line for line in lines if line.state in ("counted", "at_least")]
    stored = [line for line in known if line.stored]
    objects, runs = sum(line.objects for line in known), sum(len(step.places) for step in steps)
    return Total(
        runs=runs,
        counted=len(lines),
        objects=objects,
        size=sum(line.size for line in known),
        is_least=len(lines) < runs or any(line.state != "counted" or line.unsized for line in lines),
        unknown=sum(line.state == "unknown" for line in lines),
        cost=cost_of(sum(line.stored for line in stored), sum(line.size for line in stored)),
        time=time_for(objects, min(settings.COLLECT_CONCURRENCY, max(runs, 1))) if objects else None,
    )


def facts_of(plan: CollectionPlan) -> dict[str, Any]:
    """The scope as the page writes it."""
    scope = plan.scope
    return {
        "accounts": scope["accounts"],
        "regions": scope["regions"],
        "start": datetime.fromisoformat(scope["start"]),
        "end": datetime.fromisoformat(scope["end"]),
        "resources": [(kind.replace("_", " "), ", ".join(names)) for kind, names in scope["resources"].items()],
    }
