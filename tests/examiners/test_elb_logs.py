"""Records of load balancers of every kind, as AWS's pages show them, and as clients would like them to look."""

import json
from datetime import datetime

import pytest

from examiners.elb_logs import FORM, looks_like_elb_logs
from tests.examiners import hostile
from tests.examiners.making import Outcome, member

GROUP = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067"
CERTIFICATE = "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012"
TRACE = "Root=1-58337262-36d228ad5d99923122bbe354"
BEGINNING = "2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188"
PEERS = "192.168.131.39:2817 10.0.0.1:80"
HTTP = (
    f"http {BEGINNING} {PEERS} 0.000 0.001 0.000 200 201 34 366 "
    f'"GET http://www.example.com:80/a/b?c=d HTTP/1.1" "curl/7.46.0" - - {GROUP} "{TRACE}" "-" "-" '
    '0 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"'
)
BLOCKED = (
    f"h2 {BEGINNING} [2001:db8::7]:2817 - -1 -1 -1 403 - 34 366 "
    f'"POST https://www.example.com:443/login HTTP/2.0" "sqlmap/1.7" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 {GROUP} '
    f'"{TRACE}" "www.example.com" "{CERTIFICATE}" 1 2018-07-02T22:22:48.364000Z "waf" "-" "-" "-" "-" '
    '"Ambiguous" "DuplicateHeader" TID_dc57 "-" "-" "-" "future" "-"'
)
OLDEST = (
    f'ws {BEGINNING} {PEERS} 0.001 0.003 0.000 101 101 218 587 "GET http://a:80/ HTTP/1.1" "-" - - {GROUP} "{TRACE}"'
)
TLS = (
    "tls 2.0 2020-04-01T08:51:42 net/my-network-loadbalancer/c6e77e28c25b2234 g3d4b5e8bb8464cd "
    f"72.21.218.154:51341 172.100.100.185:443 5 2 98 246 - {CERTIFICATE} - ECDHE-RSA-AES128-SHA tlsv12 - "
    'lb.elb.us-east-2.amazonaws.com h2 h2 "h2","http/1.1" 2020-04-01T08:51:20'
)
CLASSIC = (
    "2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000086 0.001048 0.001337 "
    '200 200 0 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/7.38.0" DHE-RSA-AES128-SHA TLSv1.2'
)
TCP = (
    "2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.001069 0.000028 0.000041 "
    '- - 82 305 "- - - " "-" - -'
)
CONNECTION = (
    "2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 4.036 "
    '"CN=amazondomains.com,O=endEntity,C=US" NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z '
    "FEF257372D5C14D4 Success TID_3180a73013c8ca4bac2f731159d4b0fe"
)
REFUSED = '2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 - - - "-" - - Failed:ClientCertUntrusted TID_1 x25519'
NAME = (
    "123456789012_elasticloadbalancing_us-east-2_app.my-loadbalancer.50dc6c495c0c9188_20180702T2225Z_10.0.0.9_x.log.gz"
)


def file_of(*lines):
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return file_of(HTTP, BLOCKED, OLDEST, CLASSIC, TCP, TLS, CONNECTION, REFUSED), NAME, {}, 8


def read(*lines, name="x.log"):
    outcome = Outcome(FORM.examine(iter([member(file_of(*lines), name)])), FORM.family)
    assert outcome.balances()
    return outcome


def row_of(line, **given):
    [row] = read(line, **given).rows
    return row


def pick(row, *names):
    return tuple(row[name] for name in names)


def test_a_request_to_an_application_load_balancer():
    row = row_of(HTTP)
    assert pick(row, "service", "type", "resource") == ("elb", "http", "app/my-loadbalancer/50dc6c495c0c9188")
    assert pick(row, "client_ip", "client_port", "target_ip", "target_port") == ("192.168.131.39", 2817, "10.0.0.1", 80)
    assert pick(row, "method", "url", "http_version") == ("GET", "http://www.example.com:80/a/b?c=d", "HTTP/1.1")
    assert pick(row, "host", "path", "query") == ("www.example.com", "/a/b", "c=d")
    assert pick(row, "status", "target_status", "received_bytes", "sent_bytes") == (200, 201, 34, 366)
    assert pick(row, "user_agent", "request_id", "action") == ("curl/7.46.0", TRACE, "forward")
    assert row["event_time"] == datetime(2018, 7, 2, 22, 23, 0, 186641)


def test_fields_without_a_column_are_kept_by_their_names():
    others = json.loads(row_of(HTTP)["others"])
    assert others["target_group_arn"] == GROUP
    assert others["request_creation_time"] == "2018-07-02T22:22:48.364000Z"
    assert set(others.values()) & {"-", ""} == set()


def test_a_request_that_waf_blocked_came_to_no_target():
    row = row_of(BLOCKED)
    assert pick(row, "client_ip", "target_ip", "target_port", "target_status") == ("2001:db8::7", None, None, None)
    assert pick(row, "tls_version", "server_name", "connection_id") == ("TLSv1.2", "www.example.com", "TID_dc57")
    assert json.loads(row["others"])["classification_reason"] == "DuplicateHeader"


def test_fields_that_aws_will_add_are_kept_by_their_numbers():
    assert json.loads(row_of(BLOCKED)["others"])["field_34"] == "future"


def test_the_shortest_record_that_there_was():
    assert pick(row_of(OLDEST), "type", "status", "user_agent", "action") == ("ws", 101, None, None)


def test_a_connection_through_a_network_load_balancer():
    row = row_of(TLS)
    assert pick(row, "type", "resource") == ("tls", "net/my-network-loadbalancer/c6e77e28c25b2234")
    assert pick(row, "client_ip", "target_port", "tls_version") == ("72.21.218.154", 443, "tlsv12")
    assert row["server_name"] == "lb.elb.us-east-2.amazonaws.com"
    others = json.loads(row["others"])
    assert others["alpn_client_preference_list"] == '"h2","http/1.1"'
    assert others["tls_connection_creation_time"] == "2020-04-01T08:51:20"


def test_a_request_to_a_classic_load_balancer():
    row = row_of(CLASSIC)
    assert pick(row, "resource", "host", "status", "tls_version") == (
        "my-loadbalancer",
        "www.example.com",
        200,
        "TLSv1.2",
    )
    assert json.loads(row["others"])["backend_processing_time"] == "0.001048"


def test_a_connection_through_a_classic_load_balancer_asks_nothing():
    row = row_of(TCP)
    assert pick(row, "method", "url", "status", "received_bytes") == (None, None, None, 82)


def test_a_connection_with_a_client_certificate():
    row = row_of(CONNECTION)
    assert pick(row, "type", "client_ip", "client_port", "target_port") == ("connection", "203.0.113.1", 36280, 443)
    assert pick(row, "requester", "error_code") == ("CN=amazondomains.com,O=endEntity,C=US", None)
    assert json.loads(row["others"])["leaf_client_cert_serial_number"] == "FEF257372D5C14D4"


def test_a_connection_whose_certificate_was_refused():
    row = row_of(REFUSED)
    assert pick(row, "error_code", "requester") == ("Failed:ClientCertUntrusted", None)
    assert json.loads(row["others"])["tls_keyexchange"] == "x25519"


def test_account_region_and_balancer_come_from_the_name_that_aws_gave_the_file():
    row = row_of(CONNECTION, name=f"s3://logs/AWSLogs/123456789012/elasticloadbalancing/conn_log.{NAME}")
    assert pick(row, "account_id", "region") == ("123456789012", "us-east-2")
    assert row["resource"] == "app/my-loadbalancer/50dc6c495c0c9188"


def test_what_a_record_says_of_its_balancer_counts_more_than_the_file_name():
    assert row_of(CLASSIC, name=NAME)["resource"] == "my-loadbalancer"


def test_a_record_delivered_twice_has_one_id():
    assert len({row["event_id"] for row in read(HTTP, HTTP, BLOCKED).rows}) == 2


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (r"say \"hi\" twice", 'say "hi" twice'),
        ("ends with \\", "ends with \\"),
        (r"C:\windows", r"C:\windows"),
        ("", None),
    ],
)
def test_quotes_inside_a_user_agent(agent, shown):
    row = row_of(HTTP.replace("curl/7.46.0", agent))
    assert pick(row, "user_agent", "request_id", "action") == (shown, TRACE, "forward")


@pytest.mark.parametrize("text", hostile.VALUES, ids=hostile.IDS)
def test_whatever_a_client_sends_stays_in_its_field(text):
    outcome = read(HTTP, HTTP.replace("curl/7.46.0", text), HTTP)
    assert len(outcome.rows) == 3
    assert pick(outcome.rows[1], "user_agent", "request_id") == (text, TRACE)


def test_bytes_that_are_no_text_are_replaced():
    data = file_of(HTTP).replace(b"curl/7.46.0", b"\xff\xed\xa0\x80")
    [row] = Outcome(FORM.examine(iter([member(data)])), FORM.family).rows
    assert set(row["user_agent"]) == {"\ufffd"}


def test_a_request_that_is_none():
    row = row_of(HTTP.replace("GET http://www.example.com:80/a/b?c=d HTTP/1.1", "- http://my-lb:80- -"))
    assert pick(row, "method", "url", "http_version") == (None, "http://my-lb:80-", None)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f'http {BEGINNING} {PEERS} 0 0 0 200 200 1 2 "GET / HTTP/1.1" "a"', "14 fields where there are at least 18"),
        (HTTP.replace(" 200 201 ", " OK 201 "), "status cannot be 'OK'"),
        (HTTP.replace("2018-07-02T22:23", "2018-77-02T22:23"), "is not a time"),
        (HTTP.replace('HTTP/1.1"', "HTTP/1.1"), "a quote is not closed"),
        ("Enable AccessLog for ELB: my-loadbalancer", "it begins like no record"),
        ("\x00" * 50, "it begins like no record"),
        (HTTP.replace(" 34 366 ", " 34 99999999999999999999 "), "sent_bytes cannot be"),
    ],
)
def test_a_record_that_does_not_fit_is_quarantined_and_its_neighbours_stay(line, words):
    outcome = read(HTTP, line, BLOCKED)
    assert len(outcome.rows) == 2
    assert [(one.row, words in one.reason) for one in outcome.quarantined] == [(1, True)]


@pytest.mark.parametrize("line", [HTTP, BLOCKED, OLDEST, TLS, CLASSIC, TCP, CONNECTION, REFUSED])
def test_it_claims_every_kind_by_its_first_line(line):
    assert looks_like_elb_logs(file_of(line), "x") == 95


@pytest.mark.parametrize(
    "data",
    [b"", b"http hello", b"2026-03-01T10:00:00Z sshd[1]: Accepted publickey for ec2-user from 10.0.0.1\n", b"{}"],
)
def test_it_claims_nothing_else(data):
    assert looks_like_elb_logs(data, "x.log") == 0
