"""CloudTrail log records to event rows, whatever file they came in.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""

import re
from collections.abc import Iterator

from examiners.base import EventBatch, Examined, Member, Tally, examiner
from examiners.documents import Content, Element, all_records, as_utf8, elements
from examiners.records import Malformed, event_text, record_of
from examiners.rows import Rows, no_collector
from examiners.streams import Unreadable, plain
from plugins import Quarantined

EMPTY = re.compile(rb'\s*\{\s*"Records"\s*:\s*\[\s*\]\s*\}\s*')
DIGEST = b'"digestS3Object"'
STRONG = (b'"eventName"', b'"eventSource"', b'"awsRegion"', b'"userIdentity"', b'"eventVersion"')
CHUNK = 5_000


def looks_like_cloudtrail(head: bytes, name: str) -> int:
    """Score the first bytes: the fields that every event has, a LookupEvents export, an empty log file, the name."""
    head = as_utf8(head)
    if DIGEST in head:
        return 0
    if b'"CloudTrailEvent"' in head or EMPTY.fullmatch(head):
        return 90
    marks = sum(mark in head for mark in STRONG)
    if STRONG[0] in head and marks > 1:
        return 50 + 10 * marks
    return 20 if "_CloudTrail_" in name else 0


def raw_record(member: Member, row: int) -> str:
    """The text of one record as it lies in its file, by the row that examination gave it. Raises LookupError."""
    try:
        with member.open() as stream:
            for element in elements(Content(plain(stream))):
                if element.row == row:
                    return event_text(element.text).decode("utf-8", "replace")
    except Unreadable as error:
        raise LookupError(f"row {row} lies behind damage: {error}") from error
    raise LookupError(f"the file has no row {row}")


@examiner(
    "cloudtrail",
    title="CloudTrail log records",
    version=1,
    family="cloudtrail",
    sniff=looks_like_cloudtrail,
    raw=raw_record,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Read trail files, arrays, JSON Lines and LookupEvents exports; a bad record is quarantined, its neighbours stay.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """
    rows = Rows()
    for member in members:
        yield from examine_member(member, rows)
    yield from batches(rows)


def examine_member(member: Member, rows: Rows) -> Iterator[Examined]:
    """One member's batches, quarantined records and, last, its tally."""
    with no_collector(), member.open() as stream:
        content = Content(plain(stream))
        records = all_records(content)
        if records is None:
            yield from one_by_one(member, content, rows)
            return
        rows.extend(member, records, range(len(records)), len(content.data))
    if rows.is_full:
        yield from batches(rows)
    yield Tally(member.index, member.file, len(records), len(records), 0)


def one_by_one(member: Member, content: Content, rows: Rows) -> Iterator[Examined]:
    """The careful way: each record for itself; damage to the file counts as one record that was quarantined."""
    read = bad = row = 0
    try:
        for element in elements(content):
            read, row = read + 1, element.row
            if problem := taken(member, element, rows):
                bad += 1
                yield Quarantined(member.index, member.file, row, problem)
            if rows.is_full:
                yield from batches(rows)
    except Unreadable as error:
        read, bad = read + 1, bad + 1
        yield Quarantined(member.index, member.file, row + 1 if read > 1 else None, str(error))
    yield Tally(member.index, member.file, read, read - bad, bad)


def taken(member: Member, element: Element, rows: Rows) -> str:
    """Add the record's row; returns why that cannot be done, or nothing."""
    if element.problem:
        return element.problem
    try:
        rows.extend(member, [record_of(element.text)], [element.row], len(element.text))
    except Malformed as error:
        return str(error)
    return ""


def batches(rows: Rows) -> Iterator[EventBatch]:
    with no_collector():
        made = [EventBatch("cloudtrail", batch) for batch in rows.batches()]
    yield from made
