"""Syslog lines as rsyslog and syslog-ng write them to files, and as agents send them on; authentication logs as well.

Formats: RFC 3164 https://www.rfc-editor.org/rfc/rfc3164#section-4.1 , RFC 5424 https://www.rfc-editor.org/rfc/rfc5424 ,
and rsyslog's own with RFC 3339 times https://www.rsyslog.com/doc/configuration/templates.html . Times without a zone
are taken as UTC, which is what AWS's machine images are set to.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.envelopes import entries_of, first_lines
from examiners.forms import Form, Item
from examiners.host_rows import dated, facility_of, row_of, severity_of, text_of
from examiners.lines import mostly
from examiners.login_facts import login_facts
from examiners.records import Malformed
from examiners.years import Yearless, hint_of, hinted, in_its_year

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LEVELS = "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL"  # a word of other logs where syslog has a host
HOST = rf"(?P<host>(?!(?:{LEVELS})\b)[A-Za-z0-9_.:\[\]-]{{0,254}}[A-Za-z0-9\]])"
PRI = r"(?:<(?P<pri>\d{1,3})>)?"
SHORT = r"(?P<month>[A-Z][a-z]{2}) (?P<day>[ \d]\d) (?P<clock>\d\d:\d\d:\d\d)(?:\.(?P<part>\d{1,6})\d{0,3})?"
LONG = r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d))"
TAG = r"(?P<program>[^\s:\[\]]{1,128})(?:\[(?P<pid>[^\]\s]{0,64})\])?:"
BSD = re.compile(rf"{PRI}(?:{SHORT}|{LONG}) {HOST} (?:{TAG}(?: |\Z))?(?P<message>.*)\Z", re.DOTALL)
IETF = re.compile(
    rf"<(?P<pri>\d{{1,3}})>[1-9]\d{{0,2}} (?:-|{LONG}) (?P<host>\S{{1,255}}) (?P<program>\S{{1,128}}) "
    r"(?P<pid>\S{1,128}) (?P<event_code>\S{1,64}) (?P<data>[-\[].*)\Z",
    re.DOTALL,
)
ELEMENT = re.compile(r'\[([^\s=\]"]{1,64})((?: [^\s=\]"]{1,64}="(?:[^"\\]|\\.)*+")*+)\]', re.DOTALL)
PAIR = re.compile(r' ([^\s=\]"]{1,64})="((?:[^"\\]|\\.)*+)"', re.DOTALL)
ESCAPED = re.compile(r'\\(["\\\]])')
# A line is syslog's only with a program's name behind the host: other text begins with a time and a word as well.
SURE = re.compile(rf"{PRI}(?:(?:{'|'.join(MONTHS)}) [ \d]\d \d\d:\d\d:\d\d(?:\.\d{{1,9}})?|{LONG}) {HOST} {TAG}")


def looks_like_syslog(head: bytes, name: str) -> int:
    """Score lines that have a time, a host and a program, or RFC 5424's header."""
    del name
    return 80 if mostly(first_lines(head), lambda line: bool(SURE.match(line) or IETF.match(line))) else 0


def items(member: Member) -> Iterator[Item]:
    return hinted(member, entries_of(member))


def parse(item: Item) -> Mapping[str, Any]:
    """One line's columns; a line of a log group that has no header is the rest of another and keeps its own row."""
    line = text_of(item)
    found = IETF.match(line) or BSD.match(line)
    if found is None or not has_time(found):
        return without_header(item, line)
    parts = found.groupdict()
    rest: dict[str, Any] = {}
    if "data" in parts:
        rest, parts["message"] = structured(parts.pop("data"))
    facts = login_facts(parts["program"], parts["message"])
    times = times_of(parts, item)
    rest = {**rest, "year_from": times.pop("year_from", None)}
    named = {name: parts.get(name) for name in ("host", "program", "pid", "event_code", "message")}
    return row_of("syslog", item, {**named, **priority(parts["pri"]), **times, **facts}, rest)


def without_header(item: Item, line: str) -> Mapping[str, Any]:
    row = row_of("syslog", item, {"message": line})
    if "logged_at" not in row:
        raise Malformed("no syslog header: neither a time and a host, nor that of RFC 5424")
    return row


def has_time(found: re.Match[str]) -> bool:
    month = found.groupdict().get("month")
    return month is None or month in MONTHS


def priority(written: str | None) -> dict[str, str | None]:
    """Facility and severity of a PRI: eight times the one plus the other."""
    number = int(written) if written else None
    return {} if number is None else {"facility": facility_of(number >> 3), "severity": severity_of(number & 7)}


def times_of(parts: Mapping[str, str | None], item: Item) -> dict[str, Any]:
    """When it was written; without a year, in the year that the surroundings leave, and null where they leave none."""
    if parts.get("time"):
        return dated(str(parts["time"]))
    if not parts.get("month"):
        return {}
    written = f"{parts['month']} {parts['day']} {parts['clock']}"
    hint = hint_of(item)
    time = in_its_year(yearless(parts), hint) if hint else None
    said_by = hint.said_by if hint and time else None
    return {"event_time": time, "written_time": written, "year_from": said_by}


def yearless(parts: Mapping[str, str | None]) -> Yearless:
    hour, minute, second = map(int, str(parts["clock"]).split(":"))
    part = int((parts.get("part") or "0").ljust(6, "0"))
    return MONTHS.index(str(parts["month"])) + 1, int(str(parts["day"])), hour, minute, second, part


def structured(data: str) -> tuple[dict[str, Any], str]:
    """RFC 5424's structured data, and the message behind it."""
    found: dict[str, Any] = {}
    at = 1 if data.startswith("-") else 0
    while element := ELEMENT.match(data, at):
        pairs = PAIR.findall(element[2])
        found[element[1]] = {name: ESCAPED.sub(r"\1", value) for name, value in pairs}
        at = element.end()
    return found, data[at:].removeprefix(" ").removeprefix("\ufeff")


FORM = Form("host_events", items, parse)


@examiner(
    "syslog",
    title="Syslog and authentication logs",
    version=1,
    family="host_events",
    sniff=looks_like_syslog,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Lines of RFC 3164 and RFC 5424; what sshd, sudo, su and the keepers of accounts say becomes columns.

    https://www.rfc-editor.org/rfc/rfc5424
    """
    return FORM.examine(members)
