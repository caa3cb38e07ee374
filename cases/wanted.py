"""What the started plans of an incident want collected, and why some of it was not asked for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cases.models import Incident, Run

Place = tuple[str, str]  # account, region
NOT_REQUESTED, PLANNED = "not_requested", "planned"


@dataclass(frozen=True, slots=True)
class Wanted:
    """(Account, region, source) -> state and reason, for what has no run yet or never will.

    ``ends`` are the ends of the plans' windows, before what single steps look at besides.
    """

    reasons: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    ends: list[datetime] = field(default_factory=list)

    @property
    def places(self) -> set[Place]:
        return {(account, region) for account, region, _ in self.reasons}

    @property
    def sources(self) -> set[str]:
        return {source for _, _, source in self.reasons}


Asked = Mapping[Place, Mapping[str, Collection[Run]]]


def wanted_of(incident: Incident, asked: Asked, kinds: Mapping[str, str]) -> Wanted:
    """One query. ``asked``: place -> source -> its runs there; ``kinds``: account -> its kind.

    Of several plans the newest says why. An account that runs speak of and no plan names is wanting too.
    """
    wanted = Wanted()
    for plan in incident.plans.started().order_by("started_at", "pk"):
        wanted.ends.append(datetime.fromisoformat(plan.scope["end"]))
        for step in plan.steps:
            add_step(wanted, step, asked)
            add_strangers(wanted, step, asked, kinds)
    return wanted


def add_step(wanted: Wanted, step: Mapping[str, Any], asked: Asked) -> None:
    """The places that the plan names: asked in a moment, or not at all and why."""
    for account, region in step["places"]:
        before = asked.get((account, region), {}).get(step["follows"], ())
        wanted.reasons[account, region, step["source"]] = prospect(step["follows"], before)
    for _, reason, places in step["cannot"]:
        for account, region in places:
            wanted.reasons[account, region, step["source"]] = (NOT_REQUESTED, reason)


def prospect(follows: str, before: Collection[Run]) -> tuple[str, str]:
    """State and reason of what has no run yet; ``before`` are the runs of the step that it ``follows``, if any."""
    if not follows:
        return PLANNED, "in the queue of the plan"
    if before and not any(run.is_active or made_something(run) for run in before):
        return NOT_REQUESTED, f"{follows} made nothing that it could follow"
    return PLANNED, f"waits for what {follows} makes"


def made_something(run: Run) -> bool:
    return run.state == Run.State.COMPLETE and run.members > 0


def add_strangers(wanted: Wanted, step: Mapping[str, Any], asked: Asked, kinds: Mapping[str, str]) -> None:
    """Places that other collections speak of, in accounts that the step means and the plan does not name."""
    source = step["source"]
    known = {account for account, _, name in wanted.reasons if name == source}
    known |= {account for (account, _), sources in asked.items() if source in sources}
    for account, region in asked:
        if account and account not in known and step["accounts"] in ("all", kinds.get(account)):
            wanted.reasons[account, region, source] = (NOT_REQUESTED, "not in the scope of the plan")
