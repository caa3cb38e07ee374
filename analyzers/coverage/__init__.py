"""Which techniques the rules see: the lists of others (ATT&CK, Stratus Red Team) against the tags of our pack."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analyzers.sigma import Rule

__all__ = ["Technique", "attack_techniques", "attack_version", "broad_rules", "stratus_techniques"]

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Technique:
    """One technique of a list; ``rules`` are file names without ending; ``note``: why none sees it, or its needs."""

    id: str
    name: str
    rules: tuple[str, ...]
    note: str = ""


def attack_techniques(rules: Sequence[Rule]) -> Iterator[Technique]:
    """ATT&CK's IaaS matrix; a rule that sees a sub-technique sees its technique."""
    told = read("attack")
    for id, name in told["techniques"].items():
        seen = {stem(rule) for rule in rules for tag in rule.techniques if tag == id or tag.startswith(f"{id}.")}
        yield Technique(id, name, tuple(sorted(seen)), told["unseen"].get(id, ""))


def attack_version() -> str:
    return str(read("attack")["version"])


def stratus_techniques() -> Iterator[Technique]:
    """Stratus Red Team's techniques for AWS; the note names the data events that a trail has to record for them."""
    told = read("stratus")
    for id, rules in told["techniques"].items():
        yield Technique(id, id, tuple(rules), told["data_events"].get(id, ""))


def broad_rules() -> frozenset[str]:
    """Rules that see a tool or a search, and prove nothing about a technique."""
    return frozenset(read("stratus")["broad"])


def stem(rule: Rule) -> str:
    return Path(rule.source).stem


def read(name: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = yaml.safe_load((HERE / f"{name}.yml").read_text())
    return told
