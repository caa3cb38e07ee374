"""CloudTrail Lake: moto has none; ours answers queries over what the trail delivered, as it was delivered.

A query is queued, then running, then finished: one step a look. Different from AWS: of a query's text only the times
are looked at, beside account and region of who asks, and nothing is ever charged, cancelled or forgotten.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.cloudtrail.responses import CloudTrailResponse

from simulation.overlays import Ground
from simulation.overlays.lookup_events import every_record

STEPS = ("QUEUED", "RUNNING", "FINISHED")
TIME = re.compile(r"'(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)'")
COLUMN = re.compile(r"SELECT eventJson AS (\w+) FROM (\S+)")
MOST = 1000
KEPT = 366  # days


@dataclass
class Query:
    """One query and how often it was looked at."""

    text: str
    id: str = field(default_factory=lambda: str(uuid4()))
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    looks: int = 0

    @property
    def status(self) -> str:
        return STEPS[min(self.looks, len(STEPS) - 1)]

    @property
    def store(self) -> str:
        found = COLUMN.search(self.text)
        return found[2] if found else ""


STORES: dict[str, dict[str, Any]] = {}  # by ARN
QUERIES: dict[str, Query] = {}


def lay(ground: Ground) -> None:
    del ground
    cloudtrail: Any = CloudTrailResponse
    for answer in (create_event_data_store, get_event_data_store, list_event_data_stores):
        setattr(cloudtrail, answer.__name__, answer)
    for answer in (start_query, list_queries, describe_query, get_query_results):
        setattr(cloudtrail, answer.__name__, answer)


def create_event_data_store(response: Any) -> str:
    arn = f"arn:aws:cloudtrail:{response.region}:{response.current_account}:eventdatastore/{uuid4()}"
    STORES[arn] = {"EventDataStoreArn": arn, "Name": response._get_param("Name"), "Status": "ENABLED"}
    STORES[arn]["RetentionPeriod"] = KEPT
    return json.dumps(STORES[arn])


def get_event_data_store(response: Any) -> str:
    return json.dumps(STORES[response._get_param("EventDataStore")])


def list_event_data_stores(response: Any) -> str:
    place = f":{response.region}:{response.current_account}:"
    return json.dumps({"EventDataStores": [store for arn, store in STORES.items() if place in arn]})


def start_query(response: Any) -> str:
    query = Query(response._get_param("QueryStatement"))
    QUERIES[query.id] = query
    return json.dumps({"QueryId": query.id})


def list_queries(response: Any) -> str:
    store = response._get_param("EventDataStore").rsplit("/", 1)[-1]
    found = [query for query in QUERIES.values() if query.store == store]
    rows = [{"QueryId": one.id, "QueryStatus": one.status, "CreationTime": one.begun.timestamp()} for one in found]
    return json.dumps({"Queries": rows[::-1]})


def describe_query(response: Any) -> str:
    query = QUERIES[response._get_param("QueryId")]
    answer: dict[str, Any] = {"QueryId": query.id, "QueryString": query.text, "QueryStatus": query.status}
    answer["QueryStatistics"] = {"CreationTime": query.begun.timestamp()}
    query.looks += 1
    return json.dumps(answer)


def get_query_results(response: Any) -> str:
    query = QUERIES[response._get_param("QueryId")]
    column = COLUMN.search(query.text)
    first, last = (moment.replace(" ", "T") + "Z" for moment in TIME.findall(query.text)[:2])
    records = every_record((response.current_account, response.region))
    found = [record for record in records if first <= record["eventTime"] < last]
    start = int(response._get_param("NextToken") or 0)
    name = column[1] if column else "eventJson"
    page = found[start : start + int(response._get_param("MaxQueryResults") or MOST)]
    answer: dict[str, Any] = {"QueryStatus": query.status}
    answer["QueryResultRows"] = [[{name: json.dumps(record)}] for record in page]
    if start + len(page) < len(found):
        answer["NextToken"] = str(start + len(page))
    return json.dumps(answer)
