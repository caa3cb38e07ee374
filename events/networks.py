"""Who called from a network where it never was before; which network an address is in is the asker's to say.

``actor`` is who is compared with itself, as in ``events.signals``. Every answer comes in a fixed order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from events.engine import first_values
from events.reader import Reader
from events.signals import MOST, SOME, ask
from plugins import Window

MOST_ADDRESSES = 200_000


@dataclass(frozen=True, slots=True)
class Visit:
    """An actor in a network where it never was before and is in no more than a third of its hours.

    ``before`` and ``after`` are the other networks that it called from, by when it first did, the busiest first; the
    empty one is of addresses that are in none. ``seen_on`` are the days (at most 100).
    """

    actor: str
    network: str
    principals: list[str]
    keys: list[str]
    addresses: list[str]
    events: int
    of_events: int
    before: list[str]
    after: list[str]
    seen_on: list[date]
    first_at: datetime
    examples: list[dict[str, Any]]


def moving_addresses(reader: Reader, window: Window | None = None) -> list[str]:
    """The addresses of all actors that have more than one; of more than 200,000 those of actors with the fewest."""
    rows = ask(
        reader,
        f"""SELECT address FROM (SELECT DISTINCT actor, address FROM acted WHERE address IS NOT NULL)
        JOIN (SELECT actor, count(DISTINCT address) AS addresses FROM acted GROUP BY actor) USING (actor)
        WHERE addresses > 1 GROUP BY address ORDER BY min(addresses), address LIMIT {MOST_ADDRESSES}""",  # noqa: S608
        window,
    )
    return [row[0] for row in rows]


def visits(reader: Reader, networks: Mapping[str, str], window: Window | None = None) -> list[Visit]:
    """The visits by address -> network; an address that is not there is in none. At most 20,000, the oldest."""
    rows = ask(
        reader,
        f"""SELECT actor, network, principals, keys, addresses, events, of_events, others, seen_on, first_at, examples
        FROM (SELECT *, sum(events) OVER (PARTITION BY actor) AS of_events,
                min(first_at) OVER (PARTITION BY actor) AS since,
                list({{'network': network, 'events': events, 'first_at': first_at}}) OVER (PARTITION BY actor) AS others
            FROM (SELECT actor, coalesce(network, '') AS network, {first_values("principal", 20)} AS principals,
                {first_values("access_key", 20)} AS keys, {first_values("address", 20)} AS addresses,
                count(*) AS events, count(DISTINCT hour) AS hours, list(DISTINCT day ORDER BY day)[1:100] AS seen_on,
                min(event_time) AS first_at, min(place, {SOME}) AS examples
            FROM acted LEFT JOIN (SELECT unnest(?::VARCHAR[]) AS address, unnest(?::VARCHAR[]) AS network)
                USING (address)
            WHERE address IS NOT NULL GROUP BY actor, coalesce(network, '')))
        JOIN (SELECT actor, count(DISTINCT hour) AS of_hours FROM acted WHERE address IS NOT NULL GROUP BY actor)
            USING (actor)
        WHERE network <> '' AND first_at > since AND hours * 3 <= of_hours
        ORDER BY first_at, actor, network LIMIT {MOST}""",  # noqa: S608  names are ours, values are bound
        window,
        [list(networks), list(networks.values())],
    )
    return [visit_of(row) for row in rows]


def visit_of(row: Sequence[Any]) -> Visit:
    network, first_at = row[1], row[9]
    others = sorted(row[7], key=lambda one: (-one["events"], one["network"]))
    # Inside of nested values DuckDB gives times without their zone.
    since = {one["network"]: one["first_at"].replace(tzinfo=UTC) for one in others if one["network"] != network}
    before = [name for name, at in since.items() if at < first_at]
    after = [name for name in since if name not in before]
    return Visit(*[*row[:7], before, after, *row[8:]])
