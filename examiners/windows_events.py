"""Windows' event logs as XML and as JSON, exported by Windows' own programs, by agents and by converters of .evtx.

wevtutil: https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/wevtutil
Get-WinEvent: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.diagnostics/get-winevent
The CloudWatch agent: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.documents import as_utf8, utf8_chunks
from examiners.envelopes import entries_of, first_lines, is_wrapped
from examiners.event_xml import Cutter, parts_of
from examiners.forms import Form, Item, json_items
from examiners.host_rows import FAILURE, SUCCESS, dated, row_of, text_of
from examiners.json_records import first_objects, first_of
from examiners.objects import object_of
from examiners.records import Malformed
from examiners.sniffing import head
from examiners.streams import plain
from examiners.times import since_epoch
from examiners.windows_codes import (
    ACTIONS,
    AUDIT_FAILURE,
    AUDIT_SUCCESS,
    LOGON_TYPES,
    OBJECTS,
    OWN,
    PORTS,
    SOURCES,
    STATUSES,
    SUBJECTS,
    USERS,
)
from examiners.windows_records import AGENT_TEXT, TICKS, Record, of_parts, of_text, reader_of

NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
XML = re.compile(
    rf"\s*(?:<\?xml[^>]{{0,200}}\?>\s*)?(?:<Events(?:\s[^>]{{0,500}})?>\s*)?<Event\s[^>]{{0,200}}?[\"']{re.escape(NAMESPACE)}[\"']"
)


def looks_like_windows_events(head: bytes, name: str) -> int:
    """Score an event that the file, or the first line of a log group, begins with."""
    del name
    if is_xml(head) or any(reader_of(found) for found in first_objects(head)):
        return 95
    lines = first_lines(head) if is_wrapped(head) else []
    return 90 if any(XML.match(line) or AGENT_TEXT.match(line) for line in lines) else 0


def is_xml(beginning: bytes) -> bool:
    return XML.match(as_utf8(beginning[:4096]).decode("utf-8", "replace")) is not None


def items(member: Member) -> Iterator[Item]:
    """Events of a log group, those of an XML file one by one, or JSON."""
    beginning = head(member)
    if is_wrapped(beginning):
        return entries_of(member)
    return cut(member) if as_utf8(beginning).lstrip().startswith(b"<") else json_items(member)


def cut(member: Member) -> Iterator[Item]:
    with member.open() as stream:
        yield from Cutter(utf8_chunks(plain(stream))).items()


def parse(item: Item) -> Mapping[str, Any]:
    record = record_of(item)
    data = record.data
    when = dated(written_time(record.time))
    action = ACTIONS.get(str(record.channel), {}).get(str(record.code))
    row = {
        **when,
        "host": record.computer,
        "program": record.provider,
        "pid": record.pid,
        "facility": record.channel,
        "severity": record.level,
        "event_code": record.code,
        "record_id": record.number,
        "action": action,
        "outcome": outcome_of(record.keywords),
        "source_ip": first_of(data, *SOURCES),
        "source_port": first_of(data, *PORTS),
        "method": LOGON_TYPES.get(str(data.get("LogonType"))),
        "object": first_of(data, *OBJECTS),
        "status": first_of(data, *STATUSES),
        "message": record.message,
        "event_id": id_of(record, when.get("event_time")),
        **users_of(data, action),
    }
    return row_of("windows", item, row, {**data, **record.more})


def record_of(item: Item) -> Record:
    """The event in one item, by how it begins. Raises Malformed."""
    data = item.data.strip()
    if data.startswith(b"<"):
        return of_parts(parts_of(data))
    if data.startswith(b"["):
        return of_text(text_of(item))
    found = object_of(data)
    read = reader_of(found)
    if read is None:
        raise Malformed("not an event of Windows: no event id, provider and channel")
    return read(found)


def written_time(time: Any) -> str:
    """A time as written; PowerShell 5 writes milliseconds, alone or beside other forms of the same time."""
    text = str(first_of(time, "value", "DateTime") if isinstance(time, Mapping) else time or "")
    ticks = TICKS.fullmatch(text)
    return since_epoch(ticks[1], 1_000).isoformat() if ticks else text


def outcome_of(keywords: Any) -> str | None:
    """How an audited act ended, by its keyword: a bit of a number, which may be signed, or a name."""
    words = " ".join(map(str, keywords)) if isinstance(keywords, list) else str(keywords or "")
    if "Audit" in words:
        return FAILURE if "Failure" in words else SUCCESS
    try:
        bits = int(words[:40], 0)
    except ValueError:
        return None
    return FAILURE if bits & AUDIT_FAILURE else SUCCESS if bits & AUDIT_SUCCESS else None


def users_of(data: Mapping[str, Any], action: str | None) -> dict[str, Any]:
    """Who acts, and upon whom; who logs in does so himself."""
    if action in OWN:
        return {"user_name": first_of(data, *USERS)}
    subject, target = first_of(data, *SUBJECTS), first_of(data, "TargetUserName")
    return {"user_name": subject, "target_user_name": target} if subject else {"user_name": first_of(data, *USERS)}


def id_of(record: Record, at: datetime | None) -> str | None:
    """The same event exported twice, in whatever form, is one; a log that was cleared counts from 1 again."""
    if not (record.number and record.computer and record.channel and at):
        return None
    return f"{record.computer}/{record.channel}/{record.number}/{record.code}/{at:%Y%m%dT%H%M%S}"


FORM = Form("host_events", items, parse)


@examiner(
    "windows_events",
    title="Windows event logs",
    version=1,
    family="host_events",
    sniff=looks_like_windows_events,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Events as XML (wevtutil, Get-WinEvent, the CloudWatch agent) and as JSON (PowerShell, Winlogbeat, converters).

    https://learn.microsoft.com/en-us/windows/win32/wes/eventschema-schema
    """
    return FORM.examine(members)
