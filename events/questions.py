"""Questions that analyzers ask besides rules: who did what, which keys were issued, what each key did.

Rows leave out copies; every answer comes in a fixed order, so that the same events give the same findings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.columns import column
from events.reader import Reader
from plugins import Window

LONGEST = 300.0  # seconds; the reader's own limit is meant for pages
MOST_PRINCIPALS = 500
MOST_ISSUES = 100_000
SOME_EVENTS = 10

_FAILED = "coalesce(error_code, '') <> ''"
_PLACE = "event_time, evidence, part, member, src_row"
_EXAMPLES = (
    "min(struct_pack(event_time := event_time, evidence := evidence, part := part, member := member, "
    f"src_row := src_row, src_file := src_file, what := event_name), {SOME_EVENTS})"
)
_DONE = f"""count(*) AS events, count(*) FILTER ({_FAILED}), min(event_time), max(event_time), histogram(event_name),
    histogram(source_ip_address), {_EXAMPLES}"""
ISSUED_KEY = (
    f"coalesce({column('responseElements.credentials.accessKeyId')}, "
    f"{column('responseElements.accessKey.accessKeyId')})"
)
_BECAME = (
    f"coalesce({column('requestParameters.roleArn')}, {column('responseElements.assumedRoleUser.arn')}, "
    f"{column('responseElements.federatedUser.arn')}, {column('responseElements.accessKey.userName')}, principal)"
)
_ISSUES = """((event_source = 'sts.amazonaws.com' AND event_name IN ('AssumeRole', 'AssumeRoleWithSAML',
        'AssumeRoleWithWebIdentity', 'GetFederationToken', 'GetSessionToken'))
    OR (event_source = 'iam.amazonaws.com' AND event_name = 'CreateAccessKey'))
    AND coalesce(user_identity_type, '') <> 'AWSService' AND user_identity_invoked_by IS NULL"""


@dataclass(frozen=True, slots=True)
class Deeds:
    """What some identity did: counts, times, event names and addresses with their counts, its first events."""

    who: str
    events: int
    refused: int
    first_at: datetime | None
    last_at: datetime | None
    names: dict[str, int]
    addresses: dict[str, int]
    examples: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Profile:
    """A principal's deeds, and what else it can be told by; ``principals`` is how many there are in all."""

    deeds: Deeds
    changes: int
    services: dict[str, int]
    agents: dict[str, int]
    regions: dict[str, int]
    keys: dict[str, int]
    kind: str
    principals: int


@dataclass(frozen=True, slots=True)
class Issue:
    """A key that was given out: when, how, to whom (their key and name, from where), as what, and the new key."""

    at: datetime | None
    how: str
    caller_key: str
    caller: str
    address: str
    became: str
    session: str
    key: str
    example: dict[str, Any]


def profiles(reader: Reader, window: Window | None = None) -> Iterator[Profile]:
    """What each principal did: people and roles first, then AWS's own services, the busiest first."""
    within, bound = inside(window)
    rows = reader.select(
        f"""SELECT * FROM (SELECT coalesce(principal, '') AS name, {_DONE},
                count(*) FILTER (read_only = false), histogram(event_source), histogram(user_agent),
                histogram(aws_region), histogram(user_identity_access_key_id),
                coalesce(min(user_identity_type), '') AS kind, count(*) OVER ()
            FROM logs WHERE {within} GROUP BY ALL)
        ORDER BY kind = 'AWSService' OR ends_with(name, '.amazonaws.com'), events DESC, name
        LIMIT {MOST_PRINCIPALS}""",  # noqa: S608  times are bound
        bound,
        seconds=LONGEST,
    )
    for row in rows:
        services, agents, regions, keys = map(counts, row[9:13])
        yield Profile(deeds_of(row[:8]), row[8], services, agents, regions, keys, row[13], row[14])


def issues(
    reader: Reader,
    window: Window | None = None,
    *,
    only: tuple[str, Sequence[Any]] = ("true", ()),
    most: int = MOST_ISSUES + 1,
) -> list[Issue]:
    """The keys given out to people and roles, in order of time; at most 100,000 and one more that tells of the rest.

    ``only`` is a condition of ours with the values bound in it.
    """
    within, bound = inside(window)
    rows = reader.select(
        f"""SELECT event_time, event_name, coalesce(user_identity_access_key_id, ''), coalesce(principal, ''),
            coalesce(source_ip_address, ''), {_BECAME}, coalesce({column("requestParameters.roleSessionName")}, ''),
            {ISSUED_KEY} AS issued, struct_pack(event_time := event_time, evidence := evidence, part := part,
            member := member, src_row := src_row, src_file := src_file, what := event_name)
        FROM logs WHERE {_ISSUES} AND {within} AND {ISSUED_KEY} IS NOT NULL AND {only[0]}
        ORDER BY {_PLACE} LIMIT {most}""",  # noqa: S608  values are bound
        [*bound, *only[1]],
        seconds=LONGEST,
    )
    return [Issue(*row) for row in rows]


def deeds_by_key(reader: Reader, window: Window | None = None) -> dict[str, Deeds]:
    """What was done with each of the keys that were given out."""
    within, bound = inside(window)
    rows = reader.select(
        f"""SELECT user_identity_access_key_id, {_DONE} FROM logs WHERE {within} AND user_identity_access_key_id IN
            (SELECT {ISSUED_KEY} FROM logs WHERE {_ISSUES}) GROUP BY ALL ORDER BY 1""",  # noqa: S608  times are bound
        bound,
        seconds=LONGEST,
    )
    return {row[0]: deeds_of(row) for row in rows}


def inside(window: Window | None) -> tuple[str, list[datetime]]:
    if window is None:
        return "true", []
    return "event_time >= ? AND event_time < ?", [window.start.replace(tzinfo=None), window.end.replace(tzinfo=None)]


def deeds_of(row: Sequence[Any]) -> Deeds:
    who, events, refused, first_at, last_at, names, addresses, examples = row
    return Deeds(who, events, refused, first_at, last_at, counts(names), counts(addresses), examples)


def counts(histogram: dict[str, int] | None) -> dict[str, int]:
    """The most frequent first, the alphabet deciding between equals."""
    return dict(sorted((histogram or {}).items(), key=lambda pair: (-pair[1], pair[0])))
