"""What the pages of runs show: runs by request, and one run with its units, gaps, quarantine and answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from cases.models import Answer, GapRecord, Incident, Phase, Run, Unit
from charts import Svg, strip
from phases.analysis import pack_of
from phases.next_steps import rules_version

PAGE = 100
ROWS = 100
VIEWS = ("all", *Phase.values, "gaps", "failed")
FAILED = ("failed", "dead")
BROUGHT = {Unit.State.DONE, Unit.State.PARTIAL, Unit.State.EMPTY}  # that there is nothing is an answer
HAS_GAPS = Exists(GapRecord.objects.filter(run=OuterRef("pk")))
UNITS = Unit.objects.filter(run=OuterRef("pk"))
# A run that is complete and has nothing to show for it is as bad as one that failed.
BARREN = Q(HAS_GAPS, Exists(UNITS), ~Exists(UNITS.filter(state__in=BROUGHT)), state=Run.State.COMPLETE)
IN_VAIN = BARREN | Q(state__in=FAILED)


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a run, as a state (its colour and icon) and a word."""

    state: str
    word: str


@dataclass(frozen=True, slots=True)
class Line:
    """One run in a list; the picture counts its units by state, ``gaps`` are (kind in words, how many)."""

    run: Run
    ending: Ending
    picture: Svg
    gaps: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that were asked for together."""

    first: Run
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of runs, newest first; ``before`` is where the next one begins. ``counts`` are of whole views."""

    view: str
    groups: list[Group]
    counts: dict[str, int]
    before: int | None


def page_of(incident: Incident, view: str, before: str) -> Page:
    """At most 100 runs in four queries."""
    view = view if view in VIEWS else "all"
    found = in_view(incident.runs.for_lists(), view).order_by("-pk")
    if before.isdecimal() and len(before) < 16:
        found = found.filter(pk__lt=int(before))
    runs = list(found[: PAGE + 1])
    units, gaps = units_of(runs[:PAGE]), gaps_of(runs[:PAGE])
    lines = [line_of(run, units.get(run.pk, {}), gaps.get(run.pk, [])) for run in runs[:PAGE]]
    together = [list(group) for _, group in groupby(lines, key=lambda line: line.run.request)]
    groups = [Group(group[0].run, group) for group in together]
    return Page(view, groups, counts_of(incident), runs[PAGE - 1].pk if len(runs) > PAGE else None)


def line_of(run: Run, units: Mapping[str, int], gaps: list[tuple[str, int]]) -> Line:
    return Line(run, ending_of(run, units, has_gaps=bool(gaps)), strip(units), gaps)


def ending_of(run: Run, units: Mapping[str, int], *, has_gaps: bool) -> Ending:
    """A run is complete when it has asked for everything; that it brought nothing, or not all, is said as well."""
    if run.state != Run.State.COMPLETE or not has_gaps:
        return Ending(run.state, run.get_state_display())
    if units and not BROUGHT & set(units):
        return Ending(Unit.State.FAILED, _("Brought nothing"))
    return Ending(Unit.State.PARTIAL, _("With gaps"))


def in_view(runs: "QuerySet[Run]", view: str) -> "QuerySet[Run]":
    if view == "failed":
        return runs.filter(IN_VAIN, is_newest=True)
    if view == "gaps":
        return runs.filter(HAS_GAPS, is_newest=True)
    return runs if view == "all" else runs.filter(phase=view)


def gaps_of(runs: list[Run]) -> dict[int, list[tuple[str, int]]]:
    """Run -> its gaps by kind."""
    found: dict[int, list[tuple[str, int]]] = {}
    rows = GapRecord.objects.filter(run__in=runs).order_by("kind").values_list("run", "kind").annotate(n=Count("pk"))
    for run, kind, many in rows:
        found.setdefault(run, []).append((str(GapRecord.Kind(kind).label), many))
    return found


def counts_of(incident: Incident) -> dict[str, int]:
    of_phases = {phase: Count("pk", filter=Q(phase=phase)) for phase in Phase.values}
    return incident.runs.aggregate(
        all=Count("pk"),
        failed=Count("pk", filter=Q(IN_VAIN, is_newest=True)),
        gaps=Count("pk", filter=Q(HAS_GAPS, is_newest=True)),
        running=Count("pk", filter=Q(state="running")),
        queued=Count("pk", filter=Q(state="queued")),
        **of_phases,
    )


def units_of(runs: list[Run]) -> dict[int, dict[str, int]]:
    """Run -> unit state -> how many; one query."""
    units: dict[int, dict[str, int]] = {}
    rows = Unit.objects.filter(run__in=runs).order_by().values_list("run", "state").annotate(Count("pk"))
    for run, state, many in rows:
        units.setdefault(run, {})[state] = many
    return units


def run_or_404(incident: Incident, number: int) -> Run:
    """The run of this incident, never another's."""
    related = ("incident", "requested_by", "evidence", "part__evidence", "previous")
    run = incident.runs.select_related(*related).filter(pk=number).first()
    if run is None:
        raise Http404("no such run")
    return run


def context_of(run: Run, query: Mapping[str, str]) -> dict[str, Any]:
    """Everything on a run's page; each list shows its first 100 and says how many there are."""
    units, quarantined = run.units.order_by("number"), run.quarantined_records.order_by("pk")
    if (after := query.get("after", "")).isdecimal() and len(after) < 10:
        units = units.filter(number__gt=int(after))
    shown = list(units[: ROWS + 1])
    states, gaps_count = units_of([run]).get(run.pk, {}), run.gaps.count()
    return {
        "run": run,
        "ending": ending_of(run, states, has_gaps=gaps_count > 0),
        "picture": strip(states),
        "units": shown[:ROWS],
        "next_unit": shown[ROWS - 1].number if len(shown) > ROWS else None,
        "gaps": list(run.gaps.select_related("acknowledged_by").order_by("pk")[:ROWS]),
        "gaps_count": gaps_count,
        "quarantined": list(quarantined[:ROWS]),
        "answers": answers_of(run),
        "scope": [(name.replace("_", " "), value) for name, value in run.scope.items() if value not in ("", [], False)],
    }


def answers_of(run: Run) -> list[tuple[str, Answer]]:
    """(title, answer), the most matches first; a rule that is no longer in the pack keeps its id for a title."""
    answers = list(run.answers.order_by("-matches", "question")[: 3 * ROWS])
    titles = {rule.id: rule.title for rule in pack_of(rules_version()).rules} if answers else {}
    return [(titles.get(answer.question, answer.question), answer) for answer in answers]
