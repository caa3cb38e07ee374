"""The four phases of an incident, rolled up from its newest runs. Never typed in, never stored."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, Sum

from cases.models import Incident, Phase, Run, Unit

COUNTERS = ("units_planned", "units_done", "members", "size", "records", "rows", "quarantined")


class WorkState(StrEnum):
    """How far the work of a phase is; its gaps are another value."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PhaseState:
    """One phase: its work state, its gaps, what was counted, and what is happening now. Sizes are bytes.

    ``findings`` are those that stand, as the lists count them.
    """

    phase: Phase
    work: WorkState
    gaps_open: int = 0
    gaps_acknowledged: int = 0
    units_planned: int = 0
    units_done: int = 0
    members: int = 0
    size: int = 0
    records: int = 0
    rows: int = 0
    quarantined: int = 0
    findings: int = 0
    runs_active: int = 0
    runs_failed: int = 0
    doing: str = ""

    @property
    def gaps(self) -> int:
        return self.gaps_open + self.gaps_acknowledged


def board(incident: Incident) -> list[PhaseState]:
    """The four phases in order; four queries however many runs there are."""
    runs = incident.runs.newest()
    sums: dict[str, dict[str, Any]] = {
        row["phase"]: dict(row)
        for row in runs.order_by()
        .values("phase")
        .annotate(
            total=Count("pk"),
            active=Count("pk", filter=Q(state__in=("queued", "running"))),
            failed=Count("pk", filter=Q(state__in=("failed", "dead"))),
            **{name: Sum(name) for name in COUNTERS},
        )
    }
    gaps = gap_counts(incident)
    doing = {
        run.phase: doing_of(run) for run in runs.filter(state__in=("queued", "running")).order_by("-state", "pk")[:100]
    }
    states = [phase_state(phase, sums.get(phase), gaps.get(phase, (0, 0)), doing.get(phase, "")) for phase in Phase]
    found = incident.findings.detections().standing().count()
    return [replace(state, findings=found) if state.phase == Phase.ANALYSIS else state for state in states]


def gap_counts(incident: Incident) -> dict[str, tuple[int, int]]:
    """Phase -> (open, acknowledged)."""
    rows = (
        incident.gaps.current()
        .order_by()
        .values("phase")
        .annotate(open=Count("pk", filter=Q(acknowledged_at=None)), total=Count("pk"))
    )
    return {row["phase"]: (row["open"], row["total"] - row["open"]) for row in rows}


def doing_of(run: Run) -> str:
    words = run.doing or run.waiting_for
    return f"{run.title}: {words}" if words else run.title


def phase_state(phase: Phase, sums: dict[str, Any] | None, gaps: tuple[int, int], doing: str) -> PhaseState:
    if sums is None:
        return PhaseState(phase, WorkState.NOT_STARTED)
    counters = {name: sums[name] or 0 for name in COUNTERS}
    return PhaseState(
        phase,
        work_state(sums),
        *gaps,
        runs_active=sums["active"],
        runs_failed=sums["failed"],
        doing=doing,
        **counters,
    )


def work_state(sums: dict[str, Any]) -> WorkState:
    if sums["active"]:
        return WorkState.IN_PROGRESS
    return WorkState.FAILED if sums["failed"] else WorkState.COMPLETE


def unit_strip(incident: Incident) -> dict[str, list[tuple[str, int]]]:
    """Phase -> (unit state, how many), what is done first, for the strip of ticks; one query."""
    order = list(dict.fromkeys(("done", "empty", *Unit.State.values)))
    rows = (
        Unit.objects.filter(run__incident=incident, run__is_newest=True)
        .order_by()
        .values("run__phase", "state")
        .annotate(count=Count("pk"))
    )
    strips: dict[str, list[tuple[str, int]]] = {phase: [] for phase in Phase.values}
    for row in sorted(rows, key=lambda row: order.index(row["state"])):
        strips[row["run__phase"]].append((row["state"], row["count"]))
    return strips
