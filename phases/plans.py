"""From a playbook and the scope of an incident to ordered steps: what is asked of whom, and what cannot be asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from cases.actions.plans import PlanDraft
from cases.models import AwsAccount, CollectionPlan
from collectors import Source, sources
from collectors.playbooks import Playbook, Shelf, Step, load_playbooks
from collectors.playbooks.schema import length
from phases.entering import known_regions
from phases.requests import Wish, check_window
from plugins import Refused

MOST_RUNS = 5000
Place = tuple[str, str]  # account, region


@dataclass(frozen=True, slots=True)
class PlanScope:
    """What an incident is about: accounts, regions, the half-open window, and named resources by their kind.

    ``leave_out`` are sources that whoever asks leaves out.
    """

    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    start: datetime
    end: datetime
    resources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    leave_out: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "accounts": list(self.accounts),
            "regions": list(self.regions),
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "resources": {kind: list(named) for kind, named in self.resources.items() if named},
            "leave_out": list(self.leave_out),
        }


@dataclass(frozen=True, slots=True)
class Cannot:
    """Something of a step that is not asked: of what, why, and in which places it was meant."""

    subject: str
    reason: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One source with the places it is asked in; ``follows`` waits for what another step makes.

    ``rank`` is its volatility: 0 first. ``accounts`` is the kind of account that the playbook means.
    """

    source: str
    title: str
    why: str
    is_required: bool
    accounts: str
    follows: str
    rank: int
    start: datetime
    end: datetime
    places: tuple[Place, ...] = ()
    resources: tuple[str, ...] = ()
    cannot: tuple[Cannot, ...] = ()

    @property
    def installed(self) -> Source | None:
        return sources.all().get(self.source)

    def wish(self, place: Place, resources: tuple[str, ...] | None = None) -> Wish:
        """What is asked in ``place``; ``resources`` are those that the step followed has made."""
        named = self.resources if resources is None else resources
        return Wish(self.source, *place, self.start, self.end, named)

    def wishes(self) -> Iterator[Wish]:
        """What can be asked at once; a step that follows another one has none yet."""
        return iter(()) if self.follows else (self.wish(place) for place in self.places)

    def as_json(self) -> dict[str, Any]:
        names = ("source", "title", "why", "is_required", "accounts", "follows", "rank")
        return {name: getattr(self, name) for name in names} | {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "places": [list(place) for place in self.places],
            "resources": list(self.resources),
            "cannot": [[one.subject, one.reason, [list(place) for place in one.places]] for one in self.cannot],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a playbook for one scope, the most volatile first."""

    playbook: Playbook
    scope: PlanScope
    steps: tuple[PlannedStep, ...]

    def wishes(self) -> Iterator[Wish]:
        return (wish for step in self.steps for wish in step.wishes())

    def draft(self) -> PlanDraft:
        steps = [step.as_json() for step in self.steps]
        return PlanDraft(self.playbook.name, self.playbook.title, self.scope.as_json(), steps)


@dataclass(frozen=True, slots=True)
class Ground:
    """What steps are planned on: the scope, every registered account by its number, and what was planned before."""

    scope: PlanScope
    accounts: Mapping[str, AwsAccount]
    planned: dict[str, PlannedStep]

    def of_kind(self, kind: str) -> list[AwsAccount]:
        """The accounts that a step means; log archives need not be chosen."""
        if kind == AwsAccount.Kind.LOG_ARCHIVE:
            return [account for account in self.accounts.values() if account.kind == kind]
        chosen = [self.accounts[number] for number in self.scope.accounts]
        return [account for account in chosen if kind in ("all", account.kind)]

    def of(self, account: AwsAccount, step: Step) -> tuple[Place, ...]:
        """The places of one account."""
        regions = self.scope.regions if step.regions == "each" else self.scope.regions[:1]
        return tuple((account.account, region) for region in regions)

    def meant(self, step: Step) -> tuple[Place, ...]:
        return tuple(place for account in self.of_kind(step.accounts) for place in self.of(account, step))

    def entered(self, source: Source, account: AwsAccount) -> AwsAccount | None:
        """Whose role is assumed."""
        if source.enters != AwsAccount.Kind.LOG_ARCHIVE:
            return account
        return next(iter(self.of_kind(source.enters)), None)


def shelf() -> Shelf:
    """The playbooks there are; read again only when a file changed."""
    folders = tuple(Path(folder) for folder in settings.PLAYBOOK_DIRS)
    files = [file for folder in folders for file in sorted(folder.glob("*.y*ml"))]
    return shelf_of(folders, tuple((str(file), file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=4)
def shelf_of(folders: tuple[Path, ...], files: tuple[tuple[str, int], ...]) -> Shelf:
    del files  # they are only the key: another file, or another time, is another shelf
    return load_playbooks(folders)


def playbook_named(name: str) -> Playbook:
    """Raises Refused with the names there are."""
    found = shelf().get(name)
    if found is None:
        known = ", ".join(playbook.name for playbook in shelf().playbooks) or "none"
        raise Refused(f"there is no playbook {name!r}; there are: {known}", field="playbook")
    return found


def plan_of(playbook: Playbook, scope: PlanScope) -> Plan:
    """Turn the playbook into steps, the most volatile first; what cannot be asked is in them with its reason.

    Raises Refused where the scope is none: no account, unknown accounts, no region, a window that is none, and for
    names of resources that can be none.
    """
    ground = Ground(scope, {row.account: row for row in AwsAccount.objects.all()}, {})
    check(playbook, scope, ground)
    rank = 0
    for step in playbook.steps:  # in the order of the file, so that what a step follows is planned before it
        source = sources.all().get(step.source)
        rank = source.volatility if source else rank  # one that is not installed stays where the file has it
        ground.planned[step.source] = planned(step, source, rank, ground)
    plan = Plan(playbook, scope, tuple(sorted(ground.planned.values(), key=lambda step: step.rank)))
    if (runs := sum(len(step.places) for step in plan.steps)) > MOST_RUNS:
        raise Refused(f"this plan has {runs} runs; name fewer accounts or regions, so that it has at most {MOST_RUNS}")
    return plan


def check(playbook: Playbook, scope: PlanScope, ground: Ground) -> None:
    if not scope.accounts or not scope.regions:
        raise Refused("a plan needs at least one account and one region")
    check_window(scope.start, scope.end)
    if unknown := [number for number in scope.accounts if number not in ground.accounts]:
        listed = ", ".join(unknown)
        raise Refused(
            f"account {listed} is not registered; add it with its role and ExternalId first", field="accounts"
        )
    registered = {region for number in scope.accounts for region in ground.accounts[number].regions}
    if nowhere := sorted(set(scope.regions) - known_regions() - registered):
        raise Refused(f"AWS has no region {', '.join(nowhere[:5])}; say those of the accounts", field="regions")
    if strange := set(scope.leave_out) - {step.source for step in playbook.steps}:
        listed = ", ".join(sorted(strange))
        raise Refused(f"{listed} cannot be left out: {playbook.title} has no such step", field="leave_out")


def planned(step: Step, source: Source | None, rank: int, ground: Ground) -> PlannedStep:
    title = source.title if source else step.source.replace("_", " ")
    named = resources_for(step, source, ground) if source and source.resources else ()
    if source and (wrong := source.misnamed(named)):
        listed = ", ".join(map(repr, wrong[:5]))
        raise Refused(f"{source.title} takes {source.resources}, and cannot take {listed}", field="resources")
    places: list[Place] = []
    if reason := why_not(step, source, named, ground):
        cannot = [Cannot(title, reason, ground.meant(step))]
    else:
        places, cannot = places_of(step, sources.get(step.source), ground)
    return PlannedStep(
        source=step.source,
        title=title,
        why=step.why,
        is_required=step.required,
        accounts=step.accounts,
        follows=step.follows,
        rank=rank,
        start=ground.scope.start - length(step.before),
        end=ground.scope.end + length(step.after),
        places=tuple(places),
        resources=named,
        cannot=tuple(cannot),
    )


def resources_for(step: Step, source: Source, ground: Ground) -> tuple[str, ...]:
    """The named resources of the kinds that the step speaks of, each once; else where the archive keeps its logs."""
    kinds = [(kind, step.written.get(kind, "{}")) for kind in (*step.needs, *step.takes)]
    written = [form.replace("{}", name) for kind, form in kinds for name in ground.scope.resources.get(kind, ())]
    named = tuple(dict.fromkeys(written))
    if named or source.enters != AwsAccount.Kind.LOG_ARCHIVE:
        return named
    return tuple(bucket for archive in ground.of_kind(source.enters) for bucket in archive.trail_buckets)


def why_not(step: Step, source: Source | None, named: tuple[str, ...], ground: Ground) -> str:
    """Why the step is asked nowhere; empty when it can be asked."""
    if source is None:
        return "not available in this portal"
    if step.source in ground.scope.leave_out:
        return "left out by who asks"
    if not source.needs_aws:
        return "it reads files of the portal's own machine; hand them over on the page Collect"
    if step.follows and not ground.planned[step.follows].places:
        return f"it needs what {ground.planned[step.follows].title} makes, which is not asked"
    if step.needs and not set(step.needs) & {kind for kind, found in ground.scope.resources.items() if found}:
        return f"none was named: {' or '.join(kind.replace('_', ' ') for kind in step.needs)}"
    return "" if ground.of_kind(step.accounts) else nobody(step)


def nobody(step: Step) -> str:
    if step.accounts == "log_archive":
        return "no log archive is registered"
    return f"no {step.accounts} account was chosen"


def places_of(step: Step, source: Source, ground: Ground) -> tuple[list[Place], list[Cannot]]:
    """Where the step is asked, and the accounts that let nobody in."""
    places: list[Place] = []
    cannot: list[Cannot] = []
    for account in ground.of_kind(step.accounts):
        if reason := why_closed(source, ground.entered(source, account)):
            cannot.append(Cannot(str(account), reason, ground.of(account, step)))
        else:
            places += ground.of(account, step)
    return places, cannot


def why_closed(source: Source, entered: AwsAccount | None) -> str:
    if entered is None:
        return "its logs lie in a log archive, and none is registered"
    kind = "acquire" if source.acts else "read"
    if not entered.role_arn(kind):
        return f"{entered} has no {kind} role for the portal; add one to the account"
    return ""


def steps_of(plan: CollectionPlan) -> list[PlannedStep]:
    """The steps as they were frozen."""
    return [step_from(row) for row in plan.steps]


def step_from(row: Mapping[str, Any]) -> PlannedStep:
    return PlannedStep(
        **{name: row[name] for name in ("source", "title", "why", "is_required", "accounts", "follows", "rank")},
        start=datetime.fromisoformat(row["start"]),
        end=datetime.fromisoformat(row["end"]),
        places=pairs(row["places"]),
        resources=tuple(row["resources"]),
        cannot=tuple(Cannot(subject, reason, pairs(places)) for subject, reason, places in row["cannot"]),
    )


def pairs(rows: Iterable[Sequence[str]]) -> tuple[Place, ...]:
    return tuple((account, region) for account, region in rows)
