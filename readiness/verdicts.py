"""What a check finds: observations, each with the question and AWS's own answer, and the verdict over them."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LONGEST = 600  # characters of an answer that an observation keeps
ANSWERABLE = "Where AWS refused, let the portal's role ask: manage.py readiness --policy prints what it needs."


class Outcome(StrEnum):
    """What was denied or could not be reached is ``not_known``, never ``passed``."""

    PASSED = "passed"
    PARTLY = "partly"
    FAILED = "failed"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that was looked at: ``says`` is our sentence, ``answered`` what AWS said, cut to 600 characters."""

    outcome: Outcome
    says: str
    asked: str
    answered: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check comes to; ``todo`` is what to do next and empty where nothing is to be done."""

    outcome: Outcome
    summary: str
    observations: tuple[Observation, ...]
    todo: str


def judged(observations: Iterable[Observation], todo: str) -> Verdict:
    """The verdict over ``observations``; without a single one nothing is known."""
    seen = tuple(observations)
    counts = Counter(one.outcome for one in seen)
    outcome = outcome_over(counts)
    return Verdict(outcome, summary_of(counts), seen, "" if outcome is Outcome.PASSED else todo_of(counts, todo))


def todo_of(counts: Counter[Outcome], todo: str) -> str:
    """What is not known first has to be answered."""
    return f"{todo} {ANSWERABLE}" if counts[Outcome.NOT_KNOWN] else todo


def outcome_over(counts: Counter[Outcome]) -> Outcome:
    """A failure that was seen outweighs what was not; what was not seen outweighs every success."""
    is_good = bool(counts[Outcome.PASSED] or counts[Outcome.PARTLY])
    if counts[Outcome.FAILED]:
        return Outcome.PARTLY if is_good else Outcome.FAILED
    if counts[Outcome.NOT_KNOWN] or not is_good:
        return Outcome.NOT_KNOWN
    return Outcome.PARTLY if counts[Outcome.PARTLY] else Outcome.PASSED


def summary_of(counts: Counter[Outcome]) -> str:
    """The counts in words, each with its denominator."""
    total = counts.total()
    if not total:
        return "Nothing could be asked: no account of the kind that this check looks at is registered."
    words = [f"{counts[Outcome.PASSED]} of {total} as it should be"]
    words += [f"{counts[Outcome.PARTLY]} in part"] if counts[Outcome.PARTLY] else []
    words += [f"{counts[Outcome.FAILED]} not"] if counts[Outcome.FAILED] else []
    words += [f"{counts[Outcome.NOT_KNOWN]} could not be seen"] if counts[Outcome.NOT_KNOWN] else []
    return ", ".join(words) + "."


def counted(number: int, thing: str) -> str:
    """A number with its noun: ``1 log group``, ``3 log groups``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def quoted(answer: Any) -> str:
    """An answer as JSON, cut where it grows long; what was cut is marked."""
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
