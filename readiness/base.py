"""The contract that every check keeps."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from plugins import Registry
from readiness.organisation import NotAnswered, Organisation, Role
from readiness.verdicts import Observation, Outcome, Verdict, judged

NOTHING_SEEN = "Nothing could be seen."
ODD = "An answer is not as AWS describes it."
Look = Callable[[Organisation], Verdict]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. ``permissions`` are the IAM actions it calls, ``weight`` (1 to 5) its share of the score.

    ``roles`` says which of an account's two roles it takes.
    """

    name: str
    title: str
    practice: str
    permissions: tuple[str, ...]
    weight: int
    roles: tuple[Role, ...]
    look: Look
    module: str

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.look) or ""


checks: Registry[Check] = Registry("readiness")


def check(
    name: str,
    *,
    title: str,
    practice: str,
    permissions: tuple[str, ...],
    weight: int = 1,
    roles: tuple[Role, ...] = (Role.READ,),
) -> Callable[[Look], Look]:
    """Register the decorated function as check ``name``. It reads only: what it tries is a dry run."""

    def register(look: Look) -> Look:
        checks.add(Check(name, title, practice, permissions, weight, roles, look, look.__module__))
        return look

    return register


def verdict_of(check: Check, organisation: Organisation) -> Verdict:
    """What the check comes to; an answer that is none, or not as AWS describes it, makes it not known."""
    try:
        return check.look(organisation)
    except NotAnswered as refusal:
        return judged([refusal.observation], NOTHING_SEEN)
    except (KeyError, TypeError) as problem:  # one odd answer must not take the other checks' results along
        words = f"{type(problem).__name__}: {problem}"
        return judged([Observation(Outcome.NOT_KNOWN, ODD, f"the check {check.name}", words)], NOTHING_SEEN)
