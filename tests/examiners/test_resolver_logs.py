"""Records of the Route 53 Resolver, as AWS's page shows them, and as those who ask would like them to look."""

import json
from datetime import datetime

import pytest

from examiners.resolver_logs import FORM, looks_like_resolver_logs
from tests.examiners import hostile
from tests.examiners.making import Outcome, member

RECORD = {
    "srcaddr": "4.5.64.102",
    "vpc_id": "vpc-7example",
    "answers": [{"Rdata": "203.0.113.9", "Type": "PTR", "Class": "IN"}],
    "firewall_rule_group_id": "rslvr-frg-01234567890abcdef",
    "firewall_rule_action": "BLOCK",
    "query_name": "15.3.4.32.in-addr.arpa.",
    "firewall_domain_list_id": "rslvr-fdl-01234567890abcdef",
    "query_class": "IN",
    "srcids": {"instance": "i-0d15cd0d3example"},
    "rcode": "NOERROR",
    "query_type": "PTR",
    "transport": "UDP",
    "version": "1.100000",
    "account_id": "111122223333",
    "srcport": "56067",
    "query_timestamp": "2021-02-04T17:51:55Z",
    "region": "us-east-1",
}


def file_of(*records):
    return "".join(f"{json.dumps(one)}\n" for one in records).encode()


def wrapped(*records):
    return file_of(*({"logStreamName": "v", "timestamp": 1, "message": json.dumps(one)} for one in records))


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    name = "vpc-7example_vpcdnsquerylogs_111122223333_20210204T1750Z_1.log.gz"
    return file_of(RECORD, RECORD | {"query_name": "updates.example.", "query_type": "TXT"}), name, {}, 2


def read(data):
    outcome = Outcome(FORM.examine(iter([member(data, "dns.log")])), FORM.family)
    assert outcome.balances()
    return outcome


def row_of(**given):
    [row] = read(file_of(RECORD | given)).rows
    return row


def pick(row, *names):
    return tuple(row[name] for name in names)


def test_a_question_and_its_answer():
    row = row_of()
    assert pick(row, "query_name", "query_type", "query_class", "rcode") == (
        "15.3.4.32.in-addr.arpa.",
        "PTR",
        "IN",
        "NOERROR",
    )
    assert pick(row, "srcaddr", "srcport", "transport", "vpc_id") == ("4.5.64.102", 56067, "UDP", "vpc-7example")
    assert pick(row, "account_id", "region", "version") == ("111122223333", "us-east-1", "1.100000")
    assert json.loads(row["answers"]) == RECORD["answers"]
    assert row["event_time"] == datetime(2021, 2, 4, 17, 51, 55)


def test_what_the_firewall_said():
    row = row_of()
    assert pick(row, "firewall_rule_action", "firewall_rule_group_id") == ("BLOCK", "rslvr-frg-01234567890abcdef")


def test_who_asked():
    assert pick(row_of(), "instance_id", "others") == ("i-0d15cd0d3example", None)
    inbound = {"resolver_endpoint": "rslvr-in-1", "resolver_network_interface": "rni-1", "new": "x"}
    row = row_of(srcids=inbound)
    assert pick(row, "instance_id", "resolver_endpoint", "resolver_network_interface") == (None, "rslvr-in-1", "rni-1")
    assert json.loads(row["others"]) == {"srcids": {"new": "x"}}


def test_a_field_that_is_new_is_kept():
    assert json.loads(row_of(firewall_protection={"kind": "DGA"})["others"]) == {"firewall_protection": {"kind": "DGA"}}


def test_a_question_that_nobody_answered():
    assert pick(row_of(answers=[], rcode="NXDOMAIN"), "answers", "rcode") == ("[]", "NXDOMAIN")


def test_the_same_record_in_a_bucket_and_in_a_group_has_one_id():
    [in_files], [in_group] = read(file_of(RECORD)).rows, read(wrapped(RECORD)).rows
    assert in_files["event_id"] == in_group["event_id"]
    assert row_of(srcport="1")["event_id"] != in_files["event_id"]


def test_a_record_without_a_time_is_a_row_all_the_same():
    assert row_of(query_timestamp=None)["event_time"] is None


@pytest.mark.parametrize("odd", [None, [], "x", 7])
def test_odd_sources_keep_no_record_away(odd):
    assert row_of(srcids=odd)["instance_id"] is None


@pytest.mark.parametrize("text", hostile.VALUES, ids=hostile.IDS)
def test_whatever_is_asked_stays_in_its_field(text):
    asked = RECORD | {"query_name": text, "answers": [{"Rdata": text}]}
    outcome = read(file_of(RECORD, asked, RECORD))
    assert len(outcome.rows) == 3
    assert outcome.rows[1]["query_name"] == text
    assert json.loads(outcome.rows[1]["answers"]) == [{"Rdata": text}]


def test_half_a_character_is_replaced():
    assert row_of(query_name="a\ud800b")["query_name"] == "a?b"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{}", "an object without query_name"),
        ('{"query_name": 7}', "an object without query_name"),
        ("7", "not a JSON object"),
        ('{"query_name": "a', "not JSON"),
        (json.dumps(RECORD | {"query_timestamp": "2017-03-16T19:20:777Z"}), "'2017-03-16T19:20:777Z' is not a time"),
        (json.dumps(RECORD | {"query_timestamp": [1]}), "is not a time"),
        (json.dumps(RECORD | {"srcport": "99999999999"}), "srcport cannot be '99999999999'"),
        (json.dumps(RECORD | {"srcport": 1.5}), "srcport cannot be '1.5'"),
    ],
)
def test_a_record_that_does_not_fit_is_quarantined_and_its_neighbours_stay(line, words):
    outcome = read(file_of(RECORD) + line.encode() + b"\n" + file_of(RECORD))
    assert len(outcome.rows) == 2
    assert [(one.row, words in one.reason) for one in outcome.quarantined] == [(1, True)]


def test_a_damaged_file_is_claimed_by_its_name():
    assert looks_like_resolver_logs(b"\0\0", sample()[1]) > 0


@pytest.mark.parametrize("data", [b"", b"query_name", b'{"query_name": "a"}', b'["query_name", "query_type"]'])
def test_it_claims_nothing_else(data):
    assert looks_like_resolver_logs(data, "x.json") == 0
