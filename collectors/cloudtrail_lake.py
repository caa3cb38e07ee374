"""CloudTrail Lake: the events of the window out of an event data store, by a query that runs in AWS.

Queries: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartQuery.html
SQL: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-limitations.html
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, BinaryIO

from collectors.answers import REFUSALS, code_of, gap_of, is_throttled, streamed
from collectors.base import Artifact, Scope, source
from collectors.pace import seconds_until_next_look
from collectors.slices import out_of_retention
from plugins import Gap, GapKind, NotReady

BUSY = timedelta(minutes=2)  # a store with too many queries is looked at as seldom as one that works so long
RUNNING = ("QUEUED", "RUNNING")
ENDED = {"TIMED_OUT": GapKind.TIMED_OUT, "CANCELLED": GapKind.INTERRUPTED}
WORDS = "CloudTrail Lake: the event as Lake holds it; no digest protects it"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Wait:
    """What AWS is still busy with, and since when."""

    on: str
    since: datetime


@source(
    "cloudtrail_lake",
    title="CloudTrail Lake",
    permissions=(
        "cloudtrail:ListEventDataStores",
        "cloudtrail:GetEventDataStore",
        "cloudtrail:ListQueries",
        "cloudtrail:DescribeQuery",
        "cloudtrail:StartQuery",
        "cloudtrail:GetQueryResults",
    ),
    acts=True,
    resources="event data stores, by name, id or ARN",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the scope's events of each store as JSON Lines; one query a store, which AWS charges by what it reads.

    A query carries the run's label as its column's name, so that a repeat finds it and starts no other. Raises NotReady
    while one is running. A store that is not there, stopped, or keeps less than the window is a gap.
    """
    lake, subject = aws.client("cloudtrail"), f"event data stores of {scope.account} in {scope.region}"
    try:
        stores = list(pages(lake.list_event_data_stores, "EventDataStores"))
    except REFUSALS as problem:
        yield gap_of(problem, subject)
        return
    if not stores:
        yield Gap(GapKind.NOT_ENABLED, subject, "there is none; CloudTrail Lake is not in use here")
        return
    waits: list[Wait] = []
    for name in scope.resources:
        store = next((one["EventDataStoreArn"] for one in stores if is_meant(name, one)), None)
        if store is None:
            yield Gap(GapKind.NOT_FOUND, f"event data store {name}", f"there is none of this name among the {subject}")
        else:
            yield from asked(lake, scope, store, waits)
    if waits:
        seconds = seconds_until_next_look(min(wait.since for wait in waits))
        raise NotReady(seconds, f"AWS is still busy with {', '.join(wait.on for wait in waits)}")


def pages(call: Callable[..., Any], key: str, **given: Any) -> Iterator[Any]:
    """Every item of an answer that goes on behind a token."""
    token: dict[str, str] = {}
    while True:
        page = call(**given, **token)
        yield from page[key]
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def is_meant(name: str, store: dict[str, Any]) -> bool:
    return name in (store.get("Name"), store["EventDataStoreArn"], id_of(store["EventDataStoreArn"]))


def id_of(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def asked(lake: Any, scope: Scope, store: str, waits: list[Wait]) -> Iterator[Artifact | Gap]:
    """What one store gives; its query joins ``waits`` while AWS has not come to its end."""
    subject = f"event data store {store}"
    try:
        yield from limits(lake, scope, store, subject)
        query = query_of(lake, store, statement(scope, store))
    except REFUSALS as problem:
        if is_throttled(problem) or code_of(problem) == "MaxConcurrentQueriesException":
            waits.append(Wait(f"{subject} ({problem})", datetime.now(UTC) - BUSY))
        else:
            yield gap_of(problem, subject)
        return
    if query["QueryStatus"] in RUNNING:
        begun = query.get("QueryStatistics", {}).get("CreationTime", datetime.now(UTC))
        waits.append(Wait(f"query {query['QueryId']}", begun))
    elif query["QueryStatus"] == "FINISHED":
        yield results(lake, scope, store, query)
    else:
        kind = ENDED.get(query["QueryStatus"], GapKind.UNREADABLE)
        yield Gap(
            kind, f"query of {subject}", f"{query['QueryStatus']}: {query.get('ErrorMessage', 'no reason given')}"
        )


def limits(lake: Any, scope: Scope, arn: str, subject: str) -> Iterator[Gap]:
    """Why the store may hold less than there was."""
    store = lake.get_event_data_store(EventDataStore=arn)
    if store["Status"] != "ENABLED":
        yield Gap(GapKind.NOT_ENABLED, subject, f"it takes in no events now: {store['Status']}")
    if "RetentionPeriod" in store:
        yield from out_of_retention(scope, subject, timedelta(days=store["RetentionPeriod"]))


def statement(scope: Scope, store: str) -> str:
    """The question; its column is named after the run, since Lake has no other mark for a query."""
    mark = re.sub(r"\W", "_", f"run_{scope.label}", flags=re.ASCII)
    end = scope.end if scope.end.microsecond == 0 else scope.end + SECOND
    return (
        f"SELECT eventJson AS {mark} FROM {id_of(store)} "  # noqa: S608 - no part of it is anybody's free text
        f"WHERE eventTime >= '{as_time(scope.start)}' AND eventTime < '{as_time(end)}' "
        f"AND awsRegion = '{scope.region}' AND recipientAccountId = '{scope.account}'"
    )


def as_time(moment: datetime) -> str:
    """A time as Lake's SQL takes it, in whole seconds like every event's."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def query_of(lake: Any, store: str, text: str) -> dict[str, Any]:
    """The query with this text as AWS sees it now; it is started if there is none yet."""
    for query in pages(lake.list_queries, "Queries", EventDataStore=store):
        found: dict[str, Any] = lake.describe_query(QueryId=query["QueryId"])
        if found.get("QueryString") == text:
            return found
    started = lake.start_query(QueryStatement=text)["QueryId"]
    begun: dict[str, Any] = lake.describe_query(QueryId=started)
    return begun


def results(lake: Any, scope: Scope, store: str, query: dict[str, Any]) -> Artifact:
    """All rows of a finished query, asked for as they are read."""
    piece = f"{scope.start:%Y%m%dT%H%M%SZ}-{scope.end:%Y%m%dT%H%M%SZ}"
    name = f"{scope.account}_CloudTrailLake_{scope.region}_{id_of(store)}_{piece}.jsonl"
    notes = {"query": query["QueryId"], "statement": query["QueryString"], "integrity": WORDS}
    return Artifact(name, f"{store}/{scope.region}/{piece}", partial(opened, lake, query["QueryId"]), notes=notes)


def opened(lake: Any, query: str) -> BinaryIO:
    rows = pages(lake.get_query_results, "QueryResultRows", QueryId=query, MaxQueryResults=1000)
    return streamed(line_of(row) for row in rows)


def line_of(row: list[dict[str, str]]) -> bytes:
    """The row's one cell, the event as JSON, on one line: a line break in JSON is never part of a value."""
    (text,) = row[0].values()
    return text.replace("\r", " ").replace("\n", " ").encode("utf-8", "surrogatepass") + b"\n"
