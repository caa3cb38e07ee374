"""Records of CloudFront, as AWS's pages show them, and as clients would like them to look."""

import json
from datetime import datetime

import pytest

from examiners.cloudfront_logs import FORM, LEGACY, looks_like_cloudfront_logs
from tests.examiners import hostile
from tests.examiners.making import Outcome, member

ID = "SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ=="
VALUES = {
    "date": "2019-12-04",
    "time": "21:02:31",
    "x-edge-location": "LAX1",
    "sc-bytes": "392",
    "c-ip": "192.0.2.100",
    "cs-method": "GET",
    "cs(Host)": "d111111abcdef8.cloudfront.net",
    "cs-uri-stem": "/index.html",
    "sc-status": "200",
    "cs(User-Agent)": "Mozilla/5.0%20(Windows%20NT%2010.0;%20Win64)%20100%25",
    "cs(Cookie)": "session=1",
    "x-edge-result-type": "Hit",
    "x-edge-request-id": ID,
    "x-host-header": "shop.example",
    "cs-protocol": "https",
    "cs-bytes": "23",
    "time-taken": "0.001",
    "ssl-protocol": "TLSv1.2",
    "ssl-cipher": "ECDHE-RSA-AES128-GCM-SHA256",
    "cs-protocol-version": "HTTP/2.0",
    "c-port": "11040",
}
VERSION = "#Version: 1.0"


def header(names=LEGACY):
    return f"#Fields: {' '.join(names)}"


def line(names=LEGACY, **given):
    values = VALUES | {name.replace("_", "-"): value for name, value in given.items()}
    return "\t".join(values.get(name, "-") for name in names)


def file_of(*lines):
    return "".join(f"{one}\n" for one in lines).encode()


def json_of(*records):
    return file_of(*map(json.dumps, records))


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    data = file_of(VERSION, header(), line(), line(sc_status="403"), line(x_edge_request_id="-"))
    return data, "EMLARXS9EXAMPLE.2019-12-04-21.RT4KCN4SGK9.gz", {"distribution": "EMLARXS9EXAMPLE"}, 3


def read(data, name="x.gz", **notes):
    outcome = Outcome(FORM.examine(iter([member(data, name, **notes)])), FORM.family)
    assert outcome.balances()
    return outcome


def row_of(**given):
    [row] = read(file_of(VERSION, header(), line(**given))).rows
    return row


def pick(row, *names):
    return tuple(row[name] for name in names)


def test_a_request_in_a_legacy_file():
    row = row_of()
    assert pick(row, "service", "type", "action", "edge_location") == ("cloudfront", "https", "Hit", "LAX1")
    assert pick(row, "client_ip", "client_port", "method", "host") == ("192.0.2.100", 11040, "GET", "shop.example")
    assert pick(row, "path", "query", "status", "http_version") == ("/index.html", None, 200, "HTTP/2.0")
    assert pick(row, "received_bytes", "sent_bytes", "tls_version") == (23, 392, "TLSv1.2")
    assert pick(row, "request_id", "event_id") == (ID, ID)
    assert row["event_time"] == datetime(2019, 12, 4, 21, 2, 31)


def test_a_user_agent_is_decoded_once():
    assert row_of()["user_agent"] == "Mozilla/5.0 (Windows NT 10.0; Win64) 100%"
    assert row_of(**{"cs(User-Agent)": "a%2520b"})["user_agent"] == "a%20b"


def test_an_address_stays_as_it_was_asked():
    assert pick(row_of(cs_uri_stem="/%2e%2e/etc", cs_uri_query="q=%00"), "path", "query") == ("/%2e%2e/etc", "q=%00")


def test_fields_without_a_column_are_kept_by_their_names():
    others = json.loads(row_of()["others"])
    assert others == {"cs(Host)": "d111111abcdef8.cloudfront.net", "cs(Cookie)": "session=1", "time-taken": "0.001"}


def test_the_file_names_its_fields():
    names = ("time", "date", "sc-status", "c-ip", "cs-method", "x-edge-location", "asn")
    [row] = read(file_of(VERSION, header(names), line(names, asn="64500"))).rows
    assert pick(row, "status", "client_ip") == (200, "192.0.2.100")
    assert json.loads(row["others"]) == {"asn": "64500"}


def test_two_files_joined_name_their_fields_each():
    names = ("date", "time", "c-ip", "sc-status")
    rows = read(file_of(VERSION, header(), line(), VERSION, header(names), line(names))).rows
    assert [pick(row, "client_ip", "status", "method") for row in rows] == [
        ("192.0.2.100", 200, "GET"),
        ("192.0.2.100", 200, None),
    ]
    assert [row["src_row"] for row in rows] == [2, 5]


def test_a_file_that_lost_its_header_has_the_legacy_order():
    assert read(file_of(line())).rows[0]["path"] == "/index.html"


def test_the_distribution_is_noted_or_in_the_file_name():
    data, name, _, _ = sample()
    assert read(data, distribution="E2").rows[0]["resource"] == "E2"
    assert read(data, f"s3://logs/cdn/{name}").rows[0]["resource"] == "EMLARXS9EXAMPLE"
    assert read(data).rows[0]["resource"] is None


def test_json_of_version_2_in_files_and_in_a_log_group():
    record = VALUES | {"DistributionId": "E3", "c-country": "US"}
    envelope = {"logStreamName": "x", "timestamp": 1, "message": json.dumps(record)}
    for data in (json_of(record), json_of(record, record), json_of(envelope)):
        assert looks_like_cloudfront_logs(data, "x") == 95
        assert pick(read(data).rows[0], "resource", "country", "path", "event_id") == ("E3", "US", "/index.html", ID)


def test_lines_of_version_2_in_a_log_group():
    lines = [VERSION, header(), line()]
    data = json_of(*({"logStreamName": "x", "timestamp": 1, "message": one} for one in lines))
    assert looks_like_cloudfront_logs(data, "x") == 95
    assert read(data).rows[0]["path"] == "/index.html"


def test_the_same_request_in_both_versions_has_one_id_and_one_time():
    [old], [new] = read(file_of(header(), line())).rows, read(json_of(VALUES)).rows
    assert pick(old, "event_id", "event_time", "client_ip", "path") == pick(
        new, "event_id", "event_time", "client_ip", "path"
    )


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ({"timestamp": "1575493351"}, datetime(2019, 12, 4, 21, 2, 31)),
        ({"timestamp(ms)": "1575493351250"}, datetime(2019, 12, 4, 21, 2, 31, 250000)),
        ({}, None),
    ],
)
def test_version_2_may_count_seconds_or_give_no_time(time, expected):
    assert read(json_of({"c-ip": "192.0.2.100"} | time)).rows[0]["event_time"] == expected


def test_without_an_id_two_like_requests_are_two():
    assert [row["event_id"] for row in read(file_of(header(), *[line(x_edge_request_id="-")] * 2)).rows] == [None, None]


@pytest.mark.parametrize("text", hostile.VALUES, ids=hostile.IDS)
def test_whatever_a_client_sends_stays_in_its_field(text):
    outcome = read(file_of(header(), line(), line(**{"cs(User-Agent)": text, "cs(Referer)": text}), line()))
    assert len(outcome.rows) == 3
    assert pick(outcome.rows[1], "user_agent", "referer", "status") == (text, text, 200)


def test_what_a_client_encoded_may_be_no_text():
    assert row_of(**{"cs(User-Agent)": "%FF%ED%A0%80%0A%00%E2%80%AE"})["user_agent"] == "\ufffd" * 4 + "\n\x00\u202e"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (line()[:60], "fields where the file names 33: date time x-edge-location"),
        (line() + "\tone more", "34 fields where the file names 33"),
        ("# a remark", "1 fields where the file names 33"),
        (line(date="yesterday"), "'yesterdayT21:02:31' is not a time"),
        (line(sc_status="OK"), "status cannot be 'OK'"),
        ("\x00" * 40, "1 fields where the file names 33"),
        ('{"a": 1}', "it has none of the fields that CloudFront logs"),
        ("{", "not JSON"),
    ],
)
def test_a_record_that_does_not_fit_is_quarantined_and_its_neighbours_stay(bad, words):
    outcome = read(file_of(header(), line(), bad, line()))
    assert len(outcome.rows) == 2
    assert [(one.row, words in one.reason) for one in outcome.quarantined] == [(2, True)]


def test_a_header_that_names_nothing_makes_no_rows():
    outcome = read(file_of("#Fields:", line()))
    assert (outcome.rows, len(outcome.quarantined)) == ([], 1)


IIS = b"#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: x\n#Fields: date time s-ip cs-method\n"


@pytest.mark.parametrize("data", [b"", b"#Version: 1.0\n", b"#Fields: a b c\n", IIS, b'{"date": 1}'])
def test_it_claims_nothing_else(data):
    assert looks_like_cloudfront_logs(data, "x.log") == 0
