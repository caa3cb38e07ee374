"""The contract that every analyzer (one question asked of the events) keeps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from events.geography import Geography
from plugins import Entity, Registry, Window

if TYPE_CHECKING:
    from analyzers.sigma.rule import Rule, RuleError
    from events import Reader


@dataclass(frozen=True, slots=True)
class Indicator(Entity):
    """A value that somebody says is the attacker's; its kind is a STIX type. ``origin`` is the file that named it."""

    label: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything an analyzer may look at; frozen, made by ``phases/analysis.py``.

    ``rules`` come in order of title; ``rule_errors`` are those that could not be loaded, to be said with the answers.
    ``indicators`` come in order of kind and value. ``geography`` is empty without databases of addresses.
    """

    events: "Reader"
    window: Window | None = None
    rules: tuple["Rule", ...] = ()
    rule_errors: tuple["RuleError", ...] = ()
    indicators: tuple[Indicator, ...] = ()
    geography: Geography = field(default_factory=Geography)
    baseline: Window | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One event behind a finding, by where its bytes lie."""

    evidence: str
    part: int
    member: int
    file: str
    row: int
    at: datetime | None
    what: str

    @property
    def place(self) -> tuple[str, int, int, int]:
        return self.evidence, self.part, self.member, self.row


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer: one row per (incident, question, entity).

    ``question`` is the analyzer's name or the rule's id; ``severity`` is OCSF severity_id 0-6; ``techniques`` are
    ATT&CK ids (T1078.004); at most 5 principals and 100 examples; ``query`` gives the rest (filter fields -> values,
    as the timeline page takes them); ``explanation`` is our words, plain text; ``facts`` is JSON for pages.
    """

    question: str
    title: str
    entity: Entity
    severity: int
    techniques: tuple[str, ...]
    count: int
    first_at: datetime | None
    last_at: datetime | None
    principals: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    explanation: str = ""
    next_steps: str = ""
    false_positives: tuple[str, ...] = ()
    author: str = ""
    licence: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """Said once per question when it is answered, "no match" included: the question, its version, how many matched.

    ``error`` names why a question could not be asked (a rule that does not compile): a gap, never silence.
    """

    question: str
    version: str
    matches: int
    error: str = ""


Analyze = Callable[[Material], Iterator[Finding | Asked]]


@dataclass(frozen=True, slots=True)
class Analyzer:
    """One question, or one engine that asks many (``sigma``).

    ``asks_indicators``, ``asks_geography``: its answers depend on the indicators, on the databases of addresses.
    """

    name: str
    title: str
    version: int
    techniques: tuple[str, ...]
    analyze: Analyze
    module: str = ""
    asks_indicators: bool = False
    asks_geography: bool = False


analyzers: Registry[Analyzer] = Registry("analyzers")


def analyzer(
    name: str,
    *,
    title: str,
    version: int,
    techniques: tuple[str, ...] = (),
    asks_indicators: bool = False,
    asks_geography: bool = False,
) -> Callable[[Analyze], Analyze]:
    """Register the decorated generator as an analyzer."""

    def register(analyze: Analyze) -> Analyze:
        module = analyze.__module__
        analyzers.add(Analyzer(name, title, version, techniques, analyze, module, asks_indicators, asks_geography))
        return analyze

    return register
