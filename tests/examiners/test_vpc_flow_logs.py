"""Flow log records, as AWS's pages show them, in every way that they come."""

import json
from datetime import UTC, datetime

import pytest

from examiners.vpc_flow_logs import FORM, looks_like_flow_logs
from tests.examiners.making import Outcome, member

HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
)
ACCEPTED = (
    "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
)
REJECTED = (
    "2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK"
)
NO_DATA = "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA"
FIVE = (
    "version vpc-id instance-id interface-id type srcaddr dstaddr pkt-srcaddr tcp-flags flow-direction start end future"
)
CUSTOM = "5 vpc-1 i-1 eni-1 IPv4 10.0.0.62 52.213.180.42 10.0.0.62 19 egress 1566848875 1566848933 new"


def file_of(*lines):
    return ("\n".join(lines) + "\n").encode()


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return file_of(HEADER, ACCEPTED, REJECTED, NO_DATA), "1_vpcflowlogs_eu-west-1_fl-1_x.log.gz", {}, 3


def read(data, **notes):
    outcome = Outcome(FORM.examine(iter([member(data, "flows.log", **notes)])), FORM.family)
    assert outcome.balances()
    return outcome


def test_a_record_of_the_default_format():
    row = read(file_of(HEADER, ACCEPTED)).rows[0]
    assert (row["srcaddr"], row["dstaddr"], row["srcport"], row["dstport"]) == (
        "172.31.16.139",
        "172.31.16.21",
        20641,
        22,
    )
    assert (row["protocol"], row["packets"], row["bytes"], row["action"], row["log_status"]) == (
        6,
        20,
        4249,
        "ACCEPT",
        "OK",
    )
    assert row["event_time"] == datetime.fromtimestamp(1418530010, UTC).replace(tzinfo=None)
    assert row["end_time"] == datetime.fromtimestamp(1418530070, UTC).replace(tzinfo=None)
    assert row["account_id"] == "123456789010"


def test_what_aws_left_out_is_null():
    row = read(file_of(HEADER, NO_DATA)).rows[0]
    assert (row["srcaddr"], row["bytes"], row["action"], row["log_status"]) == (None, None, None, "NODATA")


def test_a_custom_format_by_its_header_and_a_field_that_is_new():
    row = read(file_of(FIVE, CUSTOM)).rows[0]
    assert (row["instance_id"], row["tcp_flags"], row["flow_direction"]) == ("i-1", 19, "egress")
    assert json.loads(row["others"]) == {"future": "new"}


def test_a_custom_format_by_the_notes_of_its_collection():
    noted = " ".join(f"${{{name}}}" for name in FIVE.split())
    assert read(file_of(CUSTOM), log_format=noted).rows[0]["instance_id"] == "i-1"
    assert read(file_of(CUSTOM), log_formats={"fl-1": noted}).rows[0]["instance_id"] == "i-1"


def test_without_header_and_notes_it_is_the_default_format():
    assert [row["dstport"] for row in read(file_of(ACCEPTED, REJECTED)).rows] == [22, 3389]


def test_events_of_a_log_group():
    wrapped = [
        json.dumps({"logStreamName": "eni-1", "timestamp": 1, "message": line, "eventId": "9"})
        for line in (ACCEPTED, "nonsense", REJECTED)
    ]
    outcome = read(file_of(*wrapped))
    assert [row["dstport"] for row in outcome.rows] == [22, 3389]
    assert [one.row for one in outcome.quarantined] == [1]


def test_lines_of_an_export_task():
    assert read(file_of(f"2014-12-14T04:06:50.000Z {ACCEPTED}")).rows[0]["dstport"] == 22


def test_the_same_record_twice_has_one_id():
    ids = {row["event_id"] for row in read(file_of(ACCEPTED, ACCEPTED, REJECTED)).rows}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2 1 eni-1", "3 fields where the format has 14"),
        (ACCEPTED.replace(" 22 ", " 99999999999 "), "dstport cannot be '99999999999'"),
        (ACCEPTED.replace(" 22 ", " ssh "), "dstport cannot be 'ssh'"),
        (ACCEPTED.replace("1418530010", "yesterday"), "'yesterday' is not a count of seconds"),
    ],
)
def test_a_record_that_does_not_fit_is_quarantined_and_its_neighbours_stay(line, words):
    outcome = read(file_of(HEADER, ACCEPTED, line, REJECTED))
    assert len(outcome.rows) == 2
    assert [(one.row, words in one.reason) for one in outcome.quarantined] == [(2, True)]


@pytest.mark.parametrize("data", [b"", b"2 hello", b"{}", b"some words of a note\n", b"total 12\n"])
def test_it_claims_nothing_else(data):
    assert looks_like_flow_logs(data, "x.log") == 0
