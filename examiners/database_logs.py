"""Logs of MySQL, MariaDB and PostgreSQL, as RDS and Aurora hand them out and as they send them to CloudWatch Logs.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from examiners import mysql_lines, postgresql_lines
from examiners.base import Examined, Member, examiner
from examiners.envelopes import Envelope, entries_of, first_lines, joined
from examiners.forms import Form, Item
from examiners.host_rows import row_of, text_of
from examiners.records import Malformed

OF_RDS = re.compile(r":db:(?P<name>[A-Za-z0-9-]{1,63})/log/")  # in the name of a file that the collection took
HEADER = 1_024  # bytes of a line by which it is told whether a record begins


def looks_like_a_database_log(head: bytes, name: str) -> int:
    """Score a record at the beginning; of a file that RDS calls a log, one anywhere in the first lines."""
    lines = first_lines(head)
    if lines and is_beginning(lines[0]) and is_certain(lines):
        return 90
    return 70 if OF_RDS.search(name) and any(map(is_beginning, lines)) else 0


def is_certain(lines: list[str]) -> bool:
    """A slow query's time looks like a comment, so its user has to follow; tabs alone begin tables as well."""
    if lines[0].startswith("# Time"):
        return lines[1:2] != [] and lines[1].startswith("# User@Host: ")
    return not lines[0].startswith("\t")


def is_beginning(line: str) -> bool:
    return mysql_lines.begins(line) or postgresql_lines.begins(line) is not None


def items(member: Member) -> Iterator[Item]:
    """The records, each with all its lines; those without an envelope know the instance by the file's name."""
    found = OF_RDS.search(member.file)
    instance = found["name"] if found else None
    for item in joined(entries_of(member), begins):
        yield item if isinstance(item.context, Envelope) else replace(item, context=instance)


def begins(line: bytes, before: bytes) -> bool:
    """A slow query's user begins a record only where its time does not stand before him."""
    if line.startswith(b"# User@Host: ") and before.startswith(b"# Time: "):
        return False
    return is_beginning(line[:HEADER].decode("utf-8", "replace"))


def parse(item: Item) -> Mapping[str, Any]:
    """One record's columns, whichever server wrote it; what is written before the first record is a row of its own."""
    text = text_of(item)
    host = item.context.stream if isinstance(item.context, Envelope) else item.context
    found = postgresql_lines.begins(text)
    if found is not None:
        row, rest = postgresql_lines.columns_of(found)
        return row_of("postgresql", item, {"host": host, **row}, rest)
    columns = mysql_lines.columns_of(text)
    if columns is None and not mysql_lines.PREAMBLE.match(text):
        raise Malformed("not a record of MySQL, MariaDB or PostgreSQL")
    row, rest = columns or ({"message": text}, {})
    return row_of("mysql", item, {"host": host, "program": "mysqld", **row}, rest)


FORM = Form("host_events", items, parse)


@examiner(
    "database_logs",
    title="Database logs",
    version=1,
    family="host_events",
    sniff=looks_like_a_database_log,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Error, general, slow and audit logs of MySQL and MariaDB, and PostgreSQL's log with pgAudit's records.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.html
    """
    return FORM.examine(members)
