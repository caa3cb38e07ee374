"""Where to look first? Ranks principals, access keys, addresses and resources, and says why in words.

A score is 100 x (1 - the product of (1 - part)) over the signals of an entity: each signal takes a part of the doubt
that the others left, so that many events of one sort count little and different reasons count together.

Sources: the fields of a CloudTrail record that name the caller,
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
and the tactics of an attack, https://attack.mitre.org/matrices/enterprise/cloud/
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from math import prod
from typing import Any

from analyzers.base import Asked, Example, Finding, Material, analyzer
from analyzers.lead_networks import asked_of, network_signals, surveyed
from analyzers.lead_rules import rule_signals
from analyzers.lead_signals import (
    DEEDS,
    Signal,
    address_signals,
    agent_signals,
    callers,
    days_signals,
    newcomer_signals,
    some,
    unique_signals,
)
from analyzers.results import example_of, shortened, timeline
from analyzers.role_chains import chains_of
from events.geography import Survey
from events.questions import MOST_ISSUES, Issue, issues
from events.signals import (
    KINDS,
    Stranger,
    Total,
    days_of,
    known_places,
    newcomers,
    span,
    strangers,
    totals,
    touched,
    uniques,
)
from plugins import Entity
from plugins.text import counted

VERSION = 4
INFORMATIONAL = 1
LEAST = 10.0  # a score below this is nobody's reason to look
MOST = 25  # leads of a kind
SUSPECT = 50.0  # an address with this score passes some of it on
PASSED_ON = 0.5
AT_HOME = 0.5
SEEN_LATE = 0.04
CITED = 5  # events of one signal
_FILTERS = {"principal": "principal", "access_key": "access_key", "address": "source_ip"}


@dataclass(frozen=True, slots=True)
class Lead:
    """An entity with its signals, the strongest first."""

    entity: Entity
    signals: tuple[Signal, ...]

    @property
    def score(self) -> float:
        """0 to 100, to one decimal."""
        return round(100 * (1 - prod(1 - signal.part for signal in self.signals)), 1)

    @property
    def why(self) -> str:
        return "; ".join(signal.words for signal in self.signals)


@analyzer("leads", title="Where to look first", version=VERSION, asks_geography=True)
def rank(material: Material) -> Iterator[Finding | Asked]:
    """Yield one informational finding per lead in order of rank, the databases asked, then how many leads there are."""
    survey = surveyed(material)
    leads = ranked(leads_of(material, survey))
    counts = {kind: numbers(kind, leads, material) for kind in KINDS}
    for place, lead in enumerate(leads, start=1):
        yield finding_of(lead, place, counts[lead.entity.kind].get(lead.entity.value))
    yield from asked_of(material.geography, survey)
    yield Asked("leads", str(VERSION), len(leads))


def leads_of(material: Material, survey: Survey) -> list[Lead]:
    own = [*signals_of(material), *network_signals(material, survey)]
    suspects = {one.entity.value: one.score for one in leads_from(own) if is_suspect(one)}
    told = [*own, *passed_on(material, suspects)]
    return leads_from([*told, *late(material, {signal.entity for signal in told})])


def signals_of(material: Material) -> Iterator[Signal]:
    """What speaks for entities: their deeds, who came from where, and what one took over from the other."""
    events, window = material.events, material.window
    known = known_places(events, window)
    found = strangers(events, "address", window)
    done = [at_home(signal) if signal.entity.value in known else signal for signal in deeds_of(material)]
    yield from done
    yield from carried(found, done)
    yield from chain.from_iterable(map(address_signals, found))
    yield from chain.from_iterable(map(agent_signals, strangers(events, "agent", window)))
    if since := settled_at(material):
        yield from chain.from_iterable(map(newcomer_signals, newcomers(events, since, window)))
    yield from chain_signals(issues(events, window)[:MOST_ISSUES])


def deeds_of(material: Material) -> Iterator[Signal]:
    yield from rule_signals(material)
    for kind in ("principal", "access_key", "address"):
        yield from days_signals(kind, list(days_of(material.events, kind, material.window)))
        yield from unique_signals(kind, uniques(material.events, kind, material.window))


def at_home(signal: Signal) -> Signal:
    """An office or a gateway sees the deeds of many: they say half as much of it."""
    return replace(signal, part=signal.part * AT_HOME)


def settled_at(material: Material) -> datetime | None:
    """When a third of the time is over that the calls span: who comes later is new. None within one day."""
    first, last = span(material.events, material.window)
    return first + (last - first) / 3 if first and last and last - first >= timedelta(days=1) else None


def is_suspect(lead: Lead) -> bool:
    return lead.entity.kind == "address" and lead.score >= SUSPECT


def leads_from(signals: Iterable[Signal]) -> list[Lead]:
    """One lead per entity; of signals of the same name the strongest stands."""
    grouped: dict[Entity, list[Signal]] = defaultdict(list)
    for signal in signals:
        grouped[signal.entity].append(signal)
    return [
        worst(entity, told) if entity.kind == "address" else Lead(entity, best(told))
        for entity, told in grouped.items()
    ]


def worst(entity: Entity, told: Sequence[Signal]) -> Lead:
    """Of those who come from an address the one that most speaks against: an office is not the sum of its people."""
    actors = sorted({signal.by for signal in told if signal.by}) or [""]
    leads = [Lead(entity, best([signal for signal in told if signal.by in ("", actor)])) for actor in actors]
    return max(leads, key=lambda lead: lead.score)


def best(told: Iterable[Signal]) -> tuple[Signal, ...]:
    kept: dict[str, Signal] = {}
    for signal in told:
        known = kept.get(signal.name)
        if known is None or (signal.part, known.words) > (known.part, signal.words):
            kept[signal.name] = signal
    return tuple(sorted(kept.values(), key=lambda one: (-one.part, one.name)))


def ranked(leads: Iterable[Lead]) -> list[Lead]:
    """The highest score first, at most 25 of a kind; kinds and names decide between equals."""
    ordered = sorted(leads, key=lambda lead: (-lead.score, KINDS.index(lead.entity.kind), lead.entity.value))
    kept = {
        kind: set(islice((one.entity for one in ordered if one.entity.kind == kind and one.score >= LEAST), MOST))
        for kind in KINDS
    }
    return [lead for lead in ordered if lead.entity in kept[lead.entity.kind]]


def carried(found: Iterable[Stranger], signals: Iterable[Signal]) -> list[Signal]:
    """What was done from an address that only one actor used, and hardly ever, is that actor's: its own habits, by
    which the deeds of the whole principal are weighed, are no excuse for it."""
    owners = {stranger.value: stranger for stranger in found if stranger.actors == 1}
    told = [one for one in signals if one.entity.kind == "address" and one.entity.value in owners]
    return [
        replace(signal, entity=Entity(kind, value), words=f"from {signal.entity.value} it {signal.words}")
        for signal in told
        if signal.name in DEEDS
        for kind, value in callers(owners[signal.entity.value])
    ]


def chain_signals(issued: list[Issue]) -> Iterator[Signal]:
    """Identities taken on one after the other: one step is how AWS is meant to be used."""
    for chains in chains_of(issued, {}):
        if chains.length > 1:
            words = f"took on other identities, {chains.length} deep"
            examples = [issue.example for issue in chains.issues[:3]]
            part = min(0.06 * (chains.length - 1), 0.2)
            yield Signal(Entity("principal", chains.start), "role_chain", part, words, examples)


def passed_on(material: Material, suspects: Mapping[str, float]) -> Iterator[Signal]:
    """What a suspicious address gives of its score to the keys that were issued to it, and to what it laid hands on."""
    for issue in issues(material.events, material.window)[:MOST_ISSUES]:
        if score := suspects.get(issue.address):
            words = f"was issued by {issue.how} to {issue.address}, an address with a score of {score:g}"
            yield Signal(Entity("access_key", issue.key), "issued", PASSED_ON * score / 100, words, [issue.example])
    for touch in touched(material.events, sorted(suspects), material.window):
        score = suspects[touch.address]
        calls = counted(touch.events, "call")
        words = f"{calls} from {touch.address}, an address with a score of {score:g} ({some(touch.names)})"
        yield Signal(Entity("resource", touch.resource), "touched", PASSED_ON * score / 100, words, touch.examples)


def late(material: Material, entities: Iterable[Entity]) -> Iterator[Signal]:
    """Who appears only after a third of the time that the events span."""
    since = settled_at(material)
    if since is None:
        return
    by_kind: dict[str, list[str]] = defaultdict(list)
    for entity in entities:
        by_kind[entity.kind].append(entity.value)
    for kind, values in by_kind.items():
        for value, total in totals(material.events, kind, sorted(values), material.window).items():
            if total.first_at > since:
                words = f"first seen at {total.first_at:%Y-%m-%d %H:%M:%S} UTC"
                yield Signal(Entity(kind, value), "first_seen", SEEN_LATE, words)


def numbers(kind: str, leads: Sequence[Lead], material: Material) -> Mapping[str, Total]:
    values = [lead.entity.value for lead in leads if lead.entity.kind == kind]
    return totals(material.events, kind, values, material.window)


def finding_of(lead: Lead, place: int, total: Total | None) -> Finding:
    name = shortened(lead.entity.value)
    examples = examples_of(lead)
    total = total or total_of(examples)
    return Finding(
        question="leads",
        title=f"Look at {lead.entity.kind.replace('_', ' ')} {name}",
        entity=Entity(lead.entity.kind, name),
        severity=INFORMATIONAL,
        techniques=(),
        count=total.events,
        first_at=total.first_at,
        last_at=total.last_at,
        principals=(name,) if lead.entity.kind == "principal" else (),
        examples=examples,
        query=query_of(lead.entity),
        explanation=lead.why,
        next_steps="Read its events in order, those cited first, and ask whoever owns it whether they were meant.",
        facts=facts_of(lead, place, total, examples),
    )


def examples_of(lead: Lead) -> tuple[Example, ...]:
    """The first events that its signals cite, each once: what two signals say of one may differ in words."""
    found: dict[tuple[str, int, int, int], Example] = {}
    for signal in lead.signals:
        for example in map(example_of, signal.examples[:CITED]):
            found.setdefault(example.place, example)
    return tuple(found.values())[:MOST]


def total_of(examples: Sequence[Example]) -> Total:
    """The numbers of what is only spoken of, such as a key that was issued and never used: the calls that do."""
    moments = [example.at for example in examples if example.at]
    return Total(len(examples), 0, min(moments), max(moments), 0)


def query_of(entity: Entity) -> dict[str, str]:
    """The timeline's filter for the entity; a resource is looked for by its name."""
    if entity.kind in _FILTERS:
        return timeline(None, None, {_FILTERS[entity.kind]: [entity.value]})
    is_arn = entity.value.startswith("arn:")
    return {"q": entity.value if is_arn else entity.value.partition(":")[2]}


def facts_of(lead: Lead, place: int, total: Total, examples: Sequence[Example]) -> dict[str, Any]:
    """The rank, the score and its parts; ``cited`` are the places of a signal's events among the examples."""
    places = {example.place: number for number, example in enumerate(examples)}
    return {
        "rank": place,
        "score": lead.score,
        "refused": total.refused,
        "actors": total.actors,
        "signals": [
            {
                "name": signal.name,
                "part": round(signal.part, 3),
                "words": signal.words,
                "cited": cited(signal, places),
            }
            for signal in lead.signals
        ],
    }


def cited(signal: Signal, places: Mapping[tuple[str, int, int, int], int]) -> list[int]:
    found = (places.get(example_of(one).place) for one in signal.examples[:CITED])
    return list(dict.fromkeys(number for number in found if number is not None))
