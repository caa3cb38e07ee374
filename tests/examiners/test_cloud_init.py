"""cloud-init's own log with its tracebacks, and what user data printed."""

import json
import time
from datetime import datetime

import pytest

from examiners.cloud_init import FORM, looks_like_cloud_init
from tests.examiners.making import Outcome, member
from tests.examiners.odd_texts import ODD

STARTED = (
    "2026-03-01 10:00:00,123 - util.py[DEBUG]: Cloud-init v. 22.2.2 running 'init' at Sun, 01 Mar 2026 10:00:00 +0000."
)
RAN = (
    "2026-03-01 10:00:01,000 - subp.py[DEBUG]: Running command ['/var/lib/cloud/instance/scripts/part-001'] "
    "with allowed return codes [0] (shell=False, capture=False)"
)
FAILED = "2026-03-01 10:00:02,500 - util.py[WARNING]: Running module scripts-user failed"
TRACE = ("Traceback (most recent call last):", '  File "cloudinit/x.py", line 1, in y', "RuntimeError: no")
STAGE = "Cloud-init v. 22.2.2 running 'modules:final' at Sun, 01 Mar 2026 11:00:00 +0100. Up 12.34 seconds."
END = (
    "Cloud-init v. 22.2.2 finished at Sun, 01 Mar 2026 10:05:00 +0000. Datasource DataSourceEc2Local.  Up 99.00 seconds"
)


def file_of(*lines):
    return ("\n".join(lines) + "\n").encode()


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return file_of(STARTED, RAN, FAILED, *TRACE), "cloud-init.log", {}, 3


def read(data, file="cloud-init.log"):
    outcome = Outcome(FORM.examine(iter([member(data, file)])), FORM.family)
    assert outcome.balances()
    return outcome


def test_a_record_of_its_log():
    row = read(file_of(STARTED)).rows[0]
    assert row["event_time"] == datetime(2026, 3, 1, 10, 0, 0, 123000)
    assert (row["program"], row["severity"], json.loads(row["fields"])) == (
        "cloud-init",
        "debug",
        {"module": "util.py"},
    )


def test_a_command_that_it_ran():
    row = read(file_of(RAN)).rows[0]
    assert (row["action"], row["object"]) == ("command", "['/var/lib/cloud/instance/scripts/part-001']")


def test_a_traceback_belongs_to_its_record():
    rows = read(file_of(FAILED, *TRACE, RAN)).rows
    assert rows[0]["message"].endswith("RuntimeError: no")
    assert [row["src_row"] for row in rows] == [0, 4]


def test_what_scripts_printed_keeps_the_time_of_its_stage_as_text():
    rows = read(file_of(STAGE, "curl: (7) Failed", "+ useradd evil", END)).rows
    assert [row["event_time"] for row in rows] == [datetime(2026, 3, 1, 10), None, None, datetime(2026, 3, 1, 10, 5)]
    assert [row["action"] for row in rows] == ["boot_stage", None, None, "boot_finished"]
    assert json.loads(rows[1]["fields"]) == {"stage": "modules:final", "stage_began": "Sun, 01 Mar 2026 11:00:00 +0100"}


def test_what_scripts_printed_has_the_time_of_the_log_group():
    wrapped = (
        json.dumps({"logStreamName": "i-1", "timestamp": 1772359200000, "message": line}) for line in (STAGE, "x")
    )
    row = read(file_of(*wrapped)).rows[1]
    assert (row["event_time"], row["message"], row["log_stream"]) == (datetime(2026, 3, 1, 10), "x", "i-1")


def test_lines_of_other_streams_do_not_join():
    wrapped = [
        json.dumps({"logStreamName": stream, "timestamp": 1772359200000, "message": line})
        for stream, line in (("a", FAILED), ("b", TRACE[0]), ("a", TRACE[1]))
    ]
    assert len(read(file_of(*wrapped)).rows) == 3


def test_a_stage_that_a_script_made_up_has_no_time():
    row = read(file_of(STAGE, STAGE.replace("01 Mar", "99 Mar"))).rows[1]
    assert (row["event_time"], row["written_time"]) == (None, "Sun, 99 Mar 2026 11:00:00 +0100")


@pytest.mark.parametrize("hostile", ["\x00", "\x1b[2J", "\u202e", "<script>"])
def test_hostile_characters_stay_as_they_are(hostile):
    assert read(file_of(STAGE, hostile)).rows[1]["message"] == hostile


def test_a_time_that_is_none_is_quarantined():
    outcome = read(file_of(STARTED, FAILED.replace("2026-03-01", "2026-13-01"), RAN))
    assert (len(outcome.rows), "is not a time" in outcome.reasons[0]) == (2, True)


@pytest.mark.parametrize("body", ["Running command " + "x" * 1_000_000, "\n" * 500_000, "Cloud-init v. " * 70_000])
def test_a_crafted_line_takes_no_longer_than_any_other(body):
    began = time.process_time()
    for first in (f"2026-03-01 10:00:00,123 - util.py[DEBUG]: {body}", f"{STAGE}\n{body}"):
        assert read(first.encode()).tallies[0].read > 0
    assert time.process_time() - began < 5


def test_an_endless_record_is_cut_and_its_lines_stay():
    lines = read(file_of(FAILED, *["x" * 99_999] * 90)).rows
    assert (len(lines) > 1, sum(row["message"].count("x") for row in lines)) == (True, 99_999 * 90)


def test_it_claims_output_by_its_name_where_it_begins_in_the_middle():
    assert looks_like_cloud_init(b"+ useradd evil\n", "arn:x/cloud-init-output.log") > 0


@pytest.mark.parametrize("data", [file_of(STAGE, "x"), file_of(RAN)])
def test_it_claims_both_logs(data):
    assert looks_like_cloud_init(data, "x") == 90


@pytest.mark.parametrize("text", ODD)
def test_it_claims_no_other_text(text):
    assert looks_like_cloud_init(text.encode(), "cloud-init.log") == 0
