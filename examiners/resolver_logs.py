"""Route 53 Resolver query logs: each DNS question of a VPC, as files in S3 and as events of a log group.

Fields: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from events.schemas.dns_queries import SOURCES, TEXTS
from examiners.base import Examined, Member, examiner
from examiners.envelopes import json_entries
from examiners.forms import Form, Item
from examiners.objects import key_pattern, keys_in, object_of
from examiners.records import Malformed
from examiners.request_lines import id_of, json_of
from examiners.times import iso

KEYS = tuple(map(key_pattern, ("query_timestamp", "query_name", "query_type")))
OWN = (*TEXTS, "srcport", "answers")


def looks_like_resolver_logs(head: bytes, name: str) -> int:
    """Score the keys that every record has; a file that AWS named is claimed even if its beginning is damaged."""
    if keys_in(head, KEYS) == len(KEYS):
        return 95
    return 60 if "_vpcdnsquerylogs_" in name else 0


def parse(item: Item) -> Mapping[str, Any]:
    """One record's columns."""
    record = object_of(item.data)
    if not isinstance(record.get("query_name"), str):
        raise Malformed("an object without query_name is not a record of a resolver")
    # From one port, the same question within one second is the same record, delivered to a bucket and to a group.
    row: dict[str, Any] = {"event_id": id_of(msgspec.json.encode(record, order="sorted"))}
    time = record.pop("query_timestamp", None)
    row["event_time"] = None if time is None else iso(time)
    row |= {name: record.pop(name) for name in OWN if record.get(name) not in (None, "")}
    row |= asked_by(record)
    return row | {"others": json_of({name: value for name, value in record.items() if value not in (None, "")})}


def asked_by(record: dict[str, Any]) -> dict[str, Any]:
    """The columns of who asked, taken out of ``srcids``; what else is there stays among the others."""
    sources = record.get("srcids")
    if not isinstance(sources, dict):
        return {}
    found = {column: sources.pop(name) for name, column in SOURCES.items() if name in sources}
    if not sources:
        del record["srcids"]
    return found


FORM = Form("dns_queries", json_entries, parse)


@examiner(
    "resolver_logs",
    title="Route 53 Resolver query logs",
    version=1,
    family="dns_queries",
    sniff=looks_like_resolver_logs,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """JSON Lines, arrays, and events of a log group.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
    """
    return FORM.examine(members)
