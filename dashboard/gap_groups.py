"""Gaps by their kind: what may be somebody's doing comes first, what is only kept unread comes last."""

from collections.abc import Iterable
from dataclasses import dataclass

from cases.models import GapRecord

Kind = GapRecord.Kind
GRAVEST = (Kind.CHANGED, Kind.MISSING, Kind.UNVERIFIED, Kind.DENIED, Kind.INTERRUPTED, Kind.TIMED_OUT, Kind.TRUNCATED)
LEAST = (Kind.NOT_ENABLED, Kind.UNSUPPORTED, Kind.NO_EXAMINER)


@dataclass(frozen=True, slots=True)
class GapGroup:
    """The gaps of one kind, as far as the page shows them."""

    kind: str
    title: str
    gaps: list[GapRecord]


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
