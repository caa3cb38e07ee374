"""What a Sigma rule says about itself, in the portal's words."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from sigma.correlations import SigmaCorrelationRule
from sigma.rule import SigmaRule

from analyzers.sigma.gates import Gate
from analyzers.sigma.rule import Rule

_TECHNIQUE = re.compile(r"t\d{4}(\.\d{3})?", re.ASCII)
_KINDS = {"sourceipaddress": "address", "useridentity.accesskeyid": "access_key"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule made ready for the engine: its query, its gate, and the query that says whether it is worth asking."""

    sql: str
    gate: Gate
    enough: str = ""


def describe(rule: SigmaRule | SigmaCorrelationRule, name: str, kind: str, asked: Asked) -> Rule:
    """The rule's words, and what is asked for it."""
    tags = [tag.name.lower() for tag in rule.tags if tag.namespace == "attack"]
    techniques = [tag.upper() for tag in tags if _TECHNIQUE.fullmatch(tag)]
    return Rule(
        id=identity_of(rule),
        title=rule.title,
        description=rule.description or "",
        level=rule.level.name.lower() if rule.level else "informational",
        kind=kind,
        techniques=tuple(techniques),
        tactics=tuple(tag for tag in tags if not re.match(r"[tgs]\d{4}", tag)),
        author=rule.author or "",
        licence=rule.license or "",
        false_positives=tuple(str(told) for told in rule.falsepositives),
        next_steps=prose(rule.custom_attributes.get("next_steps", "")),
        references=tuple(str(reference) for reference in rule.references),
        entity_kind=entity_kind_of(rule),
        sql=asked.sql,
        source=name,
        gate=asked.gate,
        enough=asked.enough,
    )


def identity_of(rule: SigmaRule | SigmaCorrelationRule) -> str:
    """The rule's id, else its name, else a hash of its title: the same at every load."""
    return str(rule.id or rule.name or hashlib.sha256(rule.title.encode()).hexdigest()[:32])


def prose(told: Any) -> str:
    """Plain text of the field ``next_steps``: ours is a list of sentences, others may write one text."""
    return "\n".join(str(line).strip() for line in told) if isinstance(told, list) else str(told).strip()


def entity_kind_of(rule: SigmaRule | SigmaCorrelationRule) -> str:
    if isinstance(rule, SigmaRule):
        return "principal"
    first = (rule.group_by or ["*"])[0].lower()
    return _KINDS.get(first) or ("principal" if first.startswith("useridentity.") else "resource")


def is_for_cloudtrail(rule: SigmaRule) -> bool:
    source = rule.logsource
    return source.product in (None, "aws") and source.service in (None, "cloudtrail") and source.category is None
