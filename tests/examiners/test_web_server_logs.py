"""Logs of Apache and nginx: the lines of their manuals, and what a client may write into them."""

import json
import time
from datetime import datetime

import pytest

from examiners.web_server_logs import FORM, looks_like_a_web_server
from tests.examiners.making import Outcome, member
from tests.examiners.odd_texts import ODD

COMMON = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'
COMBINED = f'{COMMON} "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"'
NGINX = (
    '2026/03/01 10:00:00 [error] 1234#5678: *5 open() "/usr/share/nginx/html/.env" failed (2: No such file or directory), '
    'client: 203.0.113.9, server: shop.example.com, request: "GET /.env HTTP/1.1", host: "shop.example.com"'
)
APACHE = (
    "[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 72.15.99.187:45678] "
    "AH00126: Invalid URI in request GET /../../etc/passwd HTTP/1.1"
)
OLD_APACHE = "[Wed Oct 11 14:32:52 2000] [error] [client 127.0.0.1] client denied by server configuration: /export/x"


def file_of(*lines):
    return ("\n".join(lines) + "\n").encode()


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return file_of(COMMON, COMBINED, COMBINED), "access_log", {}, 3


def read(data):
    outcome = Outcome(FORM.examine(iter([member(data, "access_log")])), FORM.family)
    assert outcome.balances()
    return outcome


def row_of(line):
    [row] = read(file_of(line)).rows
    return row | {"fields": json.loads(row["fields"] or "{}")}


def test_a_request_in_the_common_format():
    row = row_of(COMMON)
    assert row["event_time"] == datetime(2000, 10, 10, 20, 55, 36)
    assert (row["source_ip"], row["user_name"], row["kind"]) == ("127.0.0.1", "frank", "access_log")
    assert (row["method"], row["object"], row["status"], row["outcome"]) == ("GET", "/apache_pb.gif", "200", "success")
    assert row["fields"] == {"bytes": "2326", "protocol": "HTTP/1.0"}


def test_a_request_in_the_combined_format():
    row = row_of(COMBINED)
    assert row["user_agent"] == "Mozilla/4.08 [en] (Win98; I ;Nav)"
    assert row["fields"]["referrer"] == "http://www.example.com/start.html"


def test_what_a_server_adds_is_kept():
    assert row_of(f'{COMBINED} "198.51.100.7, 10.0.0.1" 0.004')["fields"]["more"] == ["198.51.100.7, 10.0.0.1", "0.004"]


def test_a_virtual_host_before_the_line():
    row = row_of(f"shop.example.com:443 {COMBINED}")
    assert (row["fields"]["virtual_host"], row["source_ip"]) == ("shop.example.com:443", "127.0.0.1")


def test_a_client_that_is_a_name_is_no_address():
    row = row_of(COMMON.replace("127.0.0.1", "host.example.com"))
    assert (row["source_ip"], row["fields"]["source_host"]) == (None, "host.example.com")


def test_quotation_marks_that_the_server_has_escaped_do_not_end_a_field():
    row = row_of(COMBINED.replace("Mozilla/4.08", r"x\" 200 1 \"forged"))
    assert (row["status"], row["user_agent"].startswith("x")) == ("200", True)
    assert row["user_agent"].endswith("(Win98; I ;Nav)")


def test_a_user_whose_name_looks_like_a_time_is_one():
    row = row_of(COMMON.replace("frank", "a [10/Oct/1999:00:00:00 +0000] b"))
    assert (row["user_name"], row["event_time"].year) == ("a [10/Oct/1999:00:00:00 +0000] b", 2000)


@pytest.mark.parametrize("request_line", ["-", "\\x16\\x03\\x01", "GET", "get / http/1.1", ""])
def test_a_request_line_that_is_none_is_the_object(request_line):
    row = row_of(COMMON.replace("GET /apache_pb.gif HTTP/1.0", request_line).replace("200", "400"))
    assert (row["method"], row["object"], row["outcome"]) == (
        None,
        None if request_line in "-" else request_line,
        "failure",
    )


def test_an_error_of_nginx():
    row = row_of(NGINX)
    assert row["event_time"] == datetime(2026, 3, 1, 10)
    assert (row["program"], row["pid"], row["severity"]) == ("nginx", 1234, "error")
    assert (row["source_ip"], row["method"], row["object"]) == ("203.0.113.9", "GET", "/.env")
    assert row["fields"]["server"] == "shop.example.com"


def test_where_a_path_names_a_second_client_neither_is_believed():
    row = row_of(NGINX.replace(".env", "x, client: 192.0.2.1, server: a"))
    assert (row["source_ip"], row["object"]) == (None, None)
    assert "client: 203.0.113.9" in row["message"]


def test_an_error_of_nginx_without_client():
    assert row_of("2026/03/01 10:00:00 [notice] 1#1: signal process started")["severity"] == "notice"


def test_an_error_of_apache():
    row = row_of(APACHE)
    assert row["event_time"] == datetime(2011, 9, 9, 10, 42, 29, 902022)
    assert (row["program"], row["pid"], row["event_code"]) == ("httpd", 35708, "AH00126")
    assert (row["source_ip"], row["source_port"]) == ("72.15.99.187", 45678)
    assert (row["severity"], row["fields"]["module"]) == ("error", "core")


def test_an_error_of_apache_from_ipv6():
    row = row_of(APACHE.replace("72.15.99.187", "2001:db8::1"))
    assert (row["source_ip"], row["source_port"]) == ("2001:db8::1", 45678)


def test_an_error_of_apache_2_2():
    row = row_of(OLD_APACHE)
    assert (row["source_ip"], row["source_port"], row["event_time"].year) == ("127.0.0.1", None, 2000)


@pytest.mark.parametrize("line", [COMMON.replace("Oct", "Okt"), COMMON.replace("10/", "32/"), "GET / 200", COMMON[:60]])
def test_what_is_no_line_of_a_web_server_is_quarantined(line):
    outcome = read(file_of(COMMON, line, COMBINED))
    assert (len(outcome.rows), [one.row for one in outcome.quarantined]) == (2, [1])


@pytest.mark.parametrize("log", [(COMMON, COMBINED), (NGINX, NGINX), (APACHE, OLD_APACHE)])
def test_each_log_is_claimed_in_a_log_group_too(log):
    wrapped = [json.dumps({"logStreamName": "i-1", "timestamp": 5, "message": line}) for line in log]
    assert looks_like_a_web_server(file_of(*log), "x") == looks_like_a_web_server(file_of(*wrapped), "x") == 85


@pytest.mark.parametrize("hostile", ["\x00", "\u202e", "<script>alert(1)</script>", "${jndi:ldap://x}", "\ufffd"])
def test_hostile_characters_stay_as_they_are(hostile):
    assert row_of(COMBINED.replace("Mozilla", hostile))["user_agent"].startswith(hostile)


TIME = "[10/Oct/2000:13:55:36 -0700] "


@pytest.mark.parametrize(
    "line",
    [
        "1.1.1.1 - " + TIME * 30_000,
        f'1.1.1.1 - - {TIME}"' + '\\"' * 400_000,
        f'1.1.1.1 - - {TIME}"GET / HTTP/1.0" 200 1 ' + '" ' * 400_000,
        f'1.1.1.1 - - {TIME}"GET' + " HTTP/1.0" * 100_000,
        "2026/03/01 10:00:00 [error] 1#1: " + ', client: a, request: "' * 40_000,
        "[Fri Sep 09 10:42:29 2011] [error] (" + ":" * 900_000,
        "a" * 1_000_000,
    ],
)
def test_a_crafted_line_takes_no_longer_than_any_other(line):
    began = time.process_time()
    assert read(line.encode()).tallies[0].read == 1
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", ODD)
def test_it_claims_no_other_text(text):
    assert looks_like_a_web_server(text.encode(), "access.log") == 0
