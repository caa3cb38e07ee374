"""CloudFront standard logs: files that name their fields (legacy and v2), and JSON of v2 in S3 or in a log group.

Fields: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
Formats: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from examiners.base import Examined, Member, examiner
from examiners.envelopes import entries_of, first_lines, json_entries
from examiners.forms import Form, Item
from examiners.objects import key_pattern, keys_in, object_of
from examiners.records import Malformed
from examiners.request_lines import json_of, known
from examiners.sniffing import head
from examiners.times import iso, since_epoch

# The order of a legacy file that has lost its header.
LEGACY = (
    *("date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status"),
    *("cs(Referer)", "cs(User-Agent)", "cs-uri-query", "cs(Cookie)", "x-edge-result-type", "x-edge-request-id"),
    *("x-host-header", "cs-protocol", "cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher"),
    *("x-edge-response-result-type", "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port"),
    *("time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len", "sc-range-start"),
    "sc-range-end",
)
FIELDS, VERSION = "#Fields:", "#Version:"
RECORD = re.compile(r"\d{4}-\d\d-\d\d\t\d\d:\d\d:\d\d\t[A-Z]{3}[^\t]*\t")
KEYS = tuple(map(key_pattern, ("c-ip", "cs-method", "cs-uri-stem", "sc-status", "x-edge-location", "cs(User-Agent)")))
# A distribution's files: DISTRIBUTION.YYYY-MM-DD-HH.unique-ID.gz
DISTRIBUTION = re.compile(r"(?:^|/)(E[A-Z0-9]{6,})\.\d{4}-\d\d-\d\d-\d\d\.")
COLUMNS = {
    "DistributionId": "resource",
    "c-ip": "client_ip",
    "c-port": "client_port",
    "c-country": "country",
    "cs-method": "method",
    "cs-uri-stem": "path",
    "cs-uri-query": "query",
    "cs-protocol": "type",
    "cs-protocol-version": "http_version",
    "cs-bytes": "received_bytes",
    "sc-bytes": "sent_bytes",
    "sc-status": "status",
    "x-host-header": "host",
    "x-forwarded-for": "x_forwarded_for",
    "x-edge-location": "edge_location",
    "x-edge-result-type": "action",
    "x-edge-request-id": "request_id",
    "ssl-protocol": "tls_version",
    "ssl-cipher": "tls_cipher",
}
ENCODED = {"cs(User-Agent)": "user_agent", "cs(Referer)": "referer"}


@dataclass(frozen=True, slots=True)
class Layout:
    """The names of a line's fields, in their order, and the distribution that the file is of."""

    names: tuple[str, ...]
    distribution: str | None


def looks_like_cloudfront_logs(head: bytes, name: str) -> int:
    """Score a header that names CloudFront's fields, a record without one, or the keys of a JSON record."""
    lines = first_lines(head)
    if any(is_header(line) for line in lines[:2]):
        return 95
    if keys_in(head, KEYS) >= 3:
        return 95
    if any(RECORD.match(line) for line in lines[:2]):
        return 90
    return 50 if DISTRIBUTION.search(name) else 0


def is_header(line: str) -> bool:
    """Whether a line names fields of which at least half are CloudFront's."""
    names = line.removeprefix(FIELDS).split()
    return line.startswith(FIELDS) and 2 * sum(name in LEGACY for name in names) >= len(names)


def items(member: Member) -> Iterator[Item]:
    """The records, each with its layout; the lines that name version and fields are none."""
    is_json = head(member).lstrip()[:1] in (b"{", b"[")
    return laid_out(json_entries(member) if is_json else entries_of(member), distribution_of(member))


def laid_out(entries: Iterable[Item], distribution: str | None) -> Iterator[Item]:
    layout = Layout(LEGACY, distribution)
    for item in entries:
        if item.data.startswith(FIELDS.encode()):
            names = item.data.decode("utf-8", "replace").removeprefix(FIELDS).split()
            layout = Layout(tuple(names), distribution)
        elif item.problem or not item.data.startswith(VERSION.encode()):
            yield Item(item.row, item.data, layout, item.problem)


def distribution_of(member: Member) -> str | None:
    """As the collection noted it, else as AWS wrote it into the file's name."""
    if noted := member.notes.get("distribution"):
        return str(noted)
    named = DISTRIBUTION.search(member.file)
    return named[1] if named else None


def parse(item: Item) -> Mapping[str, Any]:
    """One record's columns; a field that CloudFront left out with a dash is null."""
    layout: Layout = item.context
    found = fields_of(item.data, layout.names)
    if not any(name in found for name in LEGACY):
        raise Malformed("it has none of the fields that CloudFront logs")
    row: dict[str, Any] = {"service": "cloudfront", "event_time": time_of(found), "resource": layout.distribution}
    row |= {column: found.pop(name) for name, column in COLUMNS.items() if name in found}
    row |= {column: decoded(str(found.pop(name))) for name, column in ENCODED.items() if name in found}
    # Without CloudFront's id nothing tells a record that came twice from two requests of one second.
    return row | {"event_id": row.get("request_id"), "others": json_of(found)}


def fields_of(data: bytes, names: tuple[str, ...]) -> dict[str, Any]:
    """The fields that are not dashes, by CloudFront's names. Raises Malformed."""
    if data.lstrip().startswith(b"{"):
        return {name: value for name, value in object_of(data).items() if value not in (None, "", "-")}
    parts = data.decode("utf-8", "replace").split("\t")
    if len(parts) != len(names):
        raise Malformed(f"{len(parts)} fields where the file names {len(names)}: {' '.join(names)[:200]}")
    return {name: part for name, part in zip(names, parts, strict=True) if known(part)}


def time_of(found: dict[str, Any]) -> Any:
    """When the request was answered: date and time, else the count of seconds of v2."""
    if "date" in found and "time" in found:
        return iso(f"{found.pop('date')}T{found.pop('time')}")
    if "timestamp(ms)" in found:
        return since_epoch(found.pop("timestamp(ms)"), per_second=1000)
    return since_epoch(found.pop("timestamp")) if "timestamp" in found else None


@lru_cache(maxsize=4096)
def decoded(value: str) -> str:
    """What the client sent; CloudFront encodes it once. User agents repeat, so each is decoded once."""
    return unquote(value, errors="replace")


FORM = Form("access_requests", items, parse)


@examiner(
    "cloudfront_logs",
    title="CloudFront access logs",
    version=1,
    family="access_requests",
    sniff=looks_like_cloudfront_logs,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Whatever fields a file names, or the legacy ones in their order where it names none.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
    """
    return FORM.examine(members)
