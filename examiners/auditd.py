"""Linux audit records, as auditd writes them to audit.log and as its dispatcher hands them on: one row per record.

Format: https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Enrichment
Fields: https://github.com/linux-audit/audit-documentation/blob/main/specs/fields/field-dictionary.csv
Records of one event share time and serial number (``record_id``).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.envelopes import entries_of, first_lines
from examiners.forms import Form, Item
from examiners.host_rows import FAILURE, SUCCESS, row_of, text_of
from examiners.json_records import first_of
from examiners.lines import mostly
from examiners.records import Malformed
from examiners.times import since_epoch

HEADER = re.compile(
    r"(?:node=(?P<host>\S{1,255}) )?type=(?P<event_code>[A-Z0-9_]{1,64}|UNKNOWN\[\d{1,10}\]) "
    r"msg=audit\((?P<record_id>(?P<seconds>\d{1,12})\.(?P<part>\d{1,3}):\d{1,20})\):\s?"
)
ENRICHED = "\x1d"  # before what auditd knows of numbers: their names
FIELD = re.compile(r'(?<![A-Za-z0-9_\]-])([A-Za-z][A-Za-z0-9_-]{0,63}+(?:\[\d{1,6}\])?)=("[^"]*+"|[^\s"]\S*+)')
HEX = re.compile(r"(?:[0-9A-F]{2})++")
# Fields whose text the kernel writes in hex where it holds a blank, a quotation mark or a control character.
ENCODED = frozenset({"proctitle", "exe", "comm", "cwd", "name", "acct", "cmd", "data", "path", "dir", "watch", "key"})
ARGUMENT = re.compile(r"a\d{1,6}(?:\[\d{1,6}\])?")
NOBODY = (None, "unset", "4294967295", "-1")  # has logged in
OUTCOMES = {"yes": SUCCESS, "success": SUCCESS, "1": SUCCESS, "no": FAILURE, "failed": FAILURE, "0": FAILURE}
ACTIONS = {
    "USER_LOGIN": "login",
    "USER_LOGOUT": "logout",
    "USER_AUTH": "authentication",
    "USER_CMD": "command",
    "USER_START": "session_opened",
    "USER_END": "session_closed",
    "USER_CHAUTHTOK": "password_changed",
    "ADD_USER": "user_created",
    "DEL_USER": "user_deleted",
    "ADD_GROUP": "group_created",
    "DEL_GROUP": "group_deleted",
    "EXECVE": "command",
    "PROCTITLE": "command",
}
INET, INET6 = 2, 10  # address families of Linux


def looks_like_auditd(head: bytes, name: str) -> int:
    """Score lines that begin with a record's type, time and serial number."""
    del name
    return 95 if mostly(first_lines(head), lambda line: bool(HEADER.match(line))) else 0


def parse(item: Item) -> Mapping[str, Any]:
    """One record's columns; all its fields are kept, those in hex as the text that they mean."""
    line = text_of(item)
    found = HEADER.match(line)
    if found is None:
        raise Malformed("not an audit record: no type, time and serial number")
    kind = str(found["event_code"])
    body, _, enrichment = line[found.end() :].partition(ENRICHED)
    fields, names = fields_of(body, kind), fields_of(enrichment, "")
    own = {
        **{name: found[name] for name in ("host", "event_code", "record_id")},
        "program": "auditd",
        "message": line,
        "event_time": since_epoch(f"{found['seconds']}.{found['part']}"),
        # The same record in a file and in a log group is one.
        "event_id": hashlib.sha256(line.encode("utf-8", "replace")).hexdigest()[:32],
    }
    return row_of("auditd", item, {**own, **facts_of(kind, fields, names)}, {**fields, **names})


def fields_of(body: str, kind: str) -> dict[str, str]:
    """The fields of a record; those within msg='...', which a program wrote, do not replace the kernel's own."""
    outer, _, inner = body.partition("msg='")
    inner, _, behind = inner.rpartition("'")
    found: dict[str, str] = {}
    for name, value in FIELD.findall(f"{outer} {inner} {behind}"):
        found.setdefault(name, meaning(name, value, kind))
    if kind == "EXECVE":
        found["command"] = " ".join(value for name, value in found.items() if ARGUMENT.fullmatch(name))
    return found


def meaning(name: str, value: str, kind: str) -> str:
    """A value without quotation marks; text in hex is decoded, its NUL bytes as blanks, as they part arguments."""
    if value.startswith('"'):
        return value[1:-1]
    if name == "saddr" and HEX.fullmatch(value):
        return address_in(bytes.fromhex(value)) or value
    is_text = name in ENCODED or (kind == "EXECVE" and bool(ARGUMENT.fullmatch(name)))
    if not is_text or not HEX.fullmatch(value):
        return value
    return bytes.fromhex(value).replace(b"\0", b" ").decode("utf-8", "replace")


def address_in(data: bytes) -> str:
    """Address and port in a ``sockaddr`` of IPv4 or IPv6; nothing for any other."""
    family, port = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "big")
    if family == INET and len(data) >= 8:
        return f"{ip_address(data[4:8])}:{port}"
    return f"[{ip_address(data[8:24])}]:{port}" if family == INET6 and len(data) >= 24 else ""


def facts_of(kind: str, fields: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    """Who, from where, upon what, and how it ended."""
    return {
        "pid": fields.get("pid"),
        "user_name": user_of(fields, names),
        "source_ip": fields.get("addr"),
        "action": ACTIONS.get(kind) or names.get("SYSCALL") or fields.get("op"),
        "outcome": OUTCOMES.get(fields.get("res") or fields.get("success") or ""),
        "object": first_of(fields, "command", "cmd", "proctitle", "saddr", "name", "exe", "cwd"),
        "status": fields.get("exit"),
    }


def user_of(fields: Mapping[str, str], names: Mapping[str, str]) -> str | None:
    """The account that is spoken of; else who logged in, whatever he has become since; else whose process it is."""
    numbers = (("ID", "id"), ("AUID", "auid"), ("UID", "uid"))
    found = (names.get(name) or fields.get(number) for name, number in numbers)
    return fields.get("acct") or next((user for user in found if user not in NOBODY), None)


FORM = Form("host_events", entries_of, parse)


@examiner(
    "auditd",
    title="Linux audit log",
    version=1,
    family="host_events",
    sniff=looks_like_auditd,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """One row per record; text that the kernel wrote in hex is decoded, such as the command in proctitle.

    https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Enrichment
    """
    return FORM.examine(members)
