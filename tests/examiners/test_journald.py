"""The journal of systemd: exports with text and binary fields, JSON in its shapes, and damage."""

import json
import time
from datetime import datetime

import pytest

from examiners.journal_entries import LONGEST
from examiners.journald import FORM, looks_like_a_journal
from tests.examiners.making import Outcome, member
from tests.examiners.odd_texts import ODD

LOGIN = {
    "__CURSOR": "s=1;i=2a",
    "__REALTIME_TIMESTAMP": "1772359200123456",
    "_HOSTNAME": "web-1",
    "SYSLOG_IDENTIFIER": "sshd",
    "_PID": "4711",
    "_EXE": "/usr/sbin/sshd",
    "PRIORITY": "6",
    "SYSLOG_FACILITY": "10",
    "_SYSTEMD_UNIT": "sshd.service",
    "MESSAGE": "Failed password for invalid user x from 203.0.113.9 port 5 ssh2",
}
OTHER = LOGIN | {"__CURSOR": "s=1;i=2b", "SYSLOG_IDENTIFIER": "app", "MESSAGE": "one\ntwo"}


def binary(name, data):
    return name.encode() + b"\n" + len(data).to_bytes(8, "little") + data + b"\n"


def field(name, value):
    return binary(name, value.encode()) if "\n" in value else f"{name}={value}\n".encode()


def exported(*entries):
    return b"".join(b"".join(field(*pair) for pair in entry.items()) + b"\n" for entry in entries)


def as_lines(*entries, before=""):
    return "".join(f"{before}{json.dumps(entry)}\n" for entry in entries).encode()


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return exported(LOGIN, OTHER), "journal.export", {}, 2


def read(data):
    outcome = Outcome(FORM.examine(iter([member(data, "journal")])), FORM.family)
    assert outcome.balances()
    return outcome


SHAPES = {
    "export": exported(LOGIN, OTHER),
    "json": as_lines(LOGIN, OTHER),
    "json-seq": as_lines(LOGIN, OTHER, before="\x1e"),
    "in a log group": as_lines(
        *({"logStreamName": "i-1", "timestamp": 5, "message": json.dumps(entry)} for entry in (LOGIN, OTHER))
    ),
    "one object": json.dumps(LOGIN, indent=2).encode(),
}


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES)
def test_an_entry_in_each_shape(data):
    row = read(data).rows[0]
    assert row["event_time"] == datetime(2026, 3, 1, 10, 0, 0, 123456)
    assert (row["host"], row["program"], row["pid"]) == ("web-1", "sshd", 4711)
    assert (row["severity"], row["facility"], row["object"]) == ("info", "authpriv", "/usr/sbin/sshd")
    assert (row["action"], row["outcome"], row["source_ip"]) == ("login", "failure", "203.0.113.9")
    assert (row["event_id"], row["kind"]) == ("s=1;i=2a", "journald")
    assert json.loads(row["fields"])["_SYSTEMD_UNIT"] == "sshd.service"


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES)
def test_each_shape_is_claimed(data):
    assert looks_like_a_journal(data, "x") == 95


def test_a_field_of_several_lines_comes_with_its_length():
    assert read(exported(OTHER)).rows[0]["message"] == "one\ntwo"


def test_a_field_that_holds_what_looks_like_the_next_entry_stays_whole():
    forged = "x\n\n__CURSOR=forged\n__REALTIME_TIMESTAMP=1\nMESSAGE=y"
    outcome = read(exported(LOGIN | {"MESSAGE": forged}))
    assert [row["message"] for row in outcome.rows] == [forged]


def test_bytes_that_are_no_utf_8_are_replaced():
    entry = exported(LOGIN)[:-1] + binary("BLOB", b"\xff\x00\n\n")
    assert json.loads(read(entry).rows[0]["fields"])["BLOB"] == "\ufffd\0\n\n"
    numbers = read(as_lines(LOGIN | {"MESSAGE": [104, 105, 255]})).rows[0]
    assert numbers["message"] == "hi\ufffd"


def test_a_field_with_several_values_keeps_them_all():
    row = read(exported(LOGIN)[:-1] + b"DISK=a\nDISK=b\n").rows[0]
    assert json.loads(row["fields"])["DISK"] == "a\nb"
    assert json.loads(read(as_lines(LOGIN | {"DISK": ["a", "b"]})).rows[0]["fields"])["DISK"] == "a\nb"


def test_a_field_that_was_too_long_for_json_is_null():
    assert read(as_lines(LOGIN | {"MESSAGE": None})).rows[0]["message"] is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (exported(LOGIN | {"__REALTIME_TIMESTAMP": "noon"}), "not a count of seconds"),
        (exported(LOGIN) + b"NOT a field\n\n", "not a field of the journal"),
        (as_lines(LOGIN, LOGIN) + b'{"MESSAGE": \n', "not JSON"),
        (as_lines(LOGIN, LOGIN) + b"[1]\n", "not a JSON object"),
    ],
)
def test_an_entry_that_does_not_fit_is_quarantined(data, words):
    assert words in read(data).reasons[0]


@pytest.mark.parametrize(("cut", "words"), [(9, "middle of an entry"), (14, "middle of an entry")])
def test_a_file_that_ends_inside_a_field_says_so(cut, words):
    outcome = read(exported(LOGIN, OTHER | {"MESSAGE": "one\ntwo and three"})[:-cut])
    assert ([row["event_id"] for row in outcome.rows], words in outcome.reasons[0]) == (["s=1;i=2a"], True)


@pytest.mark.parametrize("size", [b"\xff" * 8, (LONGEST + 1).to_bytes(8, "little")])
def test_a_field_that_claims_to_be_enormous_is_not_read(size):
    outcome = read(exported(LOGIN) + b"__CURSOR=x\nMESSAGE\n" + size + b"x")
    assert (len(outcome.rows), "larger than 16 MiB" in outcome.reasons[0]) == (1, True)


def test_an_entry_without_end_is_not_held():
    assert "larger than 16 MiB" in read(exported(LOGIN) + b"A=" + b"x" * (LONGEST + (3 << 20))).reasons[0]


def test_many_entries_are_cut_in_linear_time():
    began = time.process_time()
    assert len(read(exported(LOGIN) * 20_000).rows) == 20_000
    assert time.process_time() - began < 10


def test_many_blank_lines_are_nothing():
    assert len(read(exported(LOGIN) + b"\n" * 200_000 + exported(OTHER)).rows) == 2


@pytest.mark.parametrize("text", ODD)
def test_it_claims_no_other_text(text):
    assert looks_like_a_journal(text.encode(), "journal") == 0
