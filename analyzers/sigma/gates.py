"""The gate of a rule: what an event's name and service alone say about whether the rule can match it.

Most rules speak of calls that nobody made. The few hundred pairs of service and name that an incident holds are read
once, and a rule whose gate none of them passes is answered without reading the events. Gates are sets of pairs and not
SQL: the engine takes longer to plan 700 conditions than to answer most of the rules.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT, ConditionOR
from sigma.rule import SigmaRule
from sigma.types import SigmaString, SpecialChars

from analyzers.sigma.backend import parsed_conditions
from analyzers.sigma.queries import seen_sql
from plugins import Window

FIELDS = ("eventSource", "eventName")
MANY = 10_000  # pairs; a log that holds more makes names up, and every rule is asked
_WILDCARDS = {SpecialChars.WILDCARD_MULTI: ".*", SpecialChars.WILDCARD_SINGLE: "."}

Places = frozenset[int]


class Called:
    """The pairs of service and name of the events that there are, each at its place."""

    def __init__(self, pairs: Sequence[tuple[str | None, str | None]]) -> None:
        self.all: Places = frozenset(range(len(pairs)))
        texts = "".join(text or "" for pair in pairs for text in pair)
        # Beyond ASCII the engine and Python fold the case of letters by tables of their own.
        self.is_unsure = len(pairs) > MANY or not texts.isascii()
        self._places = {field: places_of([pair[at] for pair in pairs]) for at, field in enumerate(FIELDS)}
        self._matching: dict[tuple[str, str], Places] = {}

    def matching(self, field: str, pattern: str) -> Places:
        """Where the service or the name, in lower case, is the pattern (a regular expression) from end to end."""
        if (field, pattern) not in self._matching:
            is_it = re.compile(pattern, re.DOTALL).fullmatch
            found = [places for text, places in self._places[field].items() if is_it(text)]
            self._matching[field, pattern] = frozenset[int]().union(*found)
        return self._matching[field, pattern]


def places_of(texts: Sequence[str | None]) -> dict[str, Places]:
    found: dict[str, set[int]] = {}
    for place, text in enumerate(texts):
        if text is not None:
            found.setdefault(text.lower(), set()).add(place)
    return {text: frozenset(places) for text, places in found.items()}


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition over service and name.

    ``kind`` is "is" (``field`` matches ``pattern``), "all", "any" or "not" (of ``parts``), or "open" or "shut" where
    the rule asks for something else.
    """

    kind: str
    field: str = ""
    pattern: str = ""
    parts: tuple["Gate", ...] = ()

    def lets_in(self, called: Called) -> bool:
        """Whether the rule can match any event of those."""
        return bool(called.all) and (called.is_unsure or bool(self.among(called)))

    def among(self, called: Called) -> Places:
        """The pairs that pass."""
        if self.kind == "is":
            return called.matching(self.field, self.pattern)
        return _AMONG[self.kind](called.all, [part.among(called) for part in self.parts])


_AMONG: dict[str, Callable[[Places, list[Places]], Places]] = {
    "all": lambda every, parts: reduce(frozenset.intersection, parts, every),
    "any": lambda _, parts: frozenset[int]().union(*parts),
    "not": lambda every, parts: every - parts[0],
    "open": lambda every, _: every,
    "shut": lambda *_: frozenset(),
}
OPEN, SHUT = Gate("open"), Gate("shut")


def gate_of(rule: SigmaRule) -> Gate:
    """A gate that every event passes which the rule matches."""
    return any_of([loosened(condition, OPEN) for condition in parsed_conditions(rule)])


def any_of(gates: Sequence[Gate]) -> Gate:
    if OPEN in gates:
        return OPEN
    parts = tuple(dict.fromkeys(gate for gate in gates if gate != SHUT))
    return parts[0] if len(parts) == 1 else Gate("any", parts=parts) if parts else SHUT


def all_of(gates: Sequence[Gate]) -> Gate:
    if SHUT in gates:
        return SHUT
    parts = tuple(dict.fromkeys(gate for gate in gates if gate != OPEN))
    return parts[0] if len(parts) == 1 else Gate("all", parts=parts) if parts else OPEN


def opposite(gate: Gate) -> Gate:
    return {OPEN: SHUT, SHUT: OPEN}.get(gate) or Gate("not", parts=(gate,))


def loosened(condition: Any, otherwise: Gate) -> Gate:
    """The condition with ``otherwise`` in the place of all that does not speak of name and service.

    Below a NOT what is unknown has to be the other way round for the whole to stay true of every match.
    """
    if isinstance(condition, ConditionNOT):
        return opposite(loosened(condition.args[0], opposite(otherwise)))
    if isinstance(condition, ConditionAND | ConditionOR):
        parts = [loosened(part, otherwise) for part in condition.args]
        return all_of(parts) if isinstance(condition, ConditionAND) else any_of(parts)
    pattern = pattern_of(condition)
    return otherwise if pattern is None else Gate("is", condition.field, pattern)


def pattern_of(condition: Any) -> str | None:
    """What the name or the service has to be, as a regular expression over lower case, where it is a plain text."""
    if not isinstance(condition, ConditionFieldEqualsValueExpression) or condition.field not in FIELDS:
        return None
    value = condition.value
    if type(value) is not SigmaString:  # one that heeds case, a number, another field
        return None
    parts = [part_of(part) for part in value.s]
    return None if None in parts else "".join(part for part in parts if part)


def part_of(part: Any) -> str | None:
    if isinstance(part, str):
        return re.escape(part.lower()) if part.isascii() else None
    return _WILDCARDS.get(part)


def called_query(window: Window | None) -> tuple[str, list[datetime]]:
    """Statement and parameters that give the pairs of service and name, at most ``MANY`` and one more."""
    seen, times = seen_sql(window)
    pairs = f"SELECT DISTINCT event_source, event_name FROM seen ORDER BY event_source, event_name LIMIT {MANY + 1}"  # noqa: S608
    return f"WITH {seen} {pairs}", times
