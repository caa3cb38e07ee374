"""Linux audit records: those of auditd's own manual pages, texts in hex, enrichment, and what an attacker may name."""

import json
import time
from datetime import datetime

import pytest

from examiners.auditd import FORM, looks_like_auditd
from tests.examiners.making import Outcome, member
from tests.examiners.odd_texts import ODD

STAMP = "msg=audit(1364481363.243:24287):"
SYSCALL = (
    f"type=SYSCALL {STAMP} arch=c000003e syscall=2 success=no exit=-13 a0=7fffd19c5592 a1=0 ppid=2686 pid=3538 auid=1000 "
    'uid=1000 tty=pts0 ses=1 comm="cat" exe="/bin/cat" key="sshd_config"\x1dARCH=x86_64 SYSCALL=open AUID="rin" UID="rin"'
)
PROCTITLE = f"type=PROCTITLE {STAMP} proctitle=636174002F6574632F7373682F737368645F636F6E666967"
EXECVE = f'type=EXECVE {STAMP} argc=3 a0="bash" a1="-c" a2=6375726C20687474703A2F2F657669'
LOGIN = (
    f"node=web-1 type=USER_LOGIN {STAMP} pid=1404 uid=0 auid=4294967295 ses=4294967295 "
    'msg=\'op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=203.0.113.9 terminal=ssh res=failed\'\x1dUID="root"'
)
CONNECT = f"type=SOCKADDR {STAMP} saddr=020001BBC633640A0000000000000000"


def file_of(*lines):
    return ("\n".join(lines) + "\n").encode()


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return file_of(SYSCALL, PROCTITLE, EXECVE, LOGIN, CONNECT), "audit.log", {}, 5


def read(data):
    outcome = Outcome(FORM.examine(iter([member(data, "audit.log")])), FORM.family)
    assert outcome.balances()
    return outcome


def row_of(line):
    [row] = read(file_of(line)).rows
    return row | {"fields": json.loads(row["fields"])}


def test_a_system_call():
    row = row_of(SYSCALL)
    assert row["event_time"] == datetime(2013, 3, 28, 14, 36, 3, 243000)
    assert (row["event_code"], row["record_id"], row["action"]) == ("SYSCALL", "1364481363.243:24287", "open")
    assert (row["user_name"], row["pid"], row["object"]) == ("rin", 3538, "/bin/cat")
    assert (row["outcome"], row["status"]) == ("failure", "-13")
    assert (row["fields"]["key"], row["fields"]["a0"]) == ("sshd_config", "7fffd19c5592")


def test_a_command_in_hex_is_decoded():
    row = row_of(PROCTITLE)
    assert (row["object"], row["fields"]["proctitle"]) == ("cat /etc/ssh/sshd_config",) * 2


def test_the_arguments_of_a_program_are_joined():
    assert row_of(EXECVE)["object"] == "bash -c curl http://evi"


def test_a_failed_login():
    row = row_of(LOGIN)
    assert (row["host"], row["action"], row["outcome"]) == ("web-1", "login", "failure")
    assert (row["user_name"], row["source_ip"], row["pid"]) == ("root", "203.0.113.9", 1404)


def test_the_address_that_a_program_connected_to():
    assert row_of(CONNECT)["object"] == "198.51.100.10:443"
    six = "0A0001BB00000000" + "20010DB8" + "0" * 23 + "1" + "00000000"
    assert row_of(f"type=SOCKADDR {STAMP} saddr={six}")["object"] == "[2001:db8::1]:443"


@pytest.mark.parametrize("saddr", ["0100", "0200", "0A00", "02", "F" * 100])
def test_an_address_that_is_none_is_kept_as_it_is(saddr):
    assert row_of(f"type=SOCKADDR {STAMP} saddr={saddr}")["fields"]["saddr"] == saddr


def test_a_user_who_only_has_a_number():
    assert row_of(SYSCALL.split("\x1d", maxsplit=1)[0])["user_name"] == "1000"


def test_a_daemon_is_the_user_whose_process_it_is():
    assert row_of(f'type=SYSCALL {STAMP} auid=4294967295 uid=0\x1dAUID="unset" UID="root"')["user_name"] == "root"


def test_a_user_whose_name_ends_the_message_does_not_forge_the_outcome():
    row = row_of(f"type=USER_LOGIN {STAMP} uid=0 msg='op=login acct=\"x'res=success\" addr=203.0.113.9 res=failed'")
    assert (row["user_name"], row["outcome"]) == ("x'res=success", "failure")


def test_what_a_program_says_does_not_replace_what_the_kernel_says():
    assert row_of(f"type=USER_CMD {STAMP} pid=1 uid=0 msg='pid=2 cmd=6C73 res=success'")["pid"] == 1


def test_the_same_record_in_a_file_and_in_a_log_group_is_one():
    wrapped = json.dumps({"logStreamName": "i-1", "timestamp": 5, "message": SYSCALL})
    assert {row["event_id"] for row in read(file_of(SYSCALL)).rows + read(file_of(wrapped)).rows}.__len__() == 1


def test_records_of_one_event_are_not_copies_of_each_other():
    rows = read(file_of(SYSCALL, PROCTITLE)).rows
    assert (len({row["event_id"] for row in rows}), len({row["record_id"] for row in rows})) == (2, 1)


@pytest.mark.parametrize("line", ["type=SYSCALL", f"type=sys {STAMP} x=1", "type=A msg=audit(1:2):", "hello"])
def test_what_is_no_record_is_quarantined(line):
    outcome = read(file_of(SYSCALL, line))
    assert (len(outcome.rows), "not an audit record" in outcome.reasons[0]) == (1, True)


def test_a_time_that_no_log_can_hold_is_null():
    assert row_of("type=A msg=audit(9999999999.000:1): x=1")["event_time"] is None


@pytest.mark.parametrize("text", ["\x00\x01", "\u202eexe", "\ufffd"])
def test_hostile_characters_in_hex_come_out_as_text(text):
    encoded = text.encode().hex().upper()
    assert row_of(f"type=CWD {STAMP} cwd={encoded}")["fields"]["cwd"] == text.replace("\0", " ")


@pytest.mark.parametrize(
    "body",
    [
        "a=" * 400_000,
        'a="' * 300_000,
        "msg='" * 200_000,
        "a1[" * 300_000,
        "A" * 1_000_000,
        "proctitle=" + "4" * 900_001,
    ],
)
def test_a_crafted_line_takes_no_longer_than_any_other(body):
    began = time.process_time()
    assert len(read(f"type=EXECVE {STAMP} {body}".encode()).rows) == 1
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", ODD)
def test_it_claims_no_other_text(text):
    assert looks_like_auditd(text.encode(), "audit.log") == 0
