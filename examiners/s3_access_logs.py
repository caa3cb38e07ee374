"""S3 server access logs: one line for each request to a bucket, and for what a lifecycle does there.

Fields: https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.envelopes import entries_of, first_lines
from examiners.forms import Form, Item
from examiners.records import Malformed
from examiners.request_lines import asked, id_of, json_of
from examiners.times import common

# Up to the operation: what no other log has.
BEGINS = re.compile(
    r"\S+ \S+ \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] \S+ \S+ \S+ "
    r"(?:REST|SOAP|WEBSITE|BATCH|S3)\.[A-Z0-9_.]+ "
)
# AWS: what the client sent may hold quotes that are not escaped. A request line holds no spaces that the client chose,
# so it ends where status and numbers follow for the first time.
FRONT = re.compile(
    r"(?P<bucket_owner>\S+) (?P<bucket>\S+) \[(?P<time>[^\]]*)\] (?P<remote_ip>\S+) (?P<requester>\S+) "
    r"(?P<request_id>\S+) (?P<operation>\S+) (?P<key>\S+) "
    r'(?:"(?P<request_uri>.*?)"|-) (?P<http_status>\d+|-) (?P<error_code>\S+) (?P<bytes_sent>\d+|-) '
    r"(?P<object_size>\d+|-) (?P<total_time>\d+|-) (?P<turn_around_time>\d+|-) ",
    re.DOTALL,
)
# No field behind the user agent has quotes, so that one ends with the line's last. Where it meets the referer a client
# can make believe, but both are the client's to choose.
AGENTS = re.compile(r'(?:"(?P<referer>.*?)"|-) "(?P<user_agent>.*)"', re.DOTALL)
NO_AGENT = re.compile(r'(?:"(?P<referer>.*)"|-) -', re.DOTALL)
# What follows the user agent; AWS adds fields at the end.
MORE = (
    *("version_id", "host_id", "signature_version", "cipher_suite", "authentication_type", "host_header"),
    *("tls_version", "access_point_arn", "acl_required", "source_region"),
)
FIRST_UNNAMED = 28
UNLIKE = "the fields are not those of an S3 access log, in their order"
COLUMNS = {
    "bucket": "bucket",
    "remote_ip": "client_ip",
    "requester": "requester",
    "request_id": "request_id",
    "operation": "action",
    "key": "key",
    "http_status": "status",
    "error_code": "error_code",
    "bytes_sent": "sent_bytes",
    "object_size": "object_size",
    "referer": "referer",
    "user_agent": "user_agent",
    "version_id": "version_id",
    "cipher_suite": "tls_cipher",
    "tls_version": "tls_version",
}


def looks_like_s3_access_logs(head: bytes, name: str) -> int:
    """Score how the first record begins."""
    del name  # AWS names these files by their time alone
    return 95 if any(BEGINS.match(line) for line in first_lines(head)[:1]) else 0


def parse(item: Item) -> Mapping[str, Any]:
    """One record's columns."""
    line = item.data.decode("utf-8", "replace").strip(" ")
    found = fields_of(line)
    row: dict[str, Any] = {"service": "s3", "event_time": common(found.pop("time", "")), "event_id": id_of(line)}
    row |= asked(found.pop("request_uri", None))
    row |= {column: found.pop(name) for name, column in COLUMNS.items() if name in found}
    row |= {"resource": row.get("bucket"), "host": found.pop("host_header", row.get("host"))}
    return row | {"others": json_of(found)}


def fields_of(line: str) -> dict[str, str]:
    """The fields that are not dashes, in three steps, each of which reads on from where the one before it ended.

    One pattern for all would take a forged line's length to the third power. Raises Malformed.
    """
    front = FRONT.match(line)
    if front is None:
        raise Malformed(UNLIKE)
    agents = AGENTS.fullmatch(line, front.end(), line.rfind('"') + 1) or NO_AGENT.match(line, front.end())
    more = line[agents.end() :] if agents else ""
    if agents is None or (more and not more.startswith(" ")):
        raise Malformed(UNLIKE)
    found = front.groupdict() | agents.groupdict()
    return {name: value for name, value in found.items() if value not in (None, "-", "")} | named(more)


def named(more: str) -> dict[str, str]:
    """The fields behind the user agent that are not dashes."""
    parts = [part for part in more.split(" ") if part]
    unknown = (f"field_{number}" for number in range(FIRST_UNNAMED, FIRST_UNNAMED + len(parts)))
    return {name: part for name, part in zip((*MORE, *unknown), parts, strict=False) if part != "-"}


FORM = Form("access_requests", entries_of, parse)


@examiner(
    "s3_access_logs",
    title="S3 server access logs",
    version=1,
    family="access_requests",
    sniff=looks_like_s3_access_logs,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Every operation, with the fields that AWS has added over the years or without.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
    """
    return FORM.examine(members)
