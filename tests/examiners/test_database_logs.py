"""Logs of PostgreSQL, MySQL and MariaDB, as their manuals and AWS's show them, and what a client may write into them."""

import json
import time
from datetime import datetime

import pytest

from examiners.database_logs import FORM, looks_like_a_database_log
from tests.examiners.making import Outcome, member
from tests.examiners.odd_texts import ODD

FILE = "arn:aws:rds:us-east-1:111122223333:db:invoices/log/error/postgresql.log.2026-03-01-00"
PREFIX = "2026-03-01 10:00:00 UTC:203.0.113.44(51514):rin@invoices:[4242]:"
FAILED = f'{PREFIX}FATAL:  password authentication failed for user "rin"'
STATEMENT = (f"{PREFIX}LOG:  statement: SELECT *", "\tFROM customers", "\tWHERE id = 1;")
CHECKPOINT = "2026-03-01 10:00:01 UTC::@:[371]:LOG:  checkpoint starting: time"
AUDIT = (
    f'{PREFIX}LOG:  AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.customers,"select ""a"", b from customers",<not logged>'
)
OWN = "2026-03-01 10:00:00.123 UTC [99] rin@invoices ERROR:  permission denied for table customers"
DENIED = (
    "2026-03-01T10:00:00.123456Z 42 [Note] [MY-010926] [Server] "
    "Access denied for user 'admin'@'203.0.113.9' (using password: YES)"
)
OLD = "2026-03-01  9:00:00 42 [Warning] Access denied for user 'admin'@'203.0.113.9' (using password: YES)"
CONNECT = "2026-03-01T10:00:00.000000Z\t   42 Connect\tadmin@203.0.113.9 on shop using TCP/IP"
QUERY = "2026-03-01T10:00:00.000001Z\t   42 Query\tselect 1"
SLOW = (
    "# Time: 2026-03-01T10:00:05.000000Z",
    "# User@Host: admin[admin] @  [203.0.113.9]  Id:    42",
    "# Query_time: 5.000000  Lock_time: 0.000000 Rows_sent: 1  Rows_examined: 0",
    "use shop;",
    "SET timestamp=1772359200;",
    "select sleep(5)",
    "from dual;",
)
AURORA = "1772359200000000,orders-1,admin,203.0.113.9,35,698024,QUERY,shop,'select 1, \\'x\\'',0"
MARIADB = "20260301 10:00:00,ip-10-0-0-1,admin,203.0.113.9,35,0,FAILED_CONNECT,,,1045"
PREAMBLE = (
    "/rdsdbbin/mysql/bin/mysqld, Version: 8.0.35 (Source distribution). started with:",
    "Tcp port: 3306  Unix socket: /tmp/mysql.sock",
    "Time                 Id Command    Argument",
)
AT = datetime(2026, 3, 1, 10)


def file_of(*lines):
    return ("\n".join(lines) + "\n").encode()


def wrapped(*lines, stream="orders-1"):
    return file_of(
        *(json.dumps({"logStreamName": stream, "timestamp": 1772359201000, "message": line}) for line in lines)
    )


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return file_of(FAILED, CHECKPOINT, *STATEMENT, AUDIT), FILE, {}, 4


def read(data, file=FILE):
    outcome = Outcome(FORM.examine(iter([member(data, file)])), FORM.family)
    assert outcome.balances()
    return outcome


def row_of(*lines):
    [row] = read(file_of(*lines)).rows
    return row | {"fields": json.loads(row["fields"] or "{}")}


def test_a_login_that_postgresql_refused():
    row = row_of(FAILED)
    assert (row["event_time"], row["kind"], row["program"], row["host"]) == (AT, "postgresql", "postgres", "invoices")
    assert (row["user_name"], row["source_ip"], row["source_port"], row["pid"]) == ("rin", "203.0.113.44", 51514, 4242)
    assert (row["action"], row["outcome"], row["severity"]) == ("login", "failure", "fatal")
    assert row["fields"] == {"database": "invoices"}


def test_a_statement_of_several_lines_is_one_record():
    row = row_of(*STATEMENT)
    assert (row["action"], row["object"]) == ("statement", "SELECT *\n\tFROM customers\n\tWHERE id = 1;")


def test_a_record_of_the_server_itself():
    row = row_of(CHECKPOINT)
    assert (row["user_name"], row["source_ip"], row["pid"], row["severity"]) == (None, None, 371, "log")


def test_what_pgaudit_saw():
    row = row_of(AUDIT)
    assert (row["action"], row["object"], row["method"]) == ("select", "public.customers", "read")
    unnamed = row_of(AUDIT.replace("TABLE,public.customers", ","))
    assert unnamed["object"] == 'select "a", b from customers'


def test_a_longer_prefix_with_the_state():
    row = row_of(f"{PREFIX}3:28P01:2026-03-01 10:00:00 UTC:3/7:0:69a4:psqlFATAL:  x".replace("psql", "psql:"))
    assert (row["event_code"], row["severity"], row["outcome"]) == ("28P01", "fatal", "failure")


@pytest.mark.parametrize("client", ["[local]", "2001:db8::1(5432)", "host.example.com(5432)"])
def test_clients_of_other_kinds(client):
    row = row_of(FAILED.replace("203.0.113.44(51514)", client))
    assert (row["user_name"], row["action"]) == ("rin", "login")
    assert row["source_ip"] == ("2001:db8::1" if "::" in client else None)


def test_a_user_with_a_domain():
    assert row_of(FAILED.replace("rin@inv", "rin@EXAMPLE.COM@inv"))["user_name"] == "rin@EXAMPLE.COM"


def test_a_user_who_forges_a_prefix_is_not_believed():
    forged = FAILED.replace(":rin@invoices", ":ida@shop:[1]:LOG:  x@invoices")
    row = row_of(forged)
    assert (row["user_name"], row["pid"], row["source_ip"]) == (None, None, "203.0.113.44")
    assert (row["fields"], row["message"]) == ({"may_be_forged": True}, forged)


def test_a_time_in_another_zone_stays_as_it_was_written():
    row = row_of(FAILED.replace("UTC", "EST"))
    assert (row["event_time"], row["written_time"]) == (None, "2026-03-01 10:00:00 EST")


def test_postgresqls_own_prefix():
    row = row_of(OWN)
    assert (row["user_name"], row["pid"], row["severity"], row["outcome"]) == ("rin", 99, "error", "failure")


@pytest.mark.parametrize("line", [DENIED, OLD])
def test_a_login_that_mysql_refused(line):
    row = row_of(line)
    assert (row["kind"], row["action"], row["outcome"]) == ("mysql", "login", "failure")
    assert (row["user_name"], row["source_ip"]) == ("admin", "203.0.113.9")
    assert row["event_code"] == ("MY-010926" if "MY-" in line else None)


def test_the_general_log():
    rows = read(file_of(*PREAMBLE, CONNECT, QUERY, "from x", "\t\t   42 Quit\t")).rows
    assert [row["action"] for row in rows] == [None, None, None, "login", "query", "quit"]
    assert (rows[3]["user_name"], rows[3]["source_ip"], rows[3]["object"]) == ("admin", "203.0.113.9", "shop")
    assert (rows[4]["object"], rows[5]["event_time"]) == ("select 1\nfrom x", None)


def test_a_slow_query():
    row = row_of(*SLOW)
    assert (row["event_time"], row["action"]) == (datetime(2026, 3, 1, 10, 0, 5), "slow_query")
    assert (row["user_name"], row["source_ip"], row["object"]) == (
        "admin",
        "203.0.113.9",
        "select sleep(5)\nfrom dual;",
    )
    assert row["fields"]["times"][0].startswith("Query_time: 5.0")


def test_a_slow_query_within_the_second_of_the_one_before():
    rows = read(file_of(*SLOW, *SLOW[1:])).rows
    assert [row["event_time"] for row in rows] == [datetime(2026, 3, 1, 10, 0, 5), AT]


def test_an_audit_of_aurora():
    row = row_of(AURORA)
    assert (row["event_time"], row["host"], row["user_name"], row["source_ip"]) == (
        AT,
        "orders-1",
        "admin",
        "203.0.113.9",
    )
    assert (row["action"], row["object"], row["outcome"]) == ("query", "'select 1, \\'x\\''", "success")


def test_an_audit_of_mariadbs_plugin():
    row = row_of(MARIADB)
    assert (row["event_time"], row["action"], row["outcome"], row["status"]) == (AT, "login", "failure", "1045")


def test_logs_that_were_sent_to_cloudwatch():
    rows = read(wrapped("\n".join(STATEMENT), AUDIT), "x").rows
    assert [row["action"] for row in rows] == ["statement", "select"]
    assert (rows[0]["host"], rows[0]["log_stream"], rows[0]["logged_at"]) == (
        "orders-1",
        "orders-1",
        datetime(2026, 3, 1, 10, 0, 1),
    )


@pytest.mark.parametrize(
    "first", [FAILED, CHECKPOINT, OWN, DENIED, OLD, CONNECT, AURORA, MARIADB, PREAMBLE[0], "\n".join(SLOW)]
)
def test_each_log_is_claimed(first):
    assert looks_like_a_database_log(file_of(first), "x") == 90


def test_a_log_that_begins_in_the_middle_is_claimed_by_its_name():
    data = file_of("\tWHERE id = 1;", FAILED)
    assert (looks_like_a_database_log(data, FILE), looks_like_a_database_log(data, "x")) == (70, 0)
    outcome = read(data)
    assert (len(outcome.rows), "not a record" in outcome.reasons[0]) == (1, True)


@pytest.mark.parametrize(
    "line",
    [
        DENIED.replace("03-01T", "13-01T"),
        "# User@Host: x",
        "# Time: 2026-03-01T10:00:00Z",
        MARIADB.replace("20260301", "20269901"),
    ],
)
def test_a_record_that_does_not_fit_is_quarantined_and_its_neighbours_stay(line):
    outcome = read(file_of(AURORA, line, AURORA))
    assert (len(outcome.rows), [one.row for one in outcome.quarantined]) == (2, [1])


@pytest.mark.parametrize("hostile", ["\x00", "\u202e", "<script>", "'; DROP TABLE x; --", "\ufffd"])
def test_hostile_characters_stay_as_they_are(hostile):
    assert hostile in row_of(f"{STATEMENT[0]}{hostile}")["object"]


@pytest.mark.parametrize(
    "line",
    [
        f"{PREFIX[:-1]}" + ":" * 900_000,
        "2026-03-01 10:00:00 UTC:" + "a@:[1]:" * 100_000,
        "2026-03-01 10:00:00 UTC::" + "@" * 900_000,
        "2026-03-01 10:00:00 UTC [1] " + "a@" * 400_000,
        f"{PREFIX}LOG:  AUDIT: SESSION" + ',"' * 300_000,
        "1772359200000000,a,b,c,1,1,QUERY,d," + ",1" * 400_000 + "x",
        "1772359200000000,a,b,c,1,1,QUERY,d," + ",1 " + " " * 900_000 + "x",
        "# User@Host: " + "a[" * 400_000,
        "2026-03-01T10:00:00.1Z\t 1 " + "Query " * 100_000,
        "x" * 1_000_000,
        "\n".join(SLOW[:3]) + "\n#" * 60_000,
    ],
)
def test_a_crafted_record_takes_no_longer_than_any_other(line):
    began = time.process_time()
    for data in (line.encode(), file_of(FAILED, line)):
        assert read(data).tallies[0].read > 0
    assert time.process_time() - began < 4


@pytest.mark.parametrize("text", ODD)
def test_it_claims_no_other_text(text):
    assert looks_like_a_database_log(text.encode(), "mysql.log") == 0
