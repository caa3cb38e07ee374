"""What happened, line by line: the gravest findings first of all chosen, those of one deed told once, then in order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cases.models import Finding
from events import key_of

LINES = 12
LOOKED_AT = 60  # findings; the page is made anew whenever something changes
SAME = 0.5  # share of their example events that two findings have in common when they tell of one deed


@dataclass(frozen=True, slots=True)
class Told:
    """One line: the gravest finding of a deed, and ``others`` that tell of the same events or ask the same question."""

    finding: Finding
    events: frozenset[str]
    others: list[Finding] = field(default_factory=list)

    def is_about(self, finding: Finding, events: frozenset[str]) -> bool:
        return finding.question == self.finding.question or has_same(self.events, events)


def story_of(findings: Iterable[Finding]) -> list[Told]:
    """The lines of the gravest findings in the order of time; ``findings`` come gravest first."""
    lines: list[Told] = []
    for finding in findings:
        events = keys_of(finding.examples)
        known = next((line for line in lines if line.is_about(finding, events)), None)
        if known:
            known.others.append(finding)
        elif len(lines) < LINES:
            lines.append(Told(finding, events))
    return sorted(lines, key=lambda line: time_of(line.finding))


def has_same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether at least half of the events of both together are behind both."""
    return bool(one & other) and len(one & other) >= SAME * len(one | other)


def keys_of(examples: Iterable[dict[str, Any]]) -> frozenset[str]:
    return frozenset(key_of(example | {"src_row": example["row"]}) for example in examples)


def time_of(finding: Finding) -> tuple[Any, ...]:
    return finding.first_at is None, finding.first_at, finding.number
