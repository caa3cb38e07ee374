import pytest

from reports import Table
from reports.missing import write
from tests.reports.snapshots import empty, sample


@pytest.fixture
def tables():
    return [block.rows for block in write(sample()).blocks if isinstance(block, Table)]


def test_a_gap_quotes_aws_and_names_who_accepted_it(tables):
    row = tables[0][0]
    assert row[2:4] == ("denied", "AccessDenied: not authorized to perform logs:FilterLogEvents")
    assert row[4] == "Ida Moreau, 2026-11-23 06:20:00 UTC: role is not deployed there"


def test_a_gap_that_nobody_accepted_is_open(tables):
    assert tables[0][1][2:] == ("out of retention", "kept for 7 days", "open")


def test_quarantined_records_have_file_row_and_reason(tables):
    assert tables[1] == (
        ("E0007", "notes.txt", "whole file", "unrecognised"),
        ("E0007", "trail.json", "17", "no eventTime"),
    )


def test_only_doubtful_files_are_listed(tables, words):
    assert tables[2] == (("E0007", "b.json.gz", "not listed", "no digest names it"),)
    assert "1 of 2 files checked are valid" in words(write(sample()))


def test_files_that_no_digest_speaks_of_are_counted_by_exhibit():
    silent = {"exhibit": "FP-2026-000123-E0001", "file": "f", "verdict": "no_digest", "detail": "no digest"}
    tables = [block.rows for block in write(sample(verdicts=(silent,) * 55)).blocks if isinstance(block, Table)]
    assert tables[-1] == (("E0001", "no digest", "55", "no digest"),)


def test_quarantine_that_the_snapshot_only_counts_is_counted_in_print(words):
    text = words(write(sample(summary={"quarantined": 5002})))
    assert "5,000 further rows: see the quarantine of the incident." in text


def test_more_gaps_and_verdicts_than_fit_are_counted(words):
    doubtful = {"exhibit": "E", "file": "f", "verdict": "invalid"}
    text = words(write(sample(gaps=({"kind": "denied"},) * 1003, verdicts=(doubtful,) * 207)))
    assert "3 further rows: see the incident's list of gaps." in text
    assert "7 further rows: see the verdicts of the incident." in text


def test_nothing_missing_is_said_for_each_kind(words):
    text = words(write(empty()))
    assert "Nothing that was asked for is missing." in text
    assert "Every record that was read became an event." in text
