"""AWS WAF logs: each request that a web ACL judged, as files in S3 and as events of a log group.

Fields: https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
Examples: https://docs.aws.amazon.com/waf/latest/developerguide/logging-examples.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from examiners.base import Examined, Member, examiner
from examiners.envelopes import json_entries
from examiners.forms import Form, Item
from examiners.objects import key_pattern, keys_in, object_of
from examiners.records import Malformed
from examiners.request_lines import id_of, json_of
from examiners.times import since_epoch

KEYS = tuple(map(key_pattern, ("httpRequest", "action", "clientIp")))
COLUMNS = {
    "action": "action",
    "terminatingRuleId": "rule",
    "webaclId": "web_acl",
    "httpSourceId": "resource",
    "responseCodeSent": "status",
}
REQUEST = {
    "clientIp": "client_ip",
    "country": "country",
    "uri": "path",
    "args": "query",
    "httpVersion": "http_version",
    "httpMethod": "method",
    "requestId": "request_id",
    "scheme": "type",
    "host": "host",
}
HEADERS = {"user-agent": "user_agent", "referer": "referer", "x-forwarded-for": "x_forwarded_for", "host": "host"}


def looks_like_waf_logs(head: bytes, name: str) -> int:
    """Score the keys that every record has; a file that AWS named is claimed even if its beginning is damaged."""
    if keys_in(head, KEYS) == len(KEYS):
        return 95
    return 60 if "_waflogs_" in name else 0


def parse(item: Item) -> Mapping[str, Any]:
    """One record's columns; the headers stay whole among the others."""
    record = object_of(item.data)
    request = record.get("httpRequest")
    if not isinstance(request, dict):
        raise Malformed("an object without httpRequest is not a record of AWS WAF")
    # The same record in a bucket and in a group is one event, however its keys are ordered.
    row: dict[str, Any] = {"service": "waf", "event_id": id_of(msgspec.json.encode(record, order="sorted"))}
    time = record.pop("timestamp", None)
    row["event_time"] = None if time is None else since_epoch(time, per_second=1000)
    row |= {column: record.pop(name) for name, column in COLUMNS.items() if name in record}
    row |= place_of(str(row.get("web_acl") or ""))
    row |= headers_in(request.get("headers"))
    row |= {column: request.pop(name) for name, column in REQUEST.items() if request.get(name) not in (None, "")}
    return row | {"others": json_of({name: value for name, value in record.items() if value not in (None, [], {})})}


def place_of(arn: str) -> dict[str, str]:
    """Account and region of a web ACL; those of WAF Classic are no ARNs."""
    parts = arn.split(":")
    return {"region": parts[3], "account_id": parts[4]} if len(parts) > 4 else {}


def headers_in(headers: Any) -> dict[str, Any]:
    """The headers that have columns; of a repeated one, the first."""
    listed = [one for one in headers if isinstance(one, dict)] if isinstance(headers, list) else []
    given = {str(one.get("name")).lower(): one.get("value") for one in reversed(listed)}
    return {column: given[name] for name, column in HEADERS.items() if name in given}


FORM = Form("access_requests", json_entries, parse)


@examiner(
    "waf_logs", title="AWS WAF logs", version=1, family="access_requests", sniff=looks_like_waf_logs, raw=FORM.raw
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """JSON Lines, arrays, and events of a log group.

    https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
    """
    return FORM.examine(members)
