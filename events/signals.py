"""Questions that leads are made of: what stands out on a day, who came from an odd place, what nobody else did.

``actor`` is who is compared with itself: the role of a role session (its sessions come and go), else the principal.
AWS's own services are left out. Every answer comes in a fixed order, so that the same events give the same leads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from events.columns import column
from events.engine import first_values, literal
from events.questions import LONGEST, inside
from events.reader import Reader
from events.tactics import DAMAGE, FOOTHOLD, LOOKING, TAKING, named
from plugins import Window

MOST = 20_000  # rows of one answer
NAMES = 40  # names of calls in one row
SOME = 5  # examples in one row

KINDS = ("principal", "access_key", "address", "resource")
_ADDRESS = r"regexp_matches(coalesce(source_ip_address, ''), '^[0-9]{1,3}[.]|^[0-9a-fA-F]*:[0-9a-fA-F:.]*$')"
_NAMED = (
    *("bucketName", "userName", "roleName", "roleArn", "groupName", "functionName", "secretId", "trailName", "keyId"),
    *("instanceId", "snapshotId", "dBInstanceIdentifier", "imageId", "groupId", "policyArn", "name", "documentName"),
)
_SERVICE = "split_part(event_source, '.', 1)"
# The thing that a call was about: "service:name" or an ARN, as the request names it.
RESOURCE = (
    f"nullif(concat(CASE WHEN starts_with(thing, 'arn:') THEN '' ELSE {_SERVICE} || ':' END, thing), {_SERVICE} || ':')"
)
_THING = f"coalesce({', '.join(column(f'requestParameters.{name}') for name in _NAMED)})"
_PLACED = (
    "struct_pack(event_time := event_time, evidence := evidence, part := part, member := member, src_row := src_row, "
    "src_file := src_file, what := event_name)"
)
# AWS's own services call for themselves or for somebody: neither is a person at a key.
_CALLS = f"""SELECT *,
        coalesce(session_issuer_arn, principal) AS actor, CAST(event_time AS DATE) AS day,
        date_trunc('hour', event_time) AS hour,
        CASE WHEN {_ADDRESS} THEN source_ip_address END AS address, user_identity_access_key_id AS access_key,
        split_part(coalesce(user_agent, ''), '/', 1) AS agent, {_THING} AS thing,
        coalesce(error_code, '') <> '' AS failed, {_PLACED} AS place
    FROM logs WHERE event_time IS NOT NULL AND principal IS NOT NULL AND user_identity_invoked_by IS NULL
        AND coalesce(user_identity_type, '') <> 'AWSService' AND NOT ends_with(principal, '.amazonaws.com')
        AND coalesce(session_issuer_arn, '') NOT LIKE '%:role/aws-service-role/%'"""  # noqa: S608  names are ours


_LOOKS = (
    f"(({' OR '.join(f'event_name LIKE {literal(name)}' for name in LOOKING)}) AND NOT {named(TAKING)} "
    f"AND NOT {named(FOOTHOLD)})"
)
_REFUSED = "(error_code ILIKE '%denied%' OR error_code ILIKE '%unauthorized%')"


@dataclass(frozen=True, slots=True)
class Day:
    """What one entity did on one day that an intruder would do: distinct calls by purpose, with their times.

    ``looked`` and ``refused`` are names of calls; ``held`` are (name, time)
    of calls that worked and give a hold; ``took_at`` is the last that carried something away or damaged something.
    """

    entity: str
    actor: str
    day: date
    events: int
    refusals: int
    looked: list[str]
    refused: list[str]
    held: list[str]
    held_at: list[datetime]
    took: list[str]
    looked_at: datetime | None
    took_at: datetime | None
    holds: list[dict[str, Any]]
    refusals_seen: list[dict[str, Any]]
    looks: list[dict[str, Any]]
    takes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Stranger:
    """An actor at an address, or with an agent, that it hardly ever has: how much and how often, against its life.

    ``days`` is on how many days the actor had such a stranger: many mean that it always moves. ``actors`` is how many
    share the value.
    """

    actor: str
    value: str
    principals: list[str]
    keys: list[str]
    addresses: list[str]
    events: int
    of_events: int
    of_days: int
    days: int
    actors: int
    first_at: datetime
    examples: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Unique:
    """Calls that nobody but the actor made, and the actor on one day only."""

    entity: str
    actor: str
    names: list[str]
    calls: int
    first_at: datetime
    examples: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Total:
    """An entity in numbers; ``actors`` is how many have to do with it."""

    events: int
    refused: int
    first_at: datetime
    last_at: datetime
    actors: int


# Kind of entity -> its expression.
EXPRESSIONS = {"principal": "principal", "access_key": "access_key", "address": "address", "resource": RESOURCE}
_TOOK = f"({named((*TAKING, *DAMAGE))} AND NOT failed)"
_HELD = f"({named(FOOTHOLD)} AND NOT failed)"


def distinct(condition: str) -> str:
    return f"coalesce(list(DISTINCT event_name ORDER BY event_name) FILTER ({condition}), [])[1:{NAMES}]"


def span(reader: Reader, window: Window | None = None) -> tuple[datetime | None, datetime | None]:
    """When the first and the last call of people and roles were made."""
    first, last = ask(reader, "SELECT min(event_time), max(event_time) FROM acted", window)[0]
    return first, last


def days_of(reader: Reader, kind: str, window: Window | None = None) -> Iterator[Day]:
    """The days on which an entity looked around, was refused, or got a hold; the fullest 20,000."""
    entity = EXPRESSIONS[kind]
    rows = ask(
        reader,
        f"""SELECT {entity} AS entity, actor, day, count(*), count(*) FILTER ({_REFUSED}),
            {distinct(_LOOKS)} AS looked, {distinct(_REFUSED)} AS refused, {distinct(_HELD)} AS held,
            list(event_time ORDER BY event_time) FILTER ({_HELD})[1:200], {distinct(_TOOK)},
            min(event_time) FILTER ({_LOOKS}), max(event_time) FILTER ({_TOOK}),
            min(place, {SOME}) FILTER ({_HELD}), min(place, {SOME}) FILTER ({_REFUSED}),
            min(place, {SOME}) FILTER ({_LOOKS}), min(place, {SOME}) FILTER ({_TOOK})
        FROM acted WHERE {entity} IS NOT NULL GROUP BY {entity}, actor, day
        HAVING len(looked) >= 8 OR len(refused) >= 2 OR count(*) FILTER ({_REFUSED}) >= 15 OR len(held) >= 1
        ORDER BY len(looked) + len(refused) + len(held) DESC, entity, actor, day LIMIT {MOST}""",  # noqa: S608  names are ours
        window,
    )
    for row in rows:
        moments = [one.replace(tzinfo=UTC) for one in row[8] or []]
        yield Day(*[*row[:8], moments, *row[9:12], *(one or [] for one in row[12:])])


def strangers(reader: Reader, what: str, window: Window | None = None) -> list[Stranger]:
    """Actors at an ``address``, or with an ``agent``, that they have in no more than a third of their hours; nobody
    else may be at such an address much more, whoever appears at it."""
    rare = "AND actors <= 3 AND value_hours * 3 <= of_hours" if what == "address" else ""
    rows = ask(
        reader,
        f"""SELECT actor, value, principals, keys, addresses, events, of_events, of_days,
            len(list_distinct(flatten(list(seen_on) OVER (PARTITION BY actor)))) AS days, actors, first_at, examples
        FROM (SELECT *, count(*) OVER (PARTITION BY value) AS actors, sum(events) OVER (PARTITION BY actor) AS of_events
            FROM (SELECT actor, {what} AS value, {first_values("principal", 20)} AS principals,
                {first_values("access_key", 20)} AS keys,
                {first_values("address", 20)} AS addresses, count(*) AS events,
                count(DISTINCT hour) AS hours, list(DISTINCT day)[1:100] AS seen_on,
                min(event_time) AS first_at, min(place, {SOME}) AS examples
            FROM acted WHERE {what} IS NOT NULL GROUP BY actor, {what}))
        JOIN (SELECT actor, count(DISTINCT hour) AS of_hours, count(DISTINCT day) AS of_days FROM acted GROUP BY actor)
            USING (actor)
        JOIN (SELECT {what} AS value, count(DISTINCT hour) AS value_hours FROM acted GROUP BY {what}) USING (value)
        WHERE hours * 3 <= of_hours {rare}
        ORDER BY days, events DESC, actor, value LIMIT {MOST}""",  # noqa: S608  names are ours
        window,
    )
    return [Stranger(*row[:3], *(one or [] for one in row[3:5]), *row[5:]) for row in rows]


def newcomers(reader: Reader, since: datetime, window: Window | None = None) -> list[Stranger]:
    """Actors that appear only after ``since``, at addresses where nobody was before it and that at most three share."""
    rows = ask(
        reader,
        f"""SELECT actor, value, principals, keys, [value], events, events AS of_events, of_days,
            count(DISTINCT day) OVER () AS days, actors, first_at, examples
        FROM (SELECT actor, address AS value, {first_values("principal", 20)} AS principals,
                {first_values("access_key", 20)} AS keys, count(*) AS events,
                count(DISTINCT day) AS of_days, min(day) AS day, min(event_time) AS first_at,
                min(place, {SOME}) AS examples, count(*) OVER (PARTITION BY address) AS actors,
                min(min(event_time)) OVER (PARTITION BY address) AS place_since,
                min(min(event_time)) OVER (PARTITION BY actor) AS actor_since
            FROM acted WHERE address IS NOT NULL GROUP BY actor, address)
        WHERE actors <= 3 AND place_since > ? AND actor_since > ? ORDER BY first_at, actor, value LIMIT {MOST}""",  # noqa: S608
        window,
        [since.replace(tzinfo=None)] * 2,
    )
    return [Stranger(*row) for row in rows]


def known_places(reader: Reader, window: Window | None = None) -> set[str]:
    """Offices and gateways: three or more actors, on three or more days (or in six hours), on half of all days."""
    rows = ask(
        reader,
        """SELECT address FROM acted WHERE address IS NOT NULL GROUP BY address
        HAVING count(DISTINCT actor) >= 3 AND (count(DISTINCT day) >= 3 OR count(DISTINCT hour) >= 6)
            AND count(DISTINCT day) * 2 >= (SELECT count(DISTINCT day) FROM acted)""",
        window,
    )
    return {row[0] for row in rows}


def uniques(reader: Reader, kind: str, window: Window | None = None) -> list[Unique]:
    """Calls made by one actor on one day alone, by entity; the fullest 20,000."""
    entity = EXPRESSIONS[kind]
    rows = ask(
        reader,
        f"""SELECT {entity}, actor, {first_values("event_name", NAMES)} AS names,
            count(DISTINCT (event_source, event_name)) AS calls, min(event_time), min(place, {SOME})
        FROM acted JOIN (SELECT event_source, event_name FROM acted GROUP BY event_source, event_name
            HAVING count(DISTINCT actor) = 1 AND count(DISTINCT day) = 1) USING (event_source, event_name)
        WHERE {entity} IS NOT NULL GROUP BY {entity}, actor
        ORDER BY calls DESC, {entity}, actor LIMIT {MOST}""",  # noqa: S608
        window,
    )
    return [Unique(*row) for row in rows]


def totals(reader: Reader, kind: str, values: Sequence[str], window: Window | None = None) -> dict[str, Total]:
    """The entities in numbers."""
    if not values:
        return {}
    rows = ask(
        reader,
        f"""SELECT entity, count(*), count(*) FILTER ({_REFUSED}), min(event_time), max(event_time),
            count(DISTINCT actor)
        FROM (SELECT {EXPRESSIONS[kind]} AS entity, * FROM acted) WHERE entity IN (SELECT unnest(?::VARCHAR[]))
        GROUP BY entity ORDER BY entity""",  # noqa: S608  values are bound
        window,
        [list(values)],
    )
    return {row[0]: Total(*row[1:]) for row in rows}


@dataclass(frozen=True, slots=True)
class Touch:
    """What was done to a resource from an address, looking around left out."""

    address: str
    resource: str
    names: list[str]
    events: int
    first_at: datetime
    examples: list[dict[str, Any]]


def touched(reader: Reader, addresses: Sequence[str], window: Window | None = None) -> list[Touch]:
    """The resources that were changed, taken or damaged from these addresses."""
    if not addresses:
        return []
    rows = ask(
        reader,
        f"""SELECT address, resource, {first_values("event_name", NAMES)}, count(*),
            min(event_time), min(place, {SOME})
        FROM (SELECT {RESOURCE} AS resource, * FROM acted WHERE address IN (SELECT unnest(?::VARCHAR[])))
        WHERE resource IS NOT NULL AND NOT failed AND NOT {_LOOKS} GROUP BY address, resource
        ORDER BY count(*) DESC, address, resource LIMIT 1000""",  # noqa: S608  values are bound
        window,
        [list(addresses)],
    )
    return [Touch(*row) for row in rows]


def resources_at(reader: Reader, places: Sequence[str]) -> dict[str, str]:
    """What the calls at these places (exhibit/part/member/row) were about; without a name they are left out."""
    rows = ask(
        reader,
        f"""SELECT spot, {RESOURCE} AS resource FROM (SELECT concat_ws('/', evidence, part, member, src_row) AS spot, *
            FROM acted) WHERE spot IN (SELECT unnest(?::VARCHAR[])) AND resource IS NOT NULL ORDER BY spot""",  # noqa: S608
        None,
        [list(places)],
    )
    return {row[0]: row[1] for row in rows}


def ask(reader: Reader, sql: str, window: Window | None, more: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Put a question to the calls of people and roles (the table ``acted``)."""
    within, bound = inside(window)
    return reader.select(f"{acted(within)} {sql}", [*bound, *more], seconds=LONGEST)


def acted(within: str = "true") -> str:
    """The start of a question to the calls of people and roles: the table ``acted``."""
    return f"WITH acted AS NOT MATERIALIZED ({_CALLS} AND {within})"
