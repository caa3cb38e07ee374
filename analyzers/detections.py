"""Which detection rules match? Runs every Sigma rule of the pack, one query each.

Source: the Sigma specification, https://sigmahq.io/sigma-specification/ (rules and correlation rules 2.x).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analyzers.asking import answers_of
from analyzers.base import Asked, Finding, Material, analyzer
from analyzers.results import aware, example_of, shortened, timeline
from analyzers.sigma import Rule, query_of
from plugins import Entity

_FIELDS = {"principal": "principal", "access_key": "access_key", "address": "source_ip"}


@dataclass(frozen=True, slots=True)
class Match:
    """One row of a rule's answer: an entity with its events, and how many entities and events there are in all."""

    entity: str
    events: int
    first_at: datetime | None
    last_at: datetime | None
    principals: list[str]
    names: list[str]
    examples: list[dict[str, Any]]
    entities: int
    total: int


@analyzer("sigma", title="Detection rules", version=1)
def detect(material: Material) -> Iterator[Finding | Asked]:
    """Yield a finding per rule and entity, then what was asked; a rule that cannot be asked says why."""
    for error in material.rule_errors:
        yield Asked(question=error.path, version="", matches=0, error=error.reason)
    for rule, answer in answers_of(material.rules, material, query_of):
        if isinstance(answer, str):
            yield Asked(rule.id, rule.version, 0, answer)
        else:
            yield from told(rule, [Match(*row) for row in answer])


def told(rule: Rule, matches: list[Match]) -> Iterator[Finding | Asked]:
    for match in matches:
        yield finding_of(rule, match)
    yield from unlisted(rule, matches)
    yield Asked(rule.id, rule.version, int(matches[0].total) if matches else 0)


def finding_of(rule: Rule, match: Match) -> Finding:
    principals = tuple(shortened(principal) for principal in match.principals if principal)
    return Finding(
        question=rule.id,
        title=rule.title,
        entity=Entity(rule.entity_kind, shortened(match.entity)),
        severity=rule.severity,
        techniques=rule.techniques,
        count=match.events,
        first_at=aware(match.first_at),
        last_at=aware(match.last_at),
        principals=principals,
        examples=tuple(example_of(example) for example in match.examples),
        query=timeline(aware(match.first_at), aware(match.last_at), shown_by(rule, match)),
        explanation=rule.description,
        next_steps=rule.next_steps,
        false_positives=rule.false_positives,
        author=rule.author,
        licence=rule.licence,
        facts={"rule": rule.source, "kind": rule.kind, "tactics": list(rule.tactics), "level": rule.level},
    )


def shown_by(rule: Rule, match: Match) -> dict[str, list[str]]:
    """The timeline's fields that narrow to the match: the event names, and whom it is about where a field says so."""
    field = _FIELDS.get(rule.entity_kind, "principal")
    is_named = rule.entity_kind in _FIELDS and not match.entity.startswith("[")
    names = match.names if len(match.names) < 20 else []
    return {"event_name": names, field: [match.entity] if is_named else match.principals[:4]}


def unlisted(rule: Rule, matches: list[Match]) -> Iterator[Finding]:
    """Say what was left out when a rule matches more entities than anybody reads one by one."""
    if not matches or matches[0].entities <= len(matches):
        return
    rest = int(matches[0].total) - sum(match.events for match in matches)
    yield Finding(
        question=rule.id,
        title=rule.title,
        entity=Entity(rule.entity_kind, "(all others)"),
        severity=rule.severity,
        techniques=rule.techniques,
        count=rest,
        first_at=None,
        last_at=None,
        explanation=f"{matches[0].entities - len(matches)} more, each with no more events than those listed.",
        author=rule.author,
        licence=rule.licence,
        facts={"rule": rule.source, "kind": rule.kind, "entities": matches[0].entities},
    )
