"""VPC flow logs, in the default format and in custom ones, as files in S3 and as events of a log group.

Fields: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
Files: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from events.schemas.network_flows import NUMBERS, TEXTS
from examiners.base import Examined, Member, examiner
from examiners.envelopes import entries_of, first_lines
from examiners.forms import Form, Item, with_context
from examiners.records import Malformed
from examiners.tables import text
from examiners.times import since_epoch

DEFAULT = (
    *("version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol"),
    *("packets", "bytes", "start", "end", "action", "log-status"),
)
KNOWN = {name.replace("_", "-"): name for name in (*TEXTS, *NUMBERS)}
# A header names fields, in lower case, that flow logs have; a record of the default format begins with version 2.
HEADER = re.compile(r"[a-z0-9-]+( [a-z0-9-]+){2,}")
RECORD = re.compile(r"2 (\d{12}|unknown) eni-[0-9a-f]+ ")
PLACEHOLDER = re.compile(r"\$\{([a-z0-9-]+)\}")
EXPORTED_AT = re.compile(r"\A\d{4}-\d\d-\d\dT[0-9:.]+Z ")  # what an export task writes before each line
NOTHING = "-"


def looks_like_flow_logs(head: bytes, name: str) -> int:
    """Score a header line of flow log fields, or a record of the default format."""
    lines = [EXPORTED_AT.sub("", line) for line in first_lines(head)]
    if not lines:
        return 0
    if is_header(lines[0]):
        return 95
    if RECORD.match(lines[0]):
        return 95
    return 60 if "_vpcflowlogs_" in name else 0


def is_header(line: str) -> bool:
    names = line.split()
    known = sum(name in KNOWN or name in ("start", "end") for name in names)
    return bool(HEADER.fullmatch(line)) and 2 * known > len(names)


def fields_of(member: Member) -> Sequence[str]:
    """The order of the columns as the collection noted it; the default one where it did not."""
    noted = str(member.notes.get("log_format") or "")
    formats = member.notes.get("log_formats")
    if not noted and isinstance(formats, Mapping) and len({*formats.values()}) == 1:
        noted = str(next(iter(formats.values())))
    return PLACEHOLDER.findall(noted) or DEFAULT


def items(member: Member) -> Iterator[Item]:
    """The records, each with the names of its fields: those of the file's header, else those of the notes."""
    entries = entries_of(member)
    for first in entries:
        line = text_of(first)
        if is_header(line):
            yield from with_context(entries, line.split())
        else:
            names = fields_of(member)
            yield from with_context(iter((first,)), names)
            yield from with_context(entries, names)


def text_of(item: Item) -> str:
    return EXPORTED_AT.sub("", item.data.decode("utf-8", "replace").strip())


def parse(item: Item) -> Mapping[str, Any]:
    """One record's columns; a field that AWS left out with a dash is null."""
    parts, names = text_of(item).split(" "), item.context
    if len(parts) != len(names):
        raise Malformed(f"{len(parts)} fields where the format has {len(names)}: {' '.join(names)[:200]}")
    found = {name: part for name, part in zip(names, parts, strict=True) if part != NOTHING}
    start, end = found.pop("start", None), found.pop("end", None)
    others = {name: part for name, part in found.items() if name not in KNOWN}
    return {
        **{KNOWN[name]: part for name, part in found.items() if name in KNOWN},
        "event_time": since_epoch(start) if start else None,
        "end_time": since_epoch(end) if end else None,
        "others": text(others) if others else None,
        # The same record delivered twice, to a bucket and to a group, is one flow.
        "event_id": hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32],
    }


FORM = Form("network_flows", items, parse)


@examiner(
    "vpc_flow_logs",
    title="VPC flow logs",
    version=1,
    family="network_flows",
    sniff=looks_like_flow_logs,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Every version and custom format: the header, the notes of the collection, or the default order names the fields.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
    """
    return FORM.examine(members)
