"""Records of AWS WAF, as AWS's pages show them, and as clients would like them to look."""

import json
from datetime import datetime

import pytest

from examiners.waf_logs import FORM, looks_like_waf_logs
from tests.examiners import hostile
from tests.examiners.making import Outcome, member

ACL = "arn:aws:wafv2:ap-southeast-2:111122223333:regional/webacl/shop/b1c2d3e4"
AGENT = {"name": "User-Agent", "value": "curl/7.61.1"}


def record(*, headers=(AGENT,), request=(), **fields):
    asked = {
        "clientIp": "203.0.113.44",
        "country": "AU",
        "headers": list(headers),
        "uri": "/admin",
        "args": "a=1",
        "httpVersion": "HTTP/1.1",
        "httpMethod": "GET",
        "requestId": "1-58337262-36d228ad5d99923122bbe354",
    }
    made = {
        "timestamp": 1576280412771,
        "formatVersion": 1,
        "webaclId": ACL,
        "terminatingRuleId": "block-admin",
        "terminatingRuleType": "REGULAR",
        "action": "BLOCK",
        "terminatingRuleMatchDetails": [],
        "httpSourceName": "ALB",
        "httpSourceId": "111122223333-app/shop/50dc6c495c0c9188",
        "ruleGroupList": [],
        "responseCodeSent": None,
        "httpRequest": asked | dict(request),
        "labels": [{"name": "awswaf:managed:aws:core-rule-set:NoUserAgent_Header"}],
        "ja3Fingerprint": "f79b6bad2ad0641e1921aef10262856b",
    }
    return made | fields


def file_of(*records):
    return "".join(f"{json.dumps(one)}\n" for one in records).encode()


def wrapped(*records):
    envelopes = [
        {"logStreamName": "x", "timestamp": 1, "message": json.dumps(one), "ingestionTime": 2, "eventId": str(number)}
        for number, one in enumerate(records)
    ]
    return file_of(*envelopes)


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    name = "111122223333_waflogs_ap-southeast-2_shop_20191213T2340Z_1.log.gz"
    return file_of(record(), record(action="ALLOW", terminatingRuleId="Default_Action")), name, {}, 2


def read(data):
    outcome = Outcome(FORM.examine(iter([member(data, "waf.log")])), FORM.family)
    assert outcome.balances()
    return outcome


def row_of(**given):
    [row] = read(file_of(record(**given))).rows
    return row


def pick(row, *names):
    return tuple(row[name] for name in names)


def test_a_request_that_was_blocked():
    row = row_of()
    assert pick(row, "service", "action", "rule", "web_acl") == ("waf", "BLOCK", "block-admin", ACL)
    assert pick(row, "resource", "account_id", "region") == (
        "111122223333-app/shop/50dc6c495c0c9188",
        "111122223333",
        "ap-southeast-2",
    )
    assert pick(row, "client_ip", "country", "method", "path", "query") == (
        "203.0.113.44",
        "AU",
        "GET",
        "/admin",
        "a=1",
    )
    assert pick(row, "user_agent", "request_id") == ("curl/7.61.1", "1-58337262-36d228ad5d99923122bbe354")
    assert row["event_time"] == datetime(2019, 12, 13, 23, 40, 12, 771000)


def test_fields_without_a_column_are_kept_and_so_is_every_header():
    others = json.loads(row_of()["others"])
    assert others["httpRequest"]["headers"] == [AGENT]
    assert others["labels"][0]["name"].endswith("NoUserAgent_Header")
    assert pick(others, "ja3Fingerprint", "httpSourceName") == ("f79b6bad2ad0641e1921aef10262856b", "ALB")


def test_headers_are_found_whatever_their_case():
    headers = [{"name": "hOST", "value": "shop.example"}, {"name": "REFERER", "value": "/x"}, AGENT]
    headers += [{"name": "x-forwarded-for", "value": "198.51.100.7"}]
    row = row_of(headers=headers)
    assert pick(row, "host", "referer", "x_forwarded_for") == ("shop.example", "/x", "198.51.100.7")


def test_of_a_header_sent_twice_the_first_has_the_column_and_both_are_kept():
    row = row_of(headers=[AGENT, {"name": "user-agent", "value": "second"}])
    assert row["user_agent"] == "curl/7.61.1"
    assert "second" in row["others"]


def test_what_waf_names_itself_counts_more_than_a_header():
    row = row_of(headers=[{"name": "Host", "value": "a"}], request={"host": "b", "scheme": "https"})
    assert pick(row, "host", "type") == ("b", "https")


def test_an_answer_that_waf_gave_itself():
    assert row_of(action="CAPTCHA", responseCodeSent=405)["status"] == 405


def test_a_web_acl_of_waf_classic_is_no_arn():
    assert pick(row_of(webaclId="1a2b3c4d"), "web_acl", "account_id", "region") == ("1a2b3c4d", None, None)


def test_a_record_without_a_time_is_a_row_all_the_same():
    assert row_of(timestamp=None)["event_time"] is None


@pytest.mark.parametrize("headers", [None, "x", [1, "x", None], [{"name": None}], [{}]])
def test_odd_headers_keep_no_record_away(headers):
    assert row_of(request={"headers": headers})["user_agent"] is None


def test_events_of_a_log_group_have_the_ids_of_the_same_records_in_files():
    in_files, in_group = read(file_of(record())).rows, read(wrapped(record())).rows
    assert pick(in_group[0], "path", "action") == ("/admin", "BLOCK")
    assert in_group[0]["event_id"] == in_files[0]["event_id"]


def test_the_order_of_keys_makes_no_other_event():
    turned = dict(reversed(record().items()))
    assert len({row["event_id"] for row in read(file_of(record(), turned)).rows}) == 1


def test_an_array_and_one_record_over_many_lines():
    assert len(read(json.dumps([record(), record()]).encode()).rows) == 2
    assert len(read(json.dumps(record(), indent=2).encode()).rows) == 1


MARKS = [{"name": "a", "value": word} for word in ("message", "logStreamName", "timestamp", "eventName", "eventSource")]


def test_words_of_other_logs_in_a_header_hide_nothing():
    data = file_of(record(headers=MARKS), record())
    assert looks_like_waf_logs(data, "x") == 95
    assert len(read(data).rows) == 2


@pytest.mark.parametrize("text", hostile.VALUES, ids=hostile.IDS)
def test_whatever_a_client_sends_stays_in_its_field(text):
    sent = record(headers=[{"name": "User-Agent", "value": text}], request={"uri": text})
    for data in (file_of(record(), sent, record()), wrapped(record(), sent, record())):
        outcome = read(data)
        assert len(outcome.rows) == 3
        assert pick(outcome.rows[1], "user_agent", "path") == (text, text)


@pytest.mark.parametrize("form", [file_of, wrapped])
def test_half_a_character_is_replaced(form):
    [row] = read(form(record(request={"uri": "/\ud800x"}))).rows
    assert row["path"] in ("/?x", "/\ufffdx")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"timestamp":1}', "an object without httpRequest"),
        ('{"httpRequest":[]}', "an object without httpRequest"),
        ("[1]", "not a JSON object"),
        ('{"httpRequest":{', "not JSON"),
        (json.dumps(record(timestamp="then")), "'then' is not a count of seconds"),
        (json.dumps(record(responseCodeSent="no")), "status cannot be 'no'"),
        ('{"httpRequest":' * 200_000, "nested too deep"),
        ("\x00\x00", "not JSON"),
    ],
)
def test_a_record_that_does_not_fit_is_quarantined_and_its_neighbours_stay(line, words):
    outcome = read(file_of(record()) + line.encode() + b"\n" + file_of(record()))
    assert len(outcome.rows) == 2
    assert [(one.row, words in one.reason) for one in outcome.quarantined] == [(1, True)]


def test_a_broken_event_of_a_log_group_is_quarantined_as_one():
    data = wrapped(record()) + wrapped(record())[:-9] + b"\n" + wrapped(record())
    outcome = read(data)
    assert len(outcome.rows) == 2
    assert [one.reason.split(":")[0] for one in outcome.quarantined] == ["not an event of a log group"]


def test_a_damaged_file_is_claimed_by_its_name():
    assert looks_like_waf_logs(b"\0\0", sample()[1]) > 0


@pytest.mark.parametrize(
    "data", [b"", b"httpRequest action clientIp", b'{"httpRequest": {}, "severity": "INFO"}', b"{}"]
)
def test_it_claims_nothing_else(data):
    assert looks_like_waf_logs(data, "x.json") == 0
