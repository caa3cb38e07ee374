"""Gaps by their kind: what may be somebody's doing comes first, what is only kept unread comes last."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Min, Value, When

from cases.models import GapRecord, Incident, Phase

Kind = GapRecord.Kind
GRAVEST = (Kind.CHANGED, Kind.MISSING, Kind.UNVERIFIED, Kind.DENIED, Kind.INTERRUPTED, Kind.TIMED_OUT, Kind.TRUNCATED)
LEAST = (Kind.NOT_ENABLED, Kind.UNSUPPORTED, Kind.NO_EXAMINER)


@dataclass(frozen=True, slots=True)
class GapGroup:
    """The gaps of one kind, as far as the page shows them."""

    kind: str
    title: str
    gaps: list[GapRecord]


@dataclass(frozen=True, slots=True)
class GapLine:
    """What one gap, or several that say the same, tells; ``runs`` is how many of them there are."""

    kind: str
    title: str
    subject: str
    detail: str
    phase: str
    runs: int


def gravest_of(incident: Incident, most: int) -> list[GapLine]:
    """The open gaps as an overview names them: the gravest first, and what many runs met told once."""
    ranks = [When(kind=kind, then=Value(gravity(kind)[0])) for kind in Kind]
    said = incident.gaps.open().order_by().values("kind", "subject", "detail", "phase")
    rows = said.annotate(
        runs=Count("pk"), first=Min("pk"), rank=Case(*ranks, default=Value(len(Kind)), output_field=IntegerField())
    )
    return [
        GapLine(
            row["kind"],
            str(Kind(row["kind"]).label),
            row["subject"],
            row["detail"],
            str(Phase(row["phase"]).label),
            row["runs"],
        )
        for row in rows.order_by("rank", "first")[:most]
    ]


def grouped(gaps: Iterable[GapRecord]) -> list[GapGroup]:
    by_kind: dict[str, list[GapRecord]] = {}
    for gap in gaps:
        by_kind.setdefault(gap.kind, []).append(gap)
    return [GapGroup(kind, str(Kind(kind).label), by_kind[kind]) for kind in sorted(by_kind, key=gravity)]


def gravity(kind: str) -> tuple[int, str]:
    """Lower is graver."""
    if kind in GRAVEST:
        return GRAVEST.index(Kind(kind)), kind
    return (len(GRAVEST) + (1 + LEAST.index(Kind(kind)) if kind in LEAST else 0)), kind
