"""Detection rules as signals: who matched them, weighed by severity, by how many match and on how many days."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt
from typing import Any

from analyzers.asking import answers_of
from analyzers.base import Material
from analyzers.lead_signals import Habit, Signal, counted
from analyzers.sigma import Rule, callers_of
from events import Rows
from events.signals import resources_at
from plugins import Entity

# OCSF severity_id -> its part; informational rules say nothing about whom to look at.
WEIGHTS = {2: 0.05, 3: 0.13, 4: 0.3, 5: 0.45, 6: 0.55}
OF_RESOURCE = 0.6  # a resource did nothing itself
WORDS = {2: "low", 3: "medium", 4: "high", 5: "critical", 6: "fatal"}


@dataclass(frozen=True, slots=True)
class Match:
    """What one caller did on one day that a rule matched."""

    principal: str
    actor: str
    access_key: str | None
    address: str | None
    day: date
    events: int
    first_at: datetime
    examples: list[dict[str, Any]]


def rule_signals(material: Material) -> Iterator[Signal]:
    rules = [rule for rule in material.rules if rule.severity in WEIGHTS]
    asked = [(rule, matches_of(answer)) for rule, answer in answers_of(rules, material, callers_of)]
    matched = [(rule, matches) for rule, matches in asked if matches]
    for rule, matches in matched:
        yield from told(rule, matches)
    named = resources_at(material.events, sorted({place for _, matches in matched for place in places_of(matches)}))
    for rule, matches in matched:
        yield from of_resources(rule, matches, named)


def matches_of(answer: Rows | str) -> list[Match]:
    """What people did; the detections' own run says of each rule why it cannot be asked."""
    rows = [] if isinstance(answer, str) else answer
    return [match for match in (Match(*row) for row in rows) if not match.principal.endswith(".amazonaws.com")]


def told(rule: Rule, matches: list[Match]) -> Iterator[Signal]:
    """One signal per rule and entity: the day that has most of it stands for the others."""
    part = WEIGHTS[rule.severity] / sqrt(len({match.actor for match in matches}))
    for kind in ("principal", "access_key", "address"):
        habits = counted((habit_of(kind, match), match.day) for match in matches)
        for match in matches:
            value, times = getattr(match, kind), habits[habit_of(kind, match)]
            if value and (kind != "address" or is_address(value)):
                weight, said = part / sqrt(times), words(rule, times)
                yield Signal(Entity(kind, value), f"rule:{rule.id}", weight, said, match.examples, match.actor)


def habit_of(kind: str, match: Match) -> Habit:
    return (match.address or "" if kind == "address" else "", match.actor)


def is_address(value: str) -> bool:
    """AWS writes a service's name where a service called for somebody."""
    return value[:1].isdecimal() or ":" in value


def words(rule: Rule, times: int) -> str:
    often = f" (on {times} days)" if times > 1 else ""
    return f"{WORDS[rule.severity]} finding: {rule.title}{often}"


def of_resources(rule: Rule, matches: list[Match], named: Mapping[str, str]) -> Iterator[Signal]:
    """What the matched calls were about; ``named`` gives the resource of a place."""
    part = OF_RESOURCE * WEIGHTS[rule.severity] / sqrt(len({match.actor for match in matches}))
    for place, example in places_of(matches).items():
        if place in named:
            yield Signal(Entity("resource", named[place]), f"rule:{rule.id}", part, words(rule, 1), [example])


def places_of(matches: list[Match]) -> dict[str, dict[str, Any]]:
    """The cited events by their places: exhibit/part/member/row."""
    return {
        "/".join(str(one[name]) for name in ("evidence", "part", "member", "src_row")): one
        for match in matches[:50]
        for one in match.examples
    }
