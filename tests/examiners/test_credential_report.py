"""The credential report as IAM writes it, and as somebody may have spoilt it."""

import json
from datetime import UTC, datetime

import pytest

from examiners.credential_report import FORM, looks_like_credential_report
from examiners.lines import LONGEST
from tests.examiners.findings import ACCOUNT, read

NAMES = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated"
)
ROOT = (
    f"<root_account>,arn:aws:iam::{ACCOUNT}:root,2020-01-01T00:00:00+00:00,not_supported,2026-02-01T00:00:00+00:00,"
    "not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
)
DEPLOY = (
    f"ci-deploy,arn:aws:iam::{ACCOUNT}:user/ci-deploy,2024-05-01T08:00:00+00:00,false,N/A,N/A,N/A,false,true,"
    "2025-01-01T09:00:00+00:00,2026-03-01T12:00:00+00:00,eu-central-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
)
COLLECTED = datetime(2026, 3, 2, 8, tzinfo=UTC)


def report(*lines, end="\n"):
    return end.join((NAMES, *lines)).encode() + end.encode()


def named(user):
    return DEPLOY.replace("ci-deploy,", f"{user},", 1)


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return report(ROOT, DEPLOY), "credential-report.csv", {}, 2


def test_each_user_is_a_row_with_the_facts_about_its_credentials():
    root, deploy = read(FORM, report(ROOT, DEPLOY)).rows
    assert (root["resource_id"], root["arn"]) == ("<root_account>", f"arn:aws:iam::{ACCOUNT}:root")
    assert (deploy["resource_type"], deploy["resource_name"]) == ("AWS::IAM::User", "ci-deploy")
    assert (deploy["account_id"], deploy["region"]) == (ACCOUNT, None)
    assert deploy["principal"] == deploy["arn"] == f"arn:aws:iam::{ACCOUNT}:user/ci-deploy"
    facts = json.loads(deploy["configuration"])
    assert (facts["access_key_1_active"], facts["mfa_active"], facts["password_last_used"]) == (True, False, "N/A")
    assert facts["access_key_1_last_used_service"] == "s3"


def test_its_time_is_that_of_its_collection():
    (row,) = read(FORM, report(DEPLOY), collected_at=COLLECTED).rows
    assert row["event_time"] == datetime(2026, 3, 2, 8)
    assert (row["created_at"], row["modified_at"]) == (datetime(2024, 5, 1, 8), datetime(2025, 1, 1, 9))


def test_where_nobody_knows_when_it_was_collected_it_has_no_time():
    (row,) = read(FORM, report(DEPLOY)).rows
    assert row["event_time"] is None


def test_a_user_whose_name_has_a_comma_or_a_quote():
    rows = read(FORM, report(named('"a,b"'), named('"say ""hello"""'))).rows
    assert [row["resource_id"] for row in rows] == ["a,b", 'say "hello"']


@pytest.mark.parametrize("data", [report(DEPLOY, end="\r\n"), b"\xef\xbb\xbf" + report(DEPLOY), report("", DEPLOY, "")])
def test_line_ends_a_byte_order_mark_and_blank_lines_do_no_harm(data):
    assert [row["resource_id"] for row in read(FORM, data).rows] == ["ci-deploy"]
    assert looks_like_credential_report(data, "x") == 95


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ci-deploy,arn:aws:iam::1:user/x", "2 cells where the header has 22"),
        (named('"ci-deploy'), "not a line of CSV"),
        (named('"ci-deploy\n'), "not a line of CSV"),
        (named('"x"y'), "not a line of CSV"),
        (named(""), "a line without a user and its ARN"),
        (named("x" * 200_000), "not a line of CSV: field larger than field limit"),
        (named("x" * LONGEST), "a line longer than 4 MiB"),
    ],
)
def test_a_line_that_does_not_fit_is_quarantined_and_its_neighbours_stay(line, words):
    outcome = read(FORM, report(ROOT, line, DEPLOY))
    assert [row["resource_id"] for row in outcome.rows] == ["<root_account>", "ci-deploy"]
    assert words in outcome.reasons[0]


@pytest.mark.parametrize("user", ["a\0b", "\x1b[31mred", "\u202egnp", "=cmd()", "' OR 1=1 --", "\x85\u2028"])
def test_names_that_only_an_attacker_gives_are_kept_as_they_are(user):
    (row,) = read(FORM, report(named(user))).rows
    assert row["resource_id"] == user


def test_bytes_that_are_no_text_do_not_stop_it():
    (row,) = read(FORM, report(DEPLOY).replace(b"ci-deploy,", b"ci\xff\xfe,", 1)).rows
    assert row["resource_id"] == "ci\ufffd\ufffd"


def test_columns_that_are_new_become_facts():
    data = (
        report(DEPLOY)
        .replace(b"cert_2_last_rotated\n", b"cert_2_last_rotated,passkeys\n")
        .replace(b"N/A\n", b"N/A,2\n")
    )
    (row,) = read(FORM, data).rows
    assert json.loads(row["configuration"])["passkeys"] == "2"


def test_a_header_that_is_none_is_the_whole_file_lost_and_said():
    outcome = read(FORM, b'user,"arn\n' + DEPLOY.encode())
    assert (outcome.rows, outcome.reasons[0][:21]) == ([], "the header: not a line of CSV"[:21])


def test_a_report_without_users_has_no_rows():
    outcome = read(FORM, report())
    assert (outcome.rows, outcome.quarantined) == ([], [])


@pytest.mark.parametrize("data", [b"", b"user,name\n", b"{}", b"x,user,arn,user_creation_time,"])
def test_it_claims_nothing_else(data):
    assert looks_like_credential_report(data, "credential-report.csv") == 0
