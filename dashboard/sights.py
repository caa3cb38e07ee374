"""What the open questions are asked of: an incident in numbers, for its own page and for a list of many alike."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, OuterRef, Q, Subquery, When
from django.urls import reverse

from cases.models import Evidence, Finding, GapRecord, Incident, Phase, Report, Run
from dashboard.navigation import number_of
from phases.next_steps import due


@dataclass(frozen=True, slots=True)
class Sight:
    """An incident as it is now. ``broken`` is an exhibit's number, the report is the one under review, else the newest.

    ``next_phase`` is one that is due and waits for a person; empty where the phases follow by themselves.
    """

    incident: Incident
    collections: int
    reportings: int
    runs_active: int
    runs_failed: int
    gaps_open: int
    proposed: int
    broken: int | None
    report_version: int | None
    report_status: str | None
    next_phase: str = ""

    @property
    def is_at_work(self) -> bool:
        return self.runs_active > 0

    @property
    def waits_between_phases(self) -> bool:
        return not self.incident.auto_advance and not self.is_at_work

    def place(self, name: str, *more: str) -> str:
        return reverse(name, args=[self.incident.reference, *more])


def sight_of(incident: Incident) -> Sight:
    """One incident's; which phase is due is worked out in full."""
    sight = sights_of([incident])[incident.pk]
    orders = due(incident) if sight.waits_between_phases else []
    return replace(sight, next_phase=orders[0].phase if orders else "")


def sights_of(incidents: Iterable[Incident]) -> dict[int, Sight]:
    """Each incident's, by primary key; one query however many there are.

    To work out what is due would take queries for each, so a list knows only that a first report was never asked for.
    """
    known, asked = {incident.pk: incident for incident in incidents}, numbers()
    rows = Incident.objects.filter(pk__in=known).annotate(**asked).values("pk", *asked)
    return {row["pk"]: seen(known[row["pk"]], {name: row[name] for name in asked}) for row in rows}


def seen(incident: Incident, row: dict[str, Any]) -> Sight:
    sight = Sight(incident, **row)
    is_due = sight.waits_between_phases and sight.collections and not sight.reportings
    return replace(sight, next_phase=Phase.REPORTING) if is_due else sight


def numbers() -> dict[str, Any]:
    """Field of a sight -> the subquery that counts it."""
    runs = Run.objects.newest()
    proposed = Finding.objects.detections().standing().filter(status=Finding.Status.PROPOSED)
    broken = Evidence.objects.filter(incident=OuterRef("pk"), state=Evidence.State.INTEGRITY_FAILED)
    is_read = Q(status__in=(Report.Status.IN_REVIEW, Report.Status.APPROVED))
    reports = Report.objects.filter(incident=OuterRef("pk")).order_by(
        Case(When(is_read, then=0), default=1), "-version"
    )
    return {
        "collections": number_of(runs.of(Phase.COLLECTION)),
        "reportings": number_of(runs.of(Phase.REPORTING)),
        "runs_active": number_of(runs.active()),
        "runs_failed": number_of(runs.filter(state__in=(Run.State.FAILED, Run.State.DEAD))),
        "gaps_open": number_of(GapRecord.objects.open()),
        "proposed": number_of(proposed),
        "broken": Subquery(broken.order_by("number").values("number")[:1]),
        "report_version": Subquery(reports.values("version")[:1]),
        "report_status": Subquery(reports.values("status")[:1]),
    }
