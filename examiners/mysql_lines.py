"""One record of the logs of MySQL and MariaDB: errors, general, slow queries, and audits of RDS and Aurora.

Errors: https://dev.mysql.com/doc/refman/8.0/en/error-log-format.html
General: https://dev.mysql.com/doc/refman/8.0/en/query-log.html
Slow queries: https://dev.mysql.com/doc/refman/8.0/en/slow-query-log.html
Audits: https://mariadb.com/docs/server/reference/plugins/mariadb-audit-plugin/mariadb-audit-plugin-log-format
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Auditing.html
Times without a zone are taken as UTC, which is what RDS sets.
"""

import re
from typing import Any

from examiners.facts import Fact, fact, told
from examiners.host_rows import FAILURE, SUCCESS
from examiners.records import Malformed
from examiners.times import iso, since_epoch, written_as

Columns = tuple[dict[str, Any], dict[str, Any]]
ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)"
OLD = r"\d{4}-\d\d-\d\d {1,2}\d{1,2}:\d\d:\d\d"  # MariaDB, and MySQL before 5.7
SHORT = r"\d{6} {1,2}\d{1,2}:\d\d:\d\d"
FORMS = ("%Y-%m-%d %H:%M:%S", "%y%m%d %H:%M:%S", "%Y%m%d %H:%M:%S")
ERROR = re.compile(
    rf"(?P<time>{ISO}|{OLD}) (?P<thread>\d{{1,20}}|0x[0-9a-f]{{1,16}}) "
    r"\[(?P<severity>System|Note|Warning|ERROR|Error)\] "
    r"(?:\[(?P<code>MY-\d{6})\] \[(?P<part>[^\]]{1,64})\] )?(?P<message>.*)\Z",
    re.DOTALL,
)
GENERAL = re.compile(
    rf"(?:(?P<time>{ISO}|{SHORT})\t|\t\t) {{0,20}}(?P<thread>\d{{1,20}}) "
    r"(?P<command>[A-Z][A-Za-z ]{1,30}?)\t(?P<object>.*)\Z",
    re.DOTALL,
)
SLOW_TIME = re.compile(rf"# Time: (?P<time>{ISO}|{SHORT})\s")
SLOW_USER = re.compile(
    r"# User@Host: (?P<user>[^\[\n]{0,128})\[[^\]\n]{0,128}\] @ (?P<host>[^\[\n]{0,255}?) ?"
    r"\[(?P<client>[^\]\n]{0,64})\](?: {1,2}Id: {1,20}(?P<thread>\d{1,20}))?"
)
SLOW_BEGINS = re.compile(r"# (?:Time: \d|User@Host: )")
SLOW_AT = re.compile(r"^SET timestamp=(\d{1,12});\n?", re.MULTILINE)
SLOW_FACTS = re.compile(r"^# (?!Time: |User@Host: )([^\n]{1,2000})\n", re.MULTILINE)
OPERATIONS = (
    *("CONNECT", "DISCONNECT", "FAILED_CONNECT", "CHANGEUSER", "QUERY", "QUERY_DDL", "QUERY_DML", "QUERY_DCL"),
    *("QUERY_DML_NO_SELECT", "TABLE", "READ", "WRITE", "CREATE", "ALTER", "RENAME", "DROP"),
)
AUDIT_BEGINS = (
    r"(?P<time>\d{16}|\d{8} \d\d:\d\d:\d\d),(?P<host>[^,\n]{0,255}),(?P<user>[^,\n]{0,255}),(?P<client>[^,\n]{0,255}),"
    rf"(?P<thread>\d{{0,20}}),(?P<query>\d{{0,20}}),(?P<operation>{'|'.join(OPERATIONS)}),"
)
AUDIT_BEGINNING = re.compile(AUDIT_BEGINS)
AUDIT = re.compile(
    rf"{AUDIT_BEGINS}(?P<database>[^,\n]{{0,255}}),(?P<object>.*),(?P<status>\d{{1,10}})"
    r"(?:,(?P<more>[A-Za-z0-9_/. -]{0,64}))?\s*\Z",
    re.DOTALL,
)
# What a server writes into a new file before the first record.
PREAMBLE = re.compile(
    r"\S{1,255}, Version: \S{1,255} \(.{0,255}\)\. started with:|Tcp port: \d|Time +Id Command +Argument"
)
CLIENT = r"(?P<source_ip>[^'@\s]{0,255})"
ERROR_FACTS: tuple[Fact, ...] = (
    fact(rf"Access denied for user '(?P<user_name>.{{0,128}})'@'{CLIENT}'", "login", FAILURE),
    fact(
        rf"Aborted connection \d{{1,20}} to db: '.{{0,128}}?' user: '(?P<user_name>.{{0,128}}?)' host: '{CLIENT}'",
        "disconnect",
    ),
)
CONNECTED = fact(rf"(?P<user_name>.{{0,128}})@{CLIENT} on (?P<object>.{{0,128}}?)(?: using .{{1,32}})?\Z", "login")
ACTIONS = {"CONNECT": "login", "FAILED_CONNECT": "login", "DISCONNECT": "disconnect"}


def begins(line: str) -> bool:
    """Whether a record begins here, or what a server writes before the first."""
    forms = (SLOW_BEGINS, AUDIT_BEGINNING, ERROR, GENERAL, PREAMBLE)
    return any(form.match(line) for form in forms)


def columns_of(text: str) -> Columns | None:
    """The record's columns and the rest; None for a text that is no record of MySQL's. Raises Malformed."""
    if SLOW_BEGINS.match(text):
        return slow_columns(text)
    for form, columns in ((AUDIT, audit_columns), (ERROR, error_columns), (GENERAL, general_columns)):
        if found := form.match(text):
            return columns(found)
    return None


def time_of(written: str | None) -> Any:
    """Raises Malformed for what is no time."""
    if not written:
        return None
    if "T" in written:
        return iso(written)
    if written.isdigit():
        return since_epoch(written, 1_000_000)
    pattern = FORMS[0] if "-" in written else FORMS[2] if written.index(" ") == 8 else FORMS[1]
    return written_as(" ".join(written.split()), pattern)


def error_columns(found: re.Match[str]) -> Columns:
    row = {
        "event_time": time_of(found["time"]),
        "severity": found["severity"].lower(),
        "event_code": found["code"],
        "message": found["message"],
        **told(ERROR_FACTS, found["message"]),
    }
    return row, {"thread": found["thread"], "subsystem": found["part"]}


def general_columns(found: re.Match[str]) -> Columns:
    """Lines within one second have no time of their own in old versions."""
    command, text = found["command"], found["object"]
    row = {"event_time": time_of(found["time"]), "action": command.lower(), "object": text, "message": found[0]}
    if command == "Connect":
        row |= told((*ERROR_FACTS, CONNECTED), text)
    return row, {"thread": found["thread"]}


def slow_columns(text: str) -> Columns:
    """The times of a slow query stand before it, its own beginning in a statement that the log adds."""
    user, written, began = SLOW_USER.search(text), SLOW_TIME.match(text), SLOW_AT.search(text)
    if user is None:
        raise Malformed("a slow query without user and host")
    facts = SLOW_FACTS.findall(text[: 1 << 16])
    row = {
        "event_time": time_of(written["time"]) if written else since_epoch(began[1]) if began else None,
        "user_name": user["user"].strip(),
        "source_ip": user["client"] or user["host"],
        "action": "slow_query",
        "object": text[began.end() :].strip() if began else None,
        "message": text,
    }
    return row, {"thread": user["thread"], "times": facts, "began_at": began[1] if began else None}


def audit_columns(found: re.Match[str]) -> Columns:
    operation = found["operation"]
    failed = found["status"] != "0" or operation == "FAILED_CONNECT"
    row = {
        "event_time": time_of(found["time"]),
        "host": found["host"],
        "user_name": found["user"],
        "source_ip": found["client"],
        "action": ACTIONS.get(operation, operation.lower()),
        "object": found["object"] or found["database"],
        "outcome": FAILURE if failed else SUCCESS,
        "status": found["status"],
        "message": found[0],
    }
    return row, {
        "thread": found["thread"],
        "query": found["query"],
        "database": found["database"],
        "more": found["more"],
    }
