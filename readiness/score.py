"""The score: weights in, 0 to 100 out."""

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.verdicts import Outcome

HALVES = {Outcome.PASSED: 2, Outcome.PARTLY: 1}  # in halves of a check's weight, so that no fraction is rounded


@dataclass(frozen=True, slots=True)
class Score:
    """``points`` of 100, and how many of ``total`` checks passed."""

    points: int
    passed: int
    total: int


def score_of(results: Sequence[tuple[int, Outcome]]) -> Score:
    """Weigh (weight, outcome) pairs: passed counts its whole weight, partly half, anything else nothing.

    Rounded down, so that 100 means that every check passed.
    """
    all_halves = sum(2 * weight for weight, _ in results)
    won = sum(weight * HALVES.get(outcome, 0) for weight, outcome in results)
    passed = sum(outcome is Outcome.PASSED for _, outcome in results)
    return Score(100 * won // all_halves if all_halves else 0, passed, len(results))
