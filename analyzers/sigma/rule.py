"""A detection rule as the rest of the portal sees it: words for people, and one query."""

import hashlib
import json
from dataclasses import asdict, dataclass

from analyzers.sigma.gates import OPEN, Gate

SEVERITIES = {"informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to run.

    ``kind`` is ``event`` or the correlation's type; ``entity_kind`` says whom its findings are about; ``sql`` goes from
    the table ``seen`` to ``chosen`` (see queries.py), ``gate`` is what every match passes by its name (see gates.py);
    ``enough`` goes from ``seen`` to a table of that name, which has rows wherever ``sql`` can have any; empty, it may;
    ``source`` is the file's path under the folder that was loaded.
    """

    id: str
    title: str
    description: str
    level: str
    kind: str
    techniques: tuple[str, ...]
    tactics: tuple[str, ...]
    author: str
    licence: str
    false_positives: tuple[str, ...]
    next_steps: str
    references: tuple[str, ...]
    entity_kind: str
    sql: str
    source: str
    gate: Gate = OPEN
    enough: str = ""

    @property
    def severity(self) -> int:
        """OCSF severity_id."""
        return SEVERITIES[self.level]

    @property
    def version(self) -> str:
        """SHA-256 over the canonical JSON of everything that the rule says and does."""
        told = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RuleError:
    """A rule that cannot be asked: its file, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class RulePack:
    """What came of loading folders; ``elsewhere`` names files whose rules are for other logs than CloudTrail."""

    rules: tuple[Rule, ...]
    errors: tuple[RuleError, ...]
    elsewhere: tuple[str, ...]

    @property
    def version(self) -> str:
        """SHA-256 over the versions of all rules, whatever their order on disk."""
        return hashlib.sha256("\n".join(sorted(rule.version for rule in self.rules)).encode()).hexdigest()
