"""What the examiners of host logs have in common: one line's facts as a row of ``host_events``.

Sources: RFC 5424, table 1 and 2 (facilities and severities): https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

from examiners.envelopes import Envelope
from examiners.forms import Item
from examiners.records import Malformed
from examiners.times import iso

SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")
FACILITIES = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp"),
    *("audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"),
)
SUCCESS, FAILURE = "success", "failure"
NOTHING: tuple[Any, ...] = (None, "", "-", "?", {}, [])
NUMBERS = {"pid": 1 << 63, "source_port": 1 << 16}


def text_of(item: Item) -> str:
    return item.data.decode("utf-8", "replace").rstrip("\r\n")


def row_of(kind: str, item: Item, found: Mapping[str, Any], rest: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The row of one record: its facts by column, what its envelope says, and ``rest`` as JSON text.

    Facts that hold nothing are null. A source that is a name, or a number that is none, is kept with the rest: one odd
    value costs no row.
    """
    facts = {name: value for name, value in found.items() if value not in NOTHING}
    others = {name: value for name, value in (rest or {}).items() if value not in NOTHING}
    if "source_ip" in facts and not is_address(facts["source_ip"]):
        others["source_host"] = facts.pop("source_ip")
    for name, limit in NUMBERS.items():
        if name in facts and not is_number(facts[name], limit):
            others[name] = facts.pop(name)
    row = {"kind": kind, **around(item), **facts}
    return row | {"fields": json.dumps(others, ensure_ascii=False, default=str) if others else None}


def around(item: Item) -> dict[str, Any]:
    """What CloudWatch Logs says of a line; its time is the event's where the line has none of its own."""
    if not isinstance(item.context, Envelope):
        return {}
    return {"event_time": item.context.at, "logged_at": item.context.at, "log_stream": item.context.stream}


def dated(written: str) -> dict[str, Any]:
    """A time that says all; one that no clock shows, such as a leap second's, stays as it was written."""
    try:
        return {"event_time": iso(written)}
    except Malformed:
        return {"written_time": written}


def is_address(value: Any) -> bool:
    with suppress(ValueError):
        return bool(ip_address(str(value)[:100]))
    return False


def is_number(value: Any, limit: int) -> bool:
    """Whether it is a whole number from 0 to below ``limit``, written in ASCII digits."""
    written = str(value)
    return written.isascii() and written.isdigit() and len(written) < 20 and int(written) < limit


def severity_of(number: Any) -> str | None:
    return SEVERITIES[int(number)] if is_number(number, len(SEVERITIES)) else None


def facility_of(number: Any) -> str | None:
    return FACILITIES[int(number)] if is_number(number, len(FACILITIES)) else None
