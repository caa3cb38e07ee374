"""Syslog in its three forms, and what authentication logs say, with the years that lines leave out."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from examiners.syslog import FORM, looks_like_syslog
from tests.examiners.making import Outcome, member
from tests.examiners.odd_texts import ODD

ACCEPTED = "Mar  1 10:00:00 web-1 sshd[4711]: Accepted publickey for deploy from 198.51.100.80 port 50122 ssh2"
CRON = "Mar  1 10:01:00 web-1 CRON[99]: (root) CMD (run-parts /etc/cron.hourly)"
MODERN = "2026-03-01T10:00:00.123456+01:00 web-1 systemd[1]: Started Session 5 of user deploy."
IETF = (
    "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 "
    '[exampleSDID@32473 iut="3" eventSource="App\\"lication"][other@1 a="]"] \ufeff\'su root\' failed for lonvick'
)
AT = datetime(2026, 3, 1, 10, 0, 5, tzinfo=UTC)


def file_of(*lines):
    return ("\n".join(lines) + "\n").encode()


def wrapped(*lines, at=AT, stream="i-0c0ffee"):
    return [
        json.dumps({"logStreamName": stream, "message": line, "timestamp": int(at.timestamp() * 1000)})
        for line in lines
    ]


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return file_of(ACCEPTED, CRON, MODERN, IETF), "secure-20260302", {}, 4


def read(data, file="secure", modified=None):
    outcome = Outcome(FORM.examine(iter([replace(member(data, file), modified=modified)])), FORM.family)
    assert outcome.balances()
    return outcome


def row_of(line, **more):
    [row] = read(file_of(line), **more).rows
    return row


def test_a_line_of_rfc_3164():
    row = row_of(ACCEPTED)
    assert (row["host"], row["program"], row["pid"]) == ("web-1", "sshd", 4711)
    assert row["message"].startswith("Accepted publickey")
    assert (row["event_id"], row["kind"]) == (None, "syslog")


def test_a_login_over_ssh():
    row = row_of(ACCEPTED)
    assert (row["action"], row["outcome"], row["method"]) == ("login", "success", "publickey")
    assert (row["user_name"], row["source_ip"], row["source_port"]) == ("deploy", "198.51.100.80", 50122)


def test_without_a_hint_of_the_year_there_is_no_time_but_what_was_written():
    row = row_of(ACCEPTED)
    assert (row["event_time"], row["written_time"]) == (None, "Mar  1 10:00:00")


def test_the_log_group_tells_the_year():
    [row] = read(file_of(*wrapped(ACCEPTED))).rows
    assert (row["event_time"], row["logged_at"]) == (datetime(2026, 3, 1, 10), datetime(2026, 3, 1, 10, 0, 5))
    assert (row["log_stream"], json.loads(row["fields"])) == ("i-0c0ffee", {"year_from": "the log group"})


def test_a_line_of_new_years_eve_that_was_logged_in_the_new_year_keeps_the_old_one():
    line = ACCEPTED.replace("Mar  1 10:00:00", "Dec 31 23:59:58")
    [row] = read(file_of(*wrapped(line, at=datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC)))).rows
    assert row["event_time"] == datetime(2026, 12, 31, 23, 59, 58)


def test_the_date_in_a_rotated_files_name_tells_the_year():
    row = row_of(ACCEPTED.replace("Mar  1", "Dec 30"), file="arn:x/secure-20260104.gz")
    assert row["event_time"] == datetime(2025, 12, 30, 10)
    assert json.loads(row["fields"]) == {"year_from": "the file's name"}


def test_the_files_own_time_tells_the_year():
    row = row_of(ACCEPTED, modified=datetime(2025, 2, 1, tzinfo=UTC))
    assert row["event_time"] == datetime(2024, 3, 1, 10)
    assert json.loads(row["fields"]) == {"year_from": "the file's time"}


@pytest.mark.parametrize(("day", "year"), [("Feb 29", 2024), ("Feb 30", None)])
def test_a_day_that_not_every_year_has(day, year):
    row = row_of(ACCEPTED.replace("Mar  1", day), modified=datetime(2025, 2, 1, tzinfo=UTC))
    assert (row["event_time"] and row["event_time"].year, row["written_time"][:6]) == (year, day)


def test_a_name_whose_date_is_none_tells_nothing():
    assert row_of(ACCEPTED, file="secure-20269999")["event_time"] is None


def test_a_line_with_rsyslogs_own_times():
    row = row_of(MODERN)
    assert (row["event_time"], row["written_time"]) == (datetime(2026, 3, 1, 9, 0, 0, 123456), None)
    assert (row["program"], row["pid"]) == ("systemd", 1)


def test_a_line_of_rfc_5424():
    row = row_of(IETF)
    assert row["event_time"] == datetime(2003, 10, 11, 22, 14, 15, 3000)
    assert (row["facility"], row["severity"], row["event_code"], row["pid"]) == ("auth", "critical", "ID47", None)
    assert row["message"] == "'su root' failed for lonvick"
    assert json.loads(row["fields"]) == {
        "exampleSDID@32473": {"iut": "3", "eventSource": 'App"lication'},
        "other@1": {"a": "]"},
    }


def test_a_priority_before_a_line_of_rfc_3164():
    row = row_of(f"<86>{ACCEPTED}")
    assert (row["facility"], row["severity"], row["action"]) == ("authpriv", "info", "login")


def test_a_leap_second_stays_as_it_was_written():
    row = row_of(MODERN.replace("10:00:00.123456", "23:59:60"))
    assert (row["event_time"], row["written_time"]) == (None, "2026-03-01T23:59:60+01:00")


def test_a_line_without_program():
    row = row_of("Mar  1 10:00:00 web-1 last message repeated 3 times")
    assert (row["program"], row["message"]) == (None, "last message repeated 3 times")


def test_a_line_without_header_is_quarantined_and_its_neighbours_stay():
    outcome = read(file_of(ACCEPTED, "  at java.lang.Thread", CRON))
    assert len(outcome.rows) == 2
    assert [(one.row, "no syslog header" in one.reason) for one in outcome.quarantined] == [(1, True)]


def test_a_line_of_a_log_group_without_header_keeps_its_row_and_the_time_of_the_group():
    outcome = read(file_of(*wrapped(ACCEPTED, "  at java.lang.Thread")))
    assert outcome.rows[1]["event_time"] == AT.replace(tzinfo=None)
    assert outcome.rows[1]["message"] == "  at java.lang.Thread"


def test_a_pid_that_is_no_number_is_kept_with_the_rest():
    row = row_of(ACCEPTED.replace("4711", "99999999999999999999"))
    assert (row["pid"], json.loads(row["fields"])) == (None, {"pid": "99999999999999999999"})


def test_identical_lines_are_different_events():
    assert len(read(file_of(CRON, CRON)).rows) == 2


def test_powershells_utf_16_is_read():
    assert read(file_of(ACCEPTED).decode().encode("utf-16")).rows[0]["user_name"] == "deploy"


@pytest.mark.parametrize("hostile", ["\x00", "\x1b[2J", "\u202e", "\ufeff", "'; DROP TABLE logs; --", "<script>"])
def test_hostile_characters_stay_in_the_message_as_they_are(hostile):
    assert row_of(f"{ACCEPTED}{hostile}x")["message"].endswith(f"{hostile}x")


def test_what_is_no_utf_8_is_replaced_and_the_line_stays():
    [row] = read(ACCEPTED.encode() + b"\xff\xed\xa0\x80\n").rows
    assert "\ufffd" in row["message"]


def test_a_line_too_long_to_hold_is_quarantined_and_its_neighbours_stay():
    outcome = read(file_of(ACCEPTED, "Mar  1 10:00:00 web-1 x: " + "A" * (6 << 20), CRON))
    assert ([row["program"] for row in outcome.rows], len(outcome.quarantined)) == (["sshd", "CRON"], 1)


FROM = " from 1.1.1.1 port 1"


@pytest.mark.parametrize(
    "message",
    [
        f"sshd[1]: Failed password for{FROM * 49_000} x",
        "sshd[1]: Disconnected from user " + "a " * 500_000,
        "sudo: a : TTY=x ; " + "USER=a ; " * 100_000,
        "x: pam_unix(sshd:auth): authentication failure; " + "rhost=" * 150_000,
        "x: " + "[" * 1_000_000,
        "x" * 1_000_000,
    ],
)
def test_a_crafted_line_takes_no_longer_than_any_other(message):
    began = time.process_time()
    for head in ("Mar  1 10:00:00 web-1 ", "<1>1 2026-03-01T10:00:00Z h p - - [a", "<1>1 - - - - - "):
        assert len(read((head + message).encode()).tallies) == 1
    assert time.process_time() - began < 2


@pytest.mark.parametrize("line", ["[a@1" + ' a="' * 200_000, '[a@1 a="\\' + '\\"' * 400_000, "[a]" * 300_000])
def test_crafted_structured_data_takes_no_longer_either(line):
    began = time.process_time()
    assert len(read(f"<1>1 - h p - - {line}".encode()).rows) == 1
    assert time.process_time() - began < 2


def test_it_claims_lines_in_a_log_group():
    assert looks_like_syslog(file_of(*wrapped(ACCEPTED, CRON)), "x") > 0


def test_it_claims_a_log_with_an_odd_line():
    assert looks_like_syslog(file_of(ACCEPTED, CRON, "what?", ACCEPTED), "x") > 0


@pytest.mark.parametrize("text", ODD)
def test_it_claims_no_other_text(text):
    assert looks_like_syslog(text.encode(), "messages") == 0
