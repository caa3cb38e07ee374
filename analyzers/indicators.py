"""Are known indicators in the events? Addresses, domains, URLs, hashes, keys, principals and user agents, in all logs.

Kinds are those of STIX 2.1, https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html, section 6. What an address
or a key means in CloudTrail: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing

from analyzers.asking import LONGEST, REFUSALS
from analyzers.base import Asked, Finding, Indicator, Material, analyzer
from analyzers.results import aware, example_of, shortened, timeline
from events import FAMILIES, BadFilter, Filters, Rows, exactly
from events.sightings import MOST, SOME, Sighting, question
from plugins import Entity

NAME = "indicators"
VERSION = 1
HIGH = 4
LONGEST_TITLE = 160  # characters of a value
WORDS = {
    "ipv4-addr": "IPv4 address",
    "ipv6-addr": "IPv6 address",
    "domain-name": "domain",
    "url": "URL",
    "file": "file hash",
    "user-account": "principal",
    "x-aws-access-key": "access key",
    "user-agent": "user agent",
}
NEXT = (
    "Ask whoever gave the indicator how sure they are of it. Then look at everything else that the same principals, "
    "keys and addresses did, before and after."
)
HARMLESS = (
    "An address or name that many share: of a cloud provider, a VPN, a content network or an office",
    "An indicator that was true once: addresses and domains change hands",
    "Somebody of your own who looked into the indicator",
)


@analyzer(NAME, title="Known indicators", version=VERSION, asks_indicators=True)
def look_for(material: Material) -> Iterator[Finding | Asked]:
    """Yield a finding per indicator that is in the events, then what was asked: once a kind, "no match" included."""
    kinds = {kind: [one for one in material.indicators if one.kind == kind] for kind in WORDS}
    given = {kind: known for kind, known in kinds.items() if known}
    if not given:
        yield Asked(NAME, str(VERSION), 0)
    questions = [
        question(material.events, kind, [one.value for one in known], material.window) for kind, known in given.items()
    ]
    with closing(material.events.answers(questions, seconds=LONGEST)) as answers:
        for kind, known in given.items():
            yield from told(kind, known, next(answers))


def told(kind: str, known: Sequence[Indicator], answer: Future[Rows]) -> Iterator[Finding | Asked]:
    try:
        seen = [Sighting(*row) for row in answer.result()]
    except REFUSALS as refusal:
        yield Asked(f"{NAME} {kind}", str(VERSION), 0, f"{WORDS[kind]}: {refusal}")
        return
    indicators = {one.value: one for one in known}
    for sighting in seen:
        yield finding_of(indicators[sighting.value], sighting)
    total = seen[0].seen if seen else 0
    cut = f"{total:,} were seen; the {MOST:,} in most events are told one by one" if total > MOST else ""
    yield Asked(f"{NAME} {kind}", str(VERSION), total, cut)


def finding_of(indicator: Indicator, sighting: Sighting) -> Finding:
    first, last = aware(sighting.first_at), aware(sighting.last_at)
    principals = [one for one in sighting.principals if one]
    return Finding(
        question=NAME,
        title=f"Known {WORDS[indicator.kind]} seen: {cut(indicator.value, LONGEST_TITLE)}",
        entity=Entity(indicator.kind, indicator.value),
        severity=HIGH,
        techniques=(),
        count=sighting.events,
        first_at=first,
        last_at=last,
        principals=tuple(shortened(one) for one in principals[:SOME]),
        examples=tuple(example_of(example) for example in sighting.examples),
        query=timeline(first, last, {}) | shown_by(indicator, principals),
        explanation=in_words(indicator, sighting),
        next_steps=NEXT,
        false_positives=HARMLESS,
        facts={"label": indicator.label, "origin": indicator.origin, "families": dict(sighting.families)},
    )


def shown_by(indicator: Indicator, principals: Sequence[str]) -> dict[str, str]:
    """The timeline's filter that shows the events: by field where one says it, else by the text; or by time alone."""
    if indicator.kind == "user-agent":
        return Filters(only={"user_agent": (f"*{exactly(indicator.value)}*",)}).to_query()
    if indicator.kind == "user-account":
        named = tuple(exactly(one) for one in principals)
        return Filters(only={"principal": named}).to_query() if 0 < len(named) <= SOME else {}
    if "/" in indicator.value and indicator.kind.endswith("-addr"):
        return shown_by_range(indicator.value)
    text = indicator.value.split("/")[2] if indicator.kind == "url" else indicator.value
    return Filters(q=text).to_query()


def shown_by_range(network: str) -> dict[str, str]:
    """Empty for a range that the filter cannot ask for."""
    filters = Filters(only={"source_ip": (network,)})
    try:
        filters.where()
    except BadFilter:
        return {}
    return filters.to_query()


def in_words(indicator: Indicator, sighting: Sighting) -> str:
    """Whose indicator it is, and in which logs it stands."""
    label = f", labelled “{indicator.label}”" if indicator.label else ""
    origin = "was typed in" if indicator.origin == "typed" else f"is from {indicator.origin or 'an unnamed list'}"
    places = "; ".join(f"{FAMILIES[name].title}: {count:,}" for name, count in sorted(sighting.families.items()))
    return f"The {WORDS[indicator.kind]} {indicator.value}{label}, {origin}. Events that name it: {places}."


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
