import pytest

from reports.base import Text
from reports.words import (
    by_severity,
    clock,
    listed,
    moment,
    number,
    remainder,
    severity_word,
    short,
    size,
    text_of,
    with_reason,
)


def test_times_are_utc_and_say_so():
    assert moment("2026-11-22T23:04:00+02:00") == "2026-11-22 21:04:00 UTC"
    assert clock("2026-11-22T21:04:00.123456Z") == "2026-11-22 21:04:00.123"
    assert moment(None) == "—"


def test_it_refuses_a_time_without_zone():
    with pytest.raises(ValueError, match="has no zone; give it with one"):
        moment("2026-11-22T21:04:00")


@pytest.mark.parametrize(
    ("given", "shown"), [(None, "—"), (0, "0 B"), (999, "999 B"), (41_234_567, "41.2 MB"), (3 * 10**18, "3000.0 PB")]
)
def test_sizes_are_decimal(given, shown):
    assert size(given) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "—"), ("", "—"), ([], "—"), (["a", 2], "a, 2"), (0, "0"), ("x", "x")]
)
def test_a_value_that_is_not_there_is_a_dash(value, shown):
    assert text_of({"key": value}, "key") == shown


def test_numbers_are_grouped():
    assert number(84_113) == "84,113"


def test_an_exhibit_is_short_within_its_own_incident_only():
    assert short("FP-2026-000123-E0007", "FP-2026-000123") == "E0007"
    assert short("FP-2026-000099-E0007", "FP-2026-000123") == "FP-2026-000099-E0007"


def test_the_gravest_come_first_and_unknown_words_last():
    ordered = by_severity([{"severity": word} for word in ("odd", "low", "critical", "high")])
    assert [finding["severity"] for finding in ordered] == ["critical", "high", "low", "odd"]
    assert severity_word("odd") == "odd"


def test_what_a_table_leaves_out_is_counted():
    rows, left = listed([{"n": "1"}, {"n": "2"}, {"n": "3"}], 2, lambda row: (row["n"],))
    assert (rows, left) == ((("1",), ("2",)), 1)
    assert remainder(left, "the log") == (Text("1 further row: see the log.", "note"),)


def test_a_whole_table_needs_no_note():
    assert remainder(0, "the log") == ()
    assert remainder(-3, "the log") == ()


@pytest.mark.parametrize(
    ("reason", "line"), [("", "Ida"), ("known", "Ida: known"), ("Asked Tomas.\nNot him.", "Ida: Asked Tomas. Not him.")]
)
def test_a_reason_stands_in_the_line_of_who_gave_it(reason, line):
    assert with_reason("Ida", {"reason": reason}) == line
