"""What the page of indicators shows: the values looked for, and where the newest analysis saw them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count

from analyzers import analyzers
from cases.models import INDICATORS, Incident, Indicator, Run
from phases.indicators import Intake
from phases.next_steps import inputs_of, rules_version

SHELF = 100
LISTS = 20
REFUSALS = 1_000  # listed one by one on a page; the others are counted


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator; ``finding`` is the label of the finding about it, empty where no event names it."""

    indicator: Indicator
    finding: str
    events: int

    @classmethod
    def of(cls, indicator: Any) -> "Row":
        number = indicator.finding_number
        return cls(indicator, f"F-{number:02d}" if number else "", indicator.matches or 0)


def context_of(incident: Incident, query: Mapping[str, str]) -> dict[str, Any]:
    """At most 100 indicators, the newest first; ``seen`` leaves out those that no event names. Five queries."""
    is_seen = query.get("seen") == "1"
    found = incident.indicators.with_finding().select_related("added_by").order_by("-pk")
    found = found.seen() if is_seen else found
    if (before := query.get("before", "")).isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: SHELF + 1])
    more = {"before": str(rows[SHELF - 1].pk)} if len(rows) > SHELF else {}
    return {
        "rows": [Row.of(row) for row in rows[:SHELF]],
        "is_seen": is_seen,
        "total": incident.indicators.count(),
        "seen": incident.findings.filter(question=INDICATORS, is_current=True).count(),
        "lists": list(lists(incident)),
        "older": "?" + urlencode(({"seen": "1"} if is_seen else {}) | more) if more else "",
        **asked(incident),
    }


def lists(incident: Incident) -> Any:
    """Where the indicators came from, with their numbers: the 20 lists that gave most."""
    origins = incident.indicators.order_by().values("origin").annotate(total=Count("pk"))
    return origins.order_by("-total", "origin")[:LISTS]


def asked(incident: Incident) -> dict[str, Any]:
    """The newest run of the question, and whether it was about other indicators, events or rules than those of now."""
    run: Run | None = incident.runs.newest().filter(tool=INDICATORS).order_by("pk").last()
    now = inputs_of(incident, analyzers.get(INDICATORS), rules_version())
    return {"run": run, "is_behind": run is not None and not run.is_active and run.inputs_hash != now}


def told(intake: Intake) -> dict[str, Any]:
    """What became of a list, for the page: the refused with place and reason, the rest in numbers."""
    refused = intake.reading.refused
    return {
        "intake": intake,
        "refused": refused[:REFUSALS],
        "refused_more": max(0, len(refused) - REFUSALS),
        "around": sorted(intake.reading.around.items()),
    }
