"""Somebody called from a network or a country where it never was before: asked where there are databases of both."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import sqrt

from analyzers.base import Asked, Material
from analyzers.lead_signals import Signal
from events.geography import REMEDY, Geography, Place, Survey
from events.networks import Visit, moving_addresses, visits
from plugins import Entity, Window
from plugins.text import counted

NEW_BOTH, NEW_ONE = 0.2, 0.1  # network and country, or only one of the two
NAMED = 3  # networks that a sentence names
NOWHERE = "addresses that are in no database"
Lands = Mapping[str, Place]  # the words for a network -> one of its places


def surveyed(material: Material) -> Survey:
    """Where the addresses are that could tell somebody's habits; nothing where there are no databases."""
    if not material.geography.databases:
        return Survey()
    return material.geography.survey(moving_addresses(material.events, lived(material)))


def lived(material: Material) -> Window | None:
    """The time by which somebody's habits are known: that which is looked at, and the baseline."""
    window, baseline = material.window, material.baseline
    if window is None or baseline is None:
        return window
    return Window(min(window.start, baseline.start), max(window.end, baseline.end))


def network_signals(material: Material, survey: Survey) -> Iterator[Signal]:
    lands = {words_for(place): place for place in survey.places.values()}
    networks = {address: words_for(place) for address, place in sorted(survey.places.items())}
    found = visits(material.events, networks, lived(material)) if networks else []
    fresh = [visit for visit in found if is_fresh(visit, material.baseline)]
    days, actors = days_of(fresh), Counter(visit.network for visit in fresh)
    for visit in fresh:
        part = novelty(visit, lands) / sqrt(len(days[visit.actor])) / sqrt(actors[visit.network])
        yield from told(visit, part)


def is_fresh(visit: Visit, baseline: Window | None) -> bool:
    return baseline is None or visit.first_at >= baseline.end


def days_of(found: Sequence[Visit]) -> dict[str, set[date]]:
    """On which days each actor was somewhere new: who always moves is not odd for it."""
    days: dict[str, set[date]] = defaultdict(set)
    for visit in found:
        days[visit.actor].update(visit.seen_on)
    return days


def words_for(place: Place) -> str:
    """``AS14061 DigitalOcean in NL``, as far as it is known."""
    return " in ".join(part for part in (place.network, place.country) if part)


def novelty(visit: Visit, lands: Lands) -> float:
    """How much of the place is new; where one of the two is not known, the other decides."""
    here, before = lands[visit.network], [lands[name] for name in visit.before if name]
    is_known_network = here.asn is not None and here.asn in {place.asn for place in before}
    is_known_country = here.country != "" and here.country in {place.country for place in before}
    return NEW_ONE if is_known_network or is_known_country else NEW_BOTH


def told(visit: Visit, part: float) -> Iterator[Signal]:
    """The network speaks for the principals and keys that were there, and for the addresses in it."""
    seen = f"first at {visit.first_at:%Y-%m-%d %H:%M:%S} UTC"
    others = f"all others came from {some([*visit.before, *visit.after])}"
    counts = f"{visit.events:,} of the {visit.of_events:,} events of {visit.actor}"
    for kind, values in (("principal", visit.principals), ("access_key", visit.keys)):
        for value in values:
            start = "made its only calls" if value == visit.actor else f"called for {visit.actor} the only times"
            words = f"{start} from {visit.network}, {seen}: {counts}; {others}"
            yield Signal(Entity(kind, value), "strange_network", part, words, visit.examples)
    for address in visit.addresses:
        words = f"is in {visit.network}, the only calls of {visit.actor} from there, {seen}: {counts}; {others}"
        yield Signal(Entity("address", address), "strange_network", part, words, visit.examples, visit.actor)


def some(networks: Sequence[str]) -> str:
    named = [name or NOWHERE for name in networks]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return ", ".join(named[:NAMED]) + more


def asked_of(geography: Geography, survey: Survey) -> Iterator[Asked]:
    """Say which databases were asked, how many addresses each knew, and what could not be asked."""
    for one in geography.databases:
        damaged = survey.damaged[one.full_name]
        lost = counted(damaged, "address", "addresses")
        error = f"{lost} could not be looked up in it: it is damaged; {REMEDY}" if damaged else ""
        yield Asked(one.full_name, one.sha256, survey.known[one.full_name], error)
    for problem in geography.problems:
        yield Asked(problem.file, "", 0, problem.words)
