"""The frame around every rule: one query that goes from ``logs`` to one row per entity with its examples."""

from datetime import datetime

from events import column, first_values
from plugins import Window

ENTITIES = 200
EXAMPLES = 100
MATCHED = 1_000  # callers of one rule's events; more say that the rule fits everybody
SOME = 20

# Whom an event speaks of; a role's sessions come and go, so they are one actor.
CALLER = """coalesce(session_issuer_arn, principal) AS actor, user_identity_access_key_id AS access_key,
    source_ip_address AS address"""
_NAME = column("eventName")
_ERROR = column("errorCode")
EVENT = f"""evidence, part, member, src_file, src_row, event_time, principal, {_NAME} AS event_name,
    concat_ws(' ', {_NAME}, 'failed: ' || {_ERROR}) AS what, {CALLER}"""
DATED = "event_time IS NOT NULL"
PLACED = """struct_pack(event_time := event_time, evidence := evidence, part := part, member := member,
        src_row := src_row, src_file := src_file, what := what)"""


def events_sql(predicate: str) -> str:
    """Write the query that takes ``seen`` to ``chosen`` for a rule about single events: they are the principal's."""
    return f"chosen AS (SELECT {EVENT}, principal AS entity FROM seen WHERE {predicate})"  # noqa: S608  values are quoted


def callers_of(sql: str, window: Window | None) -> tuple[str, list[datetime]]:
    """Complete a rule's SQL to one row per caller and day.

    Rows are (principal, actor, access key, address, day, events, first, examples <= 20), the busiest 1,000.
    """
    seen, times = seen_sql(window)
    statement = f"""WITH {seen},
{sql}
SELECT principal, actor, access_key, address, CAST(event_time AS DATE) AS day, count(*) AS events,
    min(event_time) AS first_at, min({PLACED}, {SOME})
FROM chosen WHERE principal IS NOT NULL AND event_time IS NOT NULL
GROUP BY principal, actor, access_key, address, day
ORDER BY events DESC, principal, access_key, address, day LIMIT {MATCHED}"""  # noqa: S608  times are bound
    return statement, times


def enough_query(enough: str, window: Window | None) -> tuple[str, list[datetime]]:
    """Complete a rule's ``enough``: statement and parameters; a row says that the rule is worth asking."""
    seen, times = seen_sql(window)
    return f"WITH {seen},\n{enough}\nSELECT 1 FROM enough LIMIT 1", times


def seen_sql(window: Window | None) -> tuple[str, list[datetime]]:
    """Write the query that gives ``seen``, the events within the window, and the times to bind."""
    within = " WHERE event_time >= ? AND event_time < ?" if window else ""
    times = [moment.replace(tzinfo=None) for moment in (window.start, window.end)] if window else []
    return f"seen AS NOT MATERIALIZED (SELECT * FROM logs{within})", times  # noqa: S608  times are bound


def query_of(sql: str, window: Window | None) -> tuple[str, list[datetime]]:
    """Complete a rule's SQL: statement and parameters.

    Rows are (entity, events, first, last, principals <= 5, event names <= 20, examples <= 100 in order of time,
    number of entities, events of all entities), the busiest 200 entities first; the last two tell what was left out.
    """
    seen, times = seen_sql(window)
    statement = f"""WITH {seen},
{sql},
told AS (SELECT coalesce(entity, '') AS entity, count(*) AS events,
    min(event_time) AS first_at, max(event_time) AS last_at,
    {first_values("principal", 5)} AS principals,
    {first_values("event_name", 20)} AS names,
    min({PLACED}, {EXAMPLES}) AS examples
    FROM chosen GROUP BY ALL)
SELECT *, count(*) OVER () AS entities, sum(events) OVER () AS total FROM told
ORDER BY events DESC, entity LIMIT {ENTITIES}"""  # noqa: S608  times are bound
    return statement, times
