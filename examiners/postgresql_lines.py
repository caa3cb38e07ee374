"""One record of PostgreSQL's log: with the prefix that RDS and Aurora set, or with PostgreSQL's own.

Prefix: https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-LINE-PREFIX
RDS's: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.overview.parameter-groups.html
Audits: https://github.com/pgaudit/pgaudit/blob/main/README.md#format
"""

import re
from typing import Any

from examiners.facts import Fact, fact, told
from examiners.host_rows import FAILURE, SUCCESS, dated

LEVELS = "DEBUG[1-5]?|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC|DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION"
LEVEL = rf"(?P<severity>{LEVELS}): {{0,3}}"
TIME = r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [A-Z]{3,5})"
# %t:%r:%u@%d:[%p]: and what one may have set behind it; the name is what a client gave, which is looked at below.
NAMES = r"(?P<user>.{0,128}?)@(?P<database>[^:@]{0,128}):\[(?P<pid>\d{1,10})\]:(?P<more>(?:[^:]{0,64}:){0,16}?)"
OF_RDS = re.compile(
    rf"{TIME}:(?:(?P<client>[^()\s]{{1,255}})\((?P<port>\d{{1,5}})\)|\[local\]|):{NAMES}{LEVEL}(?P<message>.*)\Z",
    re.DOTALL,
)
OF_ITS_OWN = re.compile(
    rf"{TIME} \[(?P<pid>\d{{1,10}})\](?:-\d{{1,10}})? (?:(?P<user>\S{{0,128}}?)@(?P<database>\S{{0,128}}) )?"
    rf"{LEVEL}(?P<message>.*)\Z",
    re.DOTALL,
)
SECOND = re.compile(rf"@[^:@]{{0,128}}:\[\d{{1,10}}\]:(?:[^:]{{0,64}}:){{0,16}}?{LEVEL}")
STATE = re.compile(r"(?:\A|:)([0-9A-Z]{5}):")
# Kind, two numbers, class, command, the type and the name of the object, the statement.
AUDIT = re.compile(
    r"AUDIT: (?:SESSION|OBJECT),\d{0,20},\d{0,20},(?P<part>[A-Z]{0,32}),(?P<command>[A-Z ]{0,64}),[A-Z ]{0,64},"
    r"(?P<name>\"(?:[^\"]|\"\")*+\"|[^,]{0,512}),(?P<statement>\"(?:[^\"]|\"\")*+\"|[^,]{0,512})",
)
FAILED = frozenset({"ERROR", "FATAL", "PANIC"})
FACTS: tuple[Fact, ...] = (
    fact(r"password authentication failed for user \"", "login", FAILURE),
    fact(r"[A-Za-z0-9-]{1,32} authentication failed for user \"", "login", FAILURE),
    fact(r"no pg_hba\.conf entry for (?:host|replication)", "login", FAILURE),
    fact(r"pg_hba\.conf rejects connection for ", "login", FAILURE),
    fact(r"role \".{0,128}\" (?:does not exist|is not permitted to log in)", "login", FAILURE),
    fact(r"connection authorized: ", "login", SUCCESS),
    fact(r"connection received: host=(?P<source_ip>\S{1,255})(?: port=(?P<source_port>\d{1,5}))?", "connect"),
    fact(r"disconnection: ", "disconnect"),
    fact(r"(?:duration: [0-9.]{1,20} ms  )?statement: (?P<object>.*)", "statement"),
    fact(r"(?:duration: [0-9.]{1,20} ms  )?execute .{1,64}?: (?P<object>.*)", "statement"),
)


def begins(line: str) -> re.Match[str] | None:
    return OF_RDS.match(line) or OF_ITS_OWN.match(line)


def columns_of(found: re.Match[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record's columns, and the rest; of a name that holds a second prefix nobody can tell where it ends."""
    parts = found.groupdict()
    state = STATE.search(parts.get("more") or "")
    row = {
        **time_of(parts["time"]),
        "program": "postgres",
        "source_ip": parts.get("client"),
        "source_port": parts.get("port"),
        "message": found[0],
    }
    if parts["user"] and SECOND.search(parts["message"][:500]):
        return row, {"may_be_forged": True}
    own = {
        "user_name": parts["user"],
        "pid": parts["pid"],
        "severity": parts["severity"].lower(),
        "event_code": state[1] if state else None,
        "outcome": FAILURE if parts["severity"] in FAILED else None,
    }
    rest = {"prefix": parts.get("more"), "database": parts["database"]}
    return {**row, **own, **facts_of(parts["message"])}, rest


def time_of(written: str) -> dict[str, Any]:
    """UTC is what RDS writes; an abbreviation of another zone may mean several."""
    time, _, zone = written.rpartition(" ")
    return dated(f"{time}+00:00") if zone in ("UTC", "GMT") else {"written_time": written}


def facts_of(message: str) -> dict[str, str]:
    audit = AUDIT.match(message)
    if audit is None:
        return told(FACTS, message)
    named = unquoted(audit["name"] or audit["statement"])
    return {"action": audit["command"].lower(), "method": audit["part"].lower(), "object": named}


def unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text
