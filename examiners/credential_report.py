"""The IAM credential report: each user of an account, with age and last use of passwords, keys and certificates.

Format: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.forms import Form, Item
from examiners.lines import records_of
from examiners.records import Malformed
from examiners.states import account_of, identified
from examiners.streams import Unreadable
from examiners.values import packed, when

HEADER = b"user,arn,user_creation_time,"
BOM = b"\xef\xbb\xbf"
FLAGS = {"true": True, "false": False}
CHANGES = ("password_last_changed", "access_key_1_last_rotated", "access_key_2_last_rotated")


@dataclass(frozen=True, slots=True)
class Report:
    """What reading a line needs: the names of its columns, and the file."""

    names: list[str]
    member: Member


def looks_like_credential_report(head: bytes, name: str) -> int:
    """Score the first columns of the header."""
    return 95 if head.removeprefix(BOM).startswith(HEADER) else 0


def items(member: Member) -> Iterator[Item]:
    """A line is a record: no value in a report has line breaks, and so one stray quote spoils one line.

    Raises Unreadable for a header that is none.
    """
    lines = records_of(member)
    for header in lines:
        report = Report(names_of(header), member)
        yield from (Item(line.row, line.data, report, line.problem) for line in lines)


def names_of(header: Item) -> list[str]:
    try:
        return cells_of(header.data.removeprefix(BOM))
    except Malformed as error:
        raise Unreadable(f"the header: {error}") from None


def cells_of(line: bytes) -> list[str]:
    """The cells of one line. Raises Malformed for quotes that do not end."""
    try:
        return next(csv.reader([line.decode("utf-8", "replace")], strict=True), [])
    except csv.Error as error:
        raise Malformed(f"not a line of CSV: {error}") from None


def parse(item: Item) -> Mapping[str, Any]:
    """One user's columns. The report does not say when it was made: the time is that of its collection."""
    cells, names, member = cells_of(item.data), item.context.names, item.context.member
    if len(cells) != len(names):
        raise Malformed(f"{len(cells)} cells where the header has {len(names)}")
    facts = dict(zip(names, cells, strict=True))
    arn = facts.get("arn")
    if not facts.get("user") or not arn:
        raise Malformed("a line without a user and its ARN")
    return identified(
        {
            "event_time": member.collected_at,
            "account_id": account_of(arn, member),
            "resource_type": "AWS::IAM::User",
            "resource_id": facts["user"],
            "resource_name": facts["user"],
            "arn": arn,
            "aspect": "credentials",
            "told_by": "IAM credential report",
            "principal": arn,
            "created_at": when(facts.get("user_creation_time")),
            "modified_at": max(filter(None, (when(facts.get(name)) for name in CHANGES)), default=None),
            "configuration": packed({name: FLAGS.get(cell, cell) for name, cell in facts.items()}),
        }
    )


FORM = Form("configuration_items", items, parse)


@examiner(
    "credential_report",
    title="IAM credential report",
    version=1,
    family="configuration_items",
    sniff=looks_like_credential_report,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """One row a user, the root user among them; the columns of the report are facts in ``configuration``.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
    """
    return FORM.examine(members)
