"""One Windows event, whoever exported it, in the words of Windows' own schema.

Schema: https://learn.microsoft.com/en-us/windows/win32/wes/eventschema-systempropertiestype-complextype
Get-WinEvent: https://learn.microsoft.com/en-us/dotnet/api/system.diagnostics.eventing.reader.eventrecord
Winlogbeat: https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog
The agent's text: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from examiners.event_xml import Parts
from examiners.json_records import first_of, within
from examiners.records import Malformed
from examiners.windows_codes import LEVELS, PROPERTIES

Object = Mapping[str, Any]
TICKS = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")  # PowerShell 5's milliseconds since 1970
AGENT_TEXT = re.compile(
    r"\[(?P<channel>[^\]]{1,255})\] \[(?P<level>[A-Za-z ]{0,32})\] \[(?P<code>\d{1,10})\] "
    r"\[(?P<provider>[^\]]{1,255})\] \[(?P<computer>[^\]\s]{1,255})\] \[(?P<message>.*)\]\s*\Z",
    re.DOTALL,
)
# Of flat exports: what is not the event's own data. Each name is one column's.
FLAT_TIMES = ("TimeCreated", "EventTime", "SystemTime", "@timestamp")
FLAT_PROVIDERS = ("ProviderName", "Provider_Name", "SourceName", "Provider")
FLAT_COMPUTERS = ("Computer", "Hostname", "MachineName")
FLAT_NUMBERS = ("EventRecordID", "RecordNumber", "RecordId")
FLAT_TAKEN = frozenset(
    {
        *(*FLAT_TIMES, *FLAT_PROVIDERS, *FLAT_COMPUTERS, *FLAT_NUMBERS),
        *("EventID", "Channel", "Message", "Level", "Severity", "Keywords", "EventData"),
    }
)


@dataclass(frozen=True, slots=True)
class Record:
    """An event; ``time`` is as written, ``data`` what it carries by name, ``more`` what else its header says."""

    code: Any = None
    provider: Any = None
    channel: Any = None
    computer: Any = None
    time: Any = None
    number: Any = None
    pid: Any = None
    level: Any = None
    keywords: Any = None
    message: Any = None
    data: Object = field(default_factory=dict)
    more: Object = field(default_factory=dict)


def of_parts(parts: Parts) -> Record:
    """Of the event's XML, or of what a converter made of it. Raises Malformed without an event id."""
    system, rendered = dict(parts.get("System", {})), parts.get("RenderingInfo", {})
    if not system.get("EventID"):
        raise Malformed("an event without an EventID")
    taken = ("EventID", "Provider.Name", "Channel", "Computer", "TimeCreated.SystemTime", "EventRecordID", "Level")
    named = {name: system.pop(name, None) for name in (*taken, "Keywords")}
    return Record(
        code=named["EventID"],
        provider=named["Provider.Name"],
        channel=named["Channel"],
        computer=named["Computer"],
        time=named["TimeCreated.SystemTime"],
        number=named["EventRecordID"],
        pid=system.get("Execution.ProcessID"),
        level=LEVELS.get(str(named["Level"])),
        keywords=named["Keywords"],
        message=rendered.get("Message"),
        data={**parts.get("UserData", {}), **parts.get("EventData", {})},
        more=system,
    )


def of_converted(found: Object) -> Record:
    """Of {"Event": {"System": ..., "EventData": ...}}, as converters of .evtx files write it."""
    event = found["Event"]
    return of_parts({part: flattened(value) for part, value in event.items() if isinstance(value, Mapping)})


def flattened(part: Object) -> dict[str, str]:
    """Texts by name; attributes behind a dot, and the named ones of a list by those names."""
    found: dict[str, list[str]] = {}
    for name, value in part.items():
        for one in value if isinstance(value, list) else [value]:
            for label, text in named_texts(name, one):
                found.setdefault(label, []).append(text)
    return {name: "\n".join(texts) for name, texts in found.items()}


def named_texts(name: str, element: Any) -> Iterator[tuple[str, str]]:
    """What one element holds: its text by its name, and its attributes."""
    if not isinstance(element, Mapping):
        yield name, plain_text(element)
        return
    inner = {key.lstrip("@#"): value for key, value in element.items()}
    inner |= mapping(inner.pop("attributes", None))
    label = str(inner.pop("Name")) if name == "Data" and "Name" in inner else name
    if "text" in inner:
        yield label, plain_text(inner.pop("text"))
    yield from ((f"{name}.{key}", plain_text(value)) for key, value in inner.items())


def plain_text(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def of_winlogbeat(found: Object) -> Record:
    """Of version 7 and later, below ``winlog``; of version 6, at the top."""
    log = found["winlog"] if isinstance(found.get("winlog"), Mapping) else found
    user_data, event_data = log.get("user_data"), log.get("event_data")
    return Record(
        code=log.get("event_id"),
        provider=first_of(log, "provider_name", "source_name"),
        channel=first_of(log, "channel", "log_name"),
        computer=log.get("computer_name"),
        time=found.get("@timestamp"),
        number=first_of(log, "record_id", "record_number"),
        pid=within(log, "process", "pid"),
        level=within(found, "log", "level") or found.get("level"),
        keywords=log.get("keywords"),
        message=found.get("message"),
        data={**mapping(user_data), **mapping(event_data)},
        more={"user": log.get("user"), "activity_id": log.get("activity_id")},
    )


def of_powershell(found: Object) -> Record:
    """Of Get-WinEvent: its properties come without names, which are known of some events."""
    values = [one.get("Value") if isinstance(one, Mapping) else one for one in found.get("Properties") or ()]
    names = PROPERTIES.get(str(found.get("Id")), ())
    data = {names[at] if at < len(names) else f"Property{at}": value for at, value in enumerate(values)}
    return Record(
        code=found.get("Id"),
        provider=found.get("ProviderName"),
        channel=found.get("LogName"),
        computer=found.get("MachineName"),
        time=found.get("TimeCreated"),
        number=found.get("RecordId"),
        pid=found.get("ProcessId"),
        level=first_of(found, "LevelDisplayName") or LEVELS.get(str(found.get("Level"))),
        keywords=found.get("KeywordsDisplayNames") or found.get("Keywords"),
        message=found.get("Message"),
        data=data,
        more={name: found.get(name) for name in ("UserId", "ActivityId", "TaskDisplayName", "ThreadId")},
    )


def of_flat(found: Object) -> Record:
    """Of shippers that put the event's data beside its header."""
    return Record(
        code=found.get("EventID"),
        provider=first_of(found, *FLAT_PROVIDERS),
        channel=found.get("Channel"),
        computer=first_of(found, *FLAT_COMPUTERS),
        time=first_of(found, *FLAT_TIMES),
        number=first_of(found, *FLAT_NUMBERS),
        level=LEVELS.get(str(found.get("Level"))) or first_of(found, "Severity", "Level"),
        keywords=found.get("Keywords"),
        message=found.get("Message"),
        data={name: value for name, value in found.items() if name not in FLAT_TAKEN} | mapping(found.get("EventData")),
    )


def of_text(text: str) -> Record:
    """Of the CloudWatch agent's text form. Raises Malformed."""
    found = AGENT_TEXT.match(text)
    if found is None:
        raise Malformed("not an event as the agent writes it in text")
    return Record(
        code=found["code"],
        provider=found["provider"],
        channel=found["channel"],
        computer=found["computer"],
        level=found["level"].lower(),
        message=found["message"],
    )


def reader_of(found: Object) -> Callable[[Object], Record] | None:
    """How to read such an object; None for what is no event of Windows."""
    if isinstance(within(found, "Event", "System"), Mapping):
        return of_converted
    if within(found, "winlog", "event_id") is not None or {"event_id", "log_name", "computer_name"} <= found.keys():
        return of_winlogbeat
    if {"Id", "ProviderName", "LogName", "RecordId"} <= found.keys():
        return of_powershell
    is_flat = {"EventID", "Channel"} <= found.keys() and any(name in found for name in FLAT_COMPUTERS)
    return of_flat if is_flat else None


def mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
