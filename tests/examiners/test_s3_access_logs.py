"""Records of S3 server access logs, as AWS's page shows them, and as clients would like them to look."""

import json
from datetime import datetime

import pytest

from examiners.s3_access_logs import FORM, looks_like_s3_access_logs
from tests.examiners import hostile
from tests.examiners.making import Outcome, member

OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
AT = f"{OWNER} acme-exports [06/Feb/2019:00:00:38 +0000]"
HOST_ID = "s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234="
BEHIND = f"{HOST_ID} SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader acme-exports.s3.us-west-1.amazonaws.com TLSV1.2"
ROLE = "arn:aws:sts::111122223333:assumed-role/Shop/i-0abc"
URI = "GET /acme-exports/2026/a%2520b.csv?versionId=3HL4 HTTP/1.1"
GET = (
    f"{AT} 192.0.2.3 {ROLE} 3E57427F3EXAMPLE REST.GET.OBJECT 2026/a%252520b.csv "
    f'"{URI}" 200 - 113 4406583 41 28 "https://shop.example/" "S3Console/0.4" 3HL4kqtJ {BEHIND} '
    "arn:aws:s3:us-west-1:123456789012:accesspoint/example-AP Yes"
)
DENIED = (
    f"{AT} 192.0.2.3 - 891CE47D2EXAMPLE REST.GET.BUCKETPOLICY - "
    f'"GET /acme-exports?policy HTTP/1.1" 403 AccessDenied 242 - 11 - "-" "curl/7.15.1" - {BEHIND} - - us-east-1 future'
)
EXPIRED = (
    f"{AT} - AmazonS3 A1206F460EXAMPLE S3.EXPIRE.OBJECT old/export.csv - - - - 3248 - - - - - {HOST_ID} - - - - - - -"
)
DELETED = (
    f"{AT} 192.0.2.3 {ROLE} 3E57427F3EXAMPLE BATCH.DELETE.OBJECT 2026/a.csv - 204 - - 28434 - - - - v1 {BEHIND} - -"
)
OLDEST = (
    f'{AT} 192.0.2.3 {OWNER} A1206F460EXAMPLE REST.PUT.OBJECT k "PUT /k HTTP/1.1" 200 - - 44 4 2 "-" "S3Console/0.4"'
)


def file_of(*lines):
    return "".join(f"{line}\n" for line in lines).encode()


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    notes = {"delivery": "S3 delivers access logs as well as it can"}
    return file_of(GET, DENIED, EXPIRED, DELETED, OLDEST), "2019-02-06-00-05-38-E568B2907131C0C0", notes, 5


def read(*lines):
    outcome = Outcome(FORM.examine(iter([member(file_of(*lines), "x")])), FORM.family)
    assert outcome.balances()
    return outcome


def row_of(line):
    [row] = read(line).rows
    return row


def pick(row, *names):
    return tuple(row[name] for name in names)


def test_an_object_that_was_read():
    row = row_of(GET)
    assert pick(row, "service", "resource", "bucket", "key") == (
        "s3",
        "acme-exports",
        "acme-exports",
        "2026/a%252520b.csv",
    )
    assert pick(row, "action", "status", "error_code") == ("REST.GET.OBJECT", 200, None)
    assert pick(row, "client_ip", "requester", "request_id") == ("192.0.2.3", ROLE, "3E57427F3EXAMPLE")
    assert pick(row, "method", "path", "query") == ("GET", "/acme-exports/2026/a%2520b.csv", "versionId=3HL4")
    assert pick(row, "sent_bytes", "object_size", "version_id") == (113, 4406583, "3HL4kqtJ")
    assert pick(row, "referer", "user_agent") == ("https://shop.example/", "S3Console/0.4")
    assert pick(row, "tls_version", "host") == ("TLSV1.2", "acme-exports.s3.us-west-1.amazonaws.com")
    assert row["event_time"] == datetime(2019, 2, 6, 0, 0, 38)


def test_fields_without_a_column_are_kept_by_their_names():
    others = json.loads(row_of(GET)["others"])
    assert pick(others, "bucket_owner", "total_time", "turn_around_time") == (OWNER, "41", "28")
    assert pick(others, "host_id", "signature_version", "acl_required") == (HOST_ID, "SigV4", "Yes")


def test_a_request_that_was_denied_to_somebody_unknown():
    row = row_of(DENIED)
    assert pick(row, "requester", "key", "status", "error_code") == (None, None, 403, "AccessDenied")
    assert json.loads(row["others"])["source_region"] == "us-east-1"


def test_fields_that_aws_will_add_are_kept_by_their_numbers():
    assert json.loads(row_of(DENIED)["others"])["field_28"] == "future"


def test_what_a_lifecycle_does_is_no_request():
    row = row_of(EXPIRED)
    assert pick(row, "requester", "action", "object_size") == ("AmazonS3", "S3.EXPIRE.OBJECT", 3248)
    assert pick(row, "method", "url", "status", "user_agent", "client_ip") == (None,) * 5


def test_one_of_many_objects_deleted_at_once():
    assert pick(row_of(DELETED), "action", "key", "version_id", "status") == (
        "BATCH.DELETE.OBJECT",
        "2026/a.csv",
        "v1",
        204,
    )


def test_the_objects_deleted_by_one_request_are_events_of_their_own():
    rows = read(DELETED, DELETED.replace("a.csv", "b.csv"), DELETED).rows
    assert len({row["request_id"] for row in rows}) == 1
    assert len({row["event_id"] for row in rows}) == 2


def test_a_record_of_the_first_years():
    assert pick(row_of(OLDEST), "action", "user_agent", "version_id") == ("REST.PUT.OBJECT", "S3Console/0.4", None)


def test_a_copy_is_asked_for_without_a_version_of_http():
    row = row_of(GET.replace(URI, "GET /acme-exports/a.csv"))
    assert pick(row, "method", "path", "http_version") == ("GET", "/acme-exports/a.csv", None)


def test_a_time_in_another_zone_is_brought_to_utc():
    assert row_of(GET.replace("+0000", "+0200"))["event_time"] == datetime(2019, 2, 5, 22, 0, 38)


@pytest.mark.parametrize(
    "agent",
    [
        'say "hi" twice',
        '"',
        'x" 200 - 1 2 3 4 "-" "innocent',
        f'x" 403 AccessDenied - - - - "-" "y" - {BEHIND} - -',
        "ends with \\",
        'x" - "y',
    ],
)
def test_unescaped_quotes_of_a_client_forge_no_field(agent):
    row = row_of(GET.replace("S3Console/0.4", agent))
    assert pick(row, "status", "error_code", "sent_bytes", "version_id") == (200, None, 113, "3HL4kqtJ")
    assert row["user_agent"] == agent
    assert row["referer"] == "https://shop.example/"


def test_quotes_in_the_address_stay_there():
    row = row_of(GET.replace("?versionId", '?"q"&versionId'))
    assert pick(row, "status", "query") == (200, '"q"&versionId=3HL4')


@pytest.mark.parametrize("text", hostile.VALUES, ids=hostile.IDS)
def test_whatever_a_client_sends_stays_in_its_field(text):
    outcome = read(GET, GET.replace("S3Console/0.4", text), GET)
    assert len(outcome.rows) == 3
    assert pick(outcome.rows[1], "user_agent", "version_id") == (text, "3HL4kqtJ")


@pytest.mark.parametrize("forged", ['" 200 - 1 2 3 4 "-', '" 200 - 1 2 3 4 "a" ', '" "', '" -'])
def test_a_line_made_to_be_slow_is_not(forged):
    line = GET.replace("S3Console/0.4", forged * 20_000)
    outcome = read(line, line + '"x', line.replace(URI, forged * 20_000), line[:-900])
    assert outcome.rows[0]["user_agent"] == forged * 20_000
    assert len(outcome.rows) + len(outcome.quarantined) == 4


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("some words", "the fields are not those of an S3 access log"),
        (GET[:200], "the fields are not those of an S3 access log"),
        (GET.replace(" 200 - 113 ", " 200 113 "), "the fields are not those of an S3 access log"),
        (GET.replace("06/Feb/2019", "06/Feb/2O19"), "is not a time"),
        (GET.replace("06/Feb/2019", "06/Foo/2019"), "'06/Foo/2019:00:00:38 +0000' is not a time"),
        (GET.replace(" 113 ", f" {'9' * 40} "), "sent_bytes cannot be '9999"),
        (GET.replace(" 200 ", " 20000000000 "), "status cannot be"),
        (GET + '"x', "the fields are not those of an S3 access log"),
        ("\x00" * 80, "the fields are not those of an S3 access log"),
    ],
)
def test_a_record_that_does_not_fit_is_quarantined_and_its_neighbours_stay(line, words):
    outcome = read(GET, line, DENIED)
    assert len(outcome.rows) == 2
    assert [(one.row, words in one.reason) for one in outcome.quarantined] == [(1, True)]


@pytest.mark.parametrize("line", [GET, DENIED, EXPIRED, DELETED, OLDEST])
def test_it_claims_every_kind_by_its_first_line(line):
    assert looks_like_s3_access_logs(file_of(line), "x") == 95


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b'192.0.2.3 - - [06/Feb/2019:00:00:38 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/7"\n', b"{}"],
)
def test_it_claims_nothing_else_not_even_the_log_of_a_web_server(data):
    assert looks_like_s3_access_logs(data, "2019-02-06-00-05-38-E568B2907131C0C0") == 0
