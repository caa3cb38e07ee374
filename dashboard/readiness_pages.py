"""The page of readiness: one look at the environment, what to do next, and how it was before."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import AwsAccount, ReadinessRequest, ReadinessRun
from charts import Reading, Svg, trend
from readiness import Outcome, checks

HISTORY = 30  # looks in the chart
LISTED = 10
SHOWN = 40  # observations of one check
STATES = {Outcome.PASSED: "ok", Outcome.PARTLY: "partial", Outcome.FAILED: "failed", Outcome.NOT_KNOWN: "unverified"}
WORDS = {
    Outcome.PASSED: gettext_lazy("Passed"),
    Outcome.PARTLY: gettext_lazy("Partly"),
    Outcome.FAILED: gettext_lazy("Failed"),
    Outcome.NOT_KNOWN: gettext_lazy("Not known"),
}
URGENCY = (Outcome.FAILED, Outcome.NOT_KNOWN, Outcome.PARTLY, Outcome.PASSED)


@dataclass(frozen=True, slots=True)
class Sight:
    """One observation: our sentence, what AWS was asked, and its answer."""

    state: str
    word: str
    says: str
    asked: str
    answered: str


@dataclass(frozen=True, slots=True)
class Line:
    """One check of a look; ``more`` observations are not shown."""

    name: str
    title: str
    practice: str
    weight: int
    outcome: Outcome
    summary: str
    todo: str
    sights: list[Sight]
    more: int

    @property
    def state(self) -> str:
        return STATES[self.outcome]

    @property
    def word(self) -> str:
        return str(WORDS[self.outcome])


@dataclass(frozen=True, slots=True)
class Page:
    """``run`` is None before the first look; ``open`` is the look that somebody waits for."""

    run: ReadinessRun | None
    open: ReadinessRequest | None
    failed: ReadinessRequest | None
    undone: list[Line]
    passed: list[Line]
    history: list[ReadinessRun]
    picture: Svg | None
    has_accounts: bool
    checks: int


def page_of(number: int | None) -> Page:
    """The look ``number``, or the newest. Raises Http404 for a look there is not."""
    history = list(ReadinessRun.objects.defer("results").order_by("-ended_at", "-pk")[:HISTORY])
    run = run_or_404(number) if number else run_or_none(history)
    lines = sorted(map(line_of, run.results if run else ()), key=by_urgency)
    newest = ReadinessRequest.objects.order_by("-pk").first()
    return Page(
        run=run,
        open=newest if newest and newest.is_open else None,
        failed=newest if newest and newest.error else None,
        undone=[line for line in lines if line.outcome is not Outcome.PASSED],
        passed=[line for line in lines if line.outcome is Outcome.PASSED],
        history=history[:LISTED],
        picture=picture_of(history[::-1]) if history else None,
        has_accounts=AwsAccount.objects.exists(),
        checks=len(checks.all()),
    )


def run_or_404(number: int) -> ReadinessRun:
    run = ReadinessRun.objects.select_related("request__requested_by").filter(pk=number).first()
    if run is None:
        raise Http404("no such look")
    return run


def run_or_none(history: list[ReadinessRun]) -> ReadinessRun | None:
    return run_or_404(history[0].pk) if history else None


def line_of(result: dict[str, Any]) -> Line:
    seen = sorted(result["observations"], key=lambda one: URGENCY.index(Outcome(one["outcome"])))
    return Line(
        result["name"],
        result["title"],
        result["practice"],
        result["weight"],
        Outcome(result["outcome"]),
        result["summary"],
        result["todo"],
        [sight_of(one) for one in seen[:SHOWN]],
        len(seen[SHOWN:]),
    )


def sight_of(one: dict[str, str]) -> Sight:
    outcome = Outcome(one["outcome"])
    return Sight(STATES[outcome], str(WORDS[outcome]), one["says"], one["asked"], one["answered"])


def by_urgency(line: Line) -> tuple[int, int, str]:
    """What failed before what is not known before what is half done; the weightier first."""
    return URGENCY.index(line.outcome), -line.weight, line.title


def picture_of(history: list[ReadinessRun]) -> Svg:
    """The scores over time, oldest first."""
    readings = [Reading(f"{run.ended_at:%Y-%m-%d %H:%M} UTC", run.score) for run in history]
    return trend(readings, most=100, title=_("Score of the last %(n)s times") % {"n": len(readings)})
