"""Sentences of programs whose parts are columns: an expression with named groups, and what its match means."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 4_096  # characters of a message that are looked at; the programs' own words end far before


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of a program; its named groups are columns."""

    pattern: re.Pattern[str]
    action: str
    outcome: str | None = None


def fact(sentence: str, action: str, outcome: str | None = None) -> Fact:
    return Fact(re.compile(sentence, re.DOTALL), action, outcome)


def told(facts: Iterable[Fact], message: str) -> dict[str, str]:
    """The columns that the first sentence to match fills; nothing where none does."""
    for one in facts:
        if found := one.pattern.match(message[:LONGEST]):
            columns = {**found.groupdict(), "action": one.action, "outcome": one.outcome}
            return {name: value for name, value in columns.items() if value}
    return {}
