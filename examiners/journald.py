"""The journal of systemd, as ``journalctl -o export`` and ``journalctl -o json`` write it.

Export: https://systemd.io/JOURNAL_EXPORT_FORMATS/
Fields: https://www.freedesktop.org/software/systemd/man/latest/systemd.journal-fields.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.documents import as_utf8
from examiners.envelopes import json_entries
from examiners.forms import Form, Item
from examiners.host_rows import facility_of, row_of, severity_of
from examiners.journal_entries import NAME, TIME, entries, fields_in
from examiners.json_records import first_objects
from examiners.lines import records_of
from examiners.login_facts import login_facts
from examiners.objects import object_of
from examiners.sniffing import head
from examiners.streams import plain
from examiners.times import since_epoch

SEPARATOR = b"\x1e"  # before each object of -o json-seq
COLUMNS = {
    "_HOSTNAME": "host",
    "MESSAGE": "message",
    "MESSAGE_ID": "event_code",
    "_EXE": "object",
    "__CURSOR": "event_id",
}
# What the columns say in another way.
TAKEN = frozenset({*COLUMNS, TIME, "PRIORITY", "SYSLOG_FACILITY"})


def looks_like_a_journal(head: bytes, name: str) -> int:
    """Score an entry that begins the file: its time is written in a way that nothing else has."""
    del name
    if is_export(head):
        return 95
    return 95 if any(TIME in found for found in first_objects(head)) else 0


def is_export(beginning: bytes) -> bool:
    """Whether it begins with fields, of which one early is the time; of an old journal without cursors, the first."""
    lines = as_utf8(beginning).lstrip(b"\n").split(b"\n", 8)
    return lines[0].startswith(b"__") and any(line.startswith(TIME.encode() + b"=") for line in lines)


def items(member: Member) -> Iterator[Item]:
    beginning = head(member)
    if is_export(beginning):
        return exported(member)
    return records_of(member) if beginning.startswith(SEPARATOR) else json_entries(member)


def exported(member: Member) -> Iterator[Item]:
    with member.open() as stream:
        yield from entries(plain(stream))


def parse(item: Item) -> Mapping[str, Any]:
    """One entry's columns; fields that have none of their own are kept by their names."""
    data = item.data.lstrip(SEPARATOR)
    found = fields_in(data) if NAME.match(data) else object_of(data)
    fields = {name: shown(value) for name, value in found.items()}
    program = fields.get("SYSLOG_IDENTIFIER") or fields.get("_COMM")
    facts = login_facts(program, fields.get("MESSAGE") or "")
    named = {column: fields.get(name) for name, column in COLUMNS.items()}
    own = {
        "program": program,
        "pid": fields.get("_PID") or fields.get("SYSLOG_PID"),
        "severity": severity_of(fields.get("PRIORITY")),
        "facility": facility_of(fields.get("SYSLOG_FACILITY")),
        "event_time": since_epoch(fields[TIME] or "", 1_000_000) if TIME in fields else None,
    }
    return row_of("journald", item, {**named, **own, **facts}, {n: v for n, v in fields.items() if n not in TAKEN})


def shown(value: Any) -> str | None:
    """A field as text: what is no UTF-8 comes as a list of numbers, several values as a list, too long ones as null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        is_bytes = all(isinstance(one, int) and 0 <= one < 256 for one in value)
        return bytes(value).decode("utf-8", "replace") if is_bytes else "\n".join(str(shown(one)) for one in value)
    return str(value)


FORM = Form("host_events", items, parse)


@examiner(
    "journald", title="systemd journal", version=1, family="host_events", sniff=looks_like_a_journal, raw=FORM.raw
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Entries of an export or of JSON, with what sshd, sudo, su and the keepers of accounts say as columns.

    https://systemd.io/JOURNAL_EXPORT_FORMATS/
    """
    return FORM.examine(members)
