"""What speaks for looking at somebody first: each signal is a part of the way to certainty, and a sentence.

The parts are ours, set by hand so that one alone decides nothing; docs/leads.md lists them with the reasons.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from events.signals import Day, Stranger, Unique
from plugins import Entity

LOOKED, REFUSED, STORM = 8, 2, 15  # different calls in a day; refusals in a day
NAMED = 4  # calls that a sentence names
ADDRESS, NEWCOMER, AGENT = 0.3, 0.25, 0.12
SEQUENCE = 0.35
# RFC 1918: inside a network, new machines are nothing odd.
PRIVATE = re.compile(r"10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.")
DEEDS = frozenset({"discovery", "refused", "error_storm", "foothold", "sequence", "unique_calls"})


Habit = tuple[str, str]  # address (or nothing), actor


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason: ``part`` is between 0 and 1, ``words`` go on after the entity's name, ``examples`` are its events.

    ``by`` is the actor whose doing it was: an address is no more suspicious than the worst of those who come from it.
    """

    entity: Entity
    name: str
    part: float
    words: str
    examples: Sequence[dict[str, Any]] = ()
    by: str = ""


def days_signals(kind: str, days: Sequence[Day]) -> Iterator[Signal]:
    """What an entity did on its fullest day, each deed counting less the more days it is a habit."""
    for question in (looked, refused, stormed, held, in_sequence):
        told = [(day, answer) for day in days if (answer := question(day))]
        habits = counted((habit_of(kind, day), day.day) for day, _ in told)
        for day, (name, part, words, examples) in told:
            times = habits[habit_of(kind, day)]
            often = f" (it does so on {times} days)" if times > 1 else ""
            yield Signal(Entity(kind, day.entity), name, part / sqrt(times), words + often, examples, day.actor)


def habit_of(kind: str, day: Day) -> Habit:
    """As whom somebody is compared with itself: sessions and keys of a role come and go."""
    return (day.entity if kind == "address" else "", day.actor)


def counted(pairs: Iterable[tuple[Habit, object]]) -> dict[Habit, int]:
    """How many different second values each first one has."""
    seen: dict[Habit, set[object]] = defaultdict(set)
    for first, second in pairs:
        seen[first].add(second)
    return {first: len(seconds) for first, seconds in seen.items()}


Answer = tuple[str, float, str, Sequence[dict[str, Any]]]
Question = Callable[[Day], Answer | None]


def looked(day: Day) -> Answer | None:
    if len(day.looked) < LOOKED:
        return None
    words = f"looked around with {len(day.looked)} different calls on {day.day}"
    return "discovery", min(0.02 * (len(day.looked) - LOOKED + 1), 0.25), words, day.looks


def refused(day: Day) -> Answer | None:
    if len(day.refused) < REFUSED:
        return None
    words = f"was refused {day.refusals} of its {day.events} calls on {day.day} ({some(day.refused)})"
    return "refused", min(0.06 * (len(day.refused) - 1), 0.3), words, day.refusals_seen


def stormed(day: Day) -> Answer | None:
    """One call tried again and again: different calls are the business of ``refused``."""
    if day.refusals < STORM or day.refusals * 2 < day.events:
        return None
    return "error_storm", 0.12, f"was refused {day.refusals} times on {day.day}", day.refusals_seen


def held(day: Day) -> Answer | None:
    if not day.held:
        return None
    words = f"made changes that give a hold on {day.day} ({some(day.held)})"
    return "foothold", min(0.06 * len(day.held), 0.3), words, day.holds


def in_sequence(day: Day) -> Answer | None:
    """Looking around, then getting a hold, then taking or damaging, in this order on one day."""
    start, end = day.looked_at, day.took_at
    if len(day.looked) < 3 or start is None or end is None or not any(start < at < end for at in day.held_at):
        return None
    words = f"looked around, then got a hold ({some(day.held)}), then took or damaged ({some(day.took)}) on {day.day}"
    return "sequence", SEQUENCE, words, [*day.looks[:1], *day.holds[:2], *day.takes[:2]]


def some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def address_signals(stranger: Stranger) -> Iterator[Signal]:
    """An actor came from where it never is: that speaks for the address, the principals and the keys."""
    part = ADDRESS / sqrt(stranger.days)
    alone = {1: "nobody else", 2: "only one other"}.get(stranger.actors, f"only {stranger.actors - 1} others")
    seen = f"{stranger.first_at:%Y-%m-%d %H:%M:%S} UTC"
    words = f"first seen at {seen}, an address that {alone} used: {share(stranger, stranger.actor)}"
    yield Signal(Entity("address", stranger.value), "strange_address", part, words, stranger.examples, stranger.actor)
    start = f"came from {stranger.value}, which {alone} used, first at {seen}"
    yield from behind(stranger, "strange_address", part, start)


def newcomer_signals(stranger: Stranger) -> Iterator[Signal]:
    """Somebody unknown came from a place unknown: there is no life to compare with, and that is odd by itself."""
    part = NEWCOMER / sqrt(stranger.days) * (0.5 if PRIVATE.match(stranger.value) else 1)
    seen = f"{stranger.first_at:%Y-%m-%d %H:%M:%S} UTC"
    words = f"first seen at {seen}, with {stranger.actor}, who was not seen before either"
    yield Signal(Entity("address", stranger.value), "newcomer", part, words, stranger.examples, stranger.actor)
    for kind, value in callers(stranger):
        words = f"first seen at {seen}, from {stranger.value}, where nobody was before"
        yield Signal(Entity(kind, value), "newcomer", part, words, stranger.examples, stranger.actor)


def agent_signals(stranger: Stranger) -> Iterator[Signal]:
    """An actor used a tool that it hardly ever has in hand."""
    part = AGENT / sqrt(stranger.days)
    words = f"used {stranger.value or '(no user agent)'}, which it hardly ever does"
    yield from behind(stranger, "strange_agent", part, words)
    for address in stranger.addresses:
        words = f"saw {stranger.actor} with {stranger.value or '(no user agent)'}, which it hardly ever uses"
        yield Signal(Entity("address", address), "strange_agent", part, words, stranger.examples, stranger.actor)


def share(stranger: Stranger, name: str) -> str:
    events = f"{stranger.of_events:,} event{'' if stranger.of_events == 1 else 's'}"
    whose = f"its {events}" if name == "" else f"the {events} of {name}"
    return f"{stranger.events:,} of {whose}"


def behind(stranger: Stranger, name: str, part: float, start: str) -> Iterator[Signal]:
    for kind, value in callers(stranger):
        words = f"{start}: {share(stranger, '' if value == stranger.actor else stranger.actor)}"
        yield Signal(Entity(kind, value), name, part, words, stranger.examples, stranger.actor)


def callers(stranger: Stranger) -> list[tuple[str, str]]:
    """The (kind, value) of the principals and keys that were there."""
    principals, keys = (
        (("principal", one) for one in stranger.principals),
        (("access_key", one) for one in stranger.keys),
    )
    return [*principals, *keys]


def called(number: int) -> str:
    return f"{number} calls that nobody else makes and that were"


def unique_signals(kind: str, found: Sequence[Unique]) -> Iterator[Signal]:
    for one in found:
        calls = "a call that nobody else makes and that was" if one.calls == 1 else called(one.calls)
        words = f"made {calls} made on one day only ({some(one.names)})"
        yield Signal(
            Entity(kind, one.entity), "unique_calls", min(0.03 * one.calls, 0.25), words, one.examples, one.actor
        )
