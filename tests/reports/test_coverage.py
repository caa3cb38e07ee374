import pytest

from reports import Table
from reports.coverage import counted, write
from tests.reports.snapshots import cell, empty, incident, sample


def tables(section):
    return [block.rows for block in section.blocks if isinstance(block, Table)]


def test_nothing_asked_for_is_said(words):
    assert words(write(empty())).strip() == "Nothing was asked for."


def test_it_counts_what_was_asked_and_what_came(words):
    assert "Asked of 3 sources, accounts and regions: 1 collected, 1 empty" in words(write(sample()))


def test_what_was_brought_in_by_hand_is_of_no_account():
    by_hand = cell(account="", name="", region="", title="Folder")
    assert counted([cell(), by_hand]) == (
        "Asked of 1 source, account and region: 1 collected, 0 empty; the others are told below. "
        "Besides, files were brought in by hand."
    )
    assert counted([by_hand]) == "No account was asked: all of it was brought in by hand."


def test_each_account_and_region_is_one_row_with_its_sources():
    by_hand, prod = tables(write(sample()))[0]
    assert prod == (
        "prod-web",
        "us-east-1",
        "CloudTrail log files (600)",
        "AWS WAF logs",
        "VPC flow logs: denied",
    )
    assert by_hand[0] == "brought in by hand"
    assert by_hand[4] == "Folder: partial (3, 1 file altered)"


def test_time_that_nobody_asked_for_is_listed_with_its_source():
    assert tables(write(sample()))[1] == (
        ("prod-web", "us-east-1", "CloudTrail log files", "2026-11-22 21:04:00", "2026-11-22 22:00:00"),
    )


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        (
            ["2026-11-22T21:00:00Z", "2026-11-23T03:00:00Z"],
            "Every answer covers the incident from 2026-11-22 21:00:00 UTC",
        ),
        (None, "When the incident began is not known, so nothing can be said of time."),
    ],
)
def test_that_no_time_is_missing_is_said_and_that_nobody_knows_too(words, window, sentence):
    assert sentence in words(write(sample(coverage=(cell(),), incident=incident(window=window))))


def test_what_nobody_asked_for_says_why():
    assert tables(write(sample()))[2] == (("Memory", "prod-web us-east-1", "not available in this portal"),)


def test_places_with_one_reason_are_one_row_and_the_rest_is_counted():
    missing = tuple(cell(state="not_requested", region=f"eu-west-{n}", reason="no role") for n in range(7))
    ((_, where, _),) = tables(write(sample(coverage=missing)))[-1]
    assert where == "prod-web eu-west-0, prod-web eu-west-1, prod-web eu-west-2, prod-web eu-west-3, 3 more"


def test_more_places_than_fit_are_counted(words):
    many = tuple(cell(region=f"region-{n:04}") for n in range(503))
    assert "3 further rows: see the coverage of the incident." in words(write(sample(coverage=many)))


def test_more_windows_than_fit_are_counted(words):
    left = [["2026-11-22T21:04:00Z", "2026-11-22T22:00:00Z"]] * 302
    assert "2 further rows: see the coverage of the incident." in words(write(sample(coverage=(cell(uncovered=left),))))
