"""The year of a line that has none."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from examiners.envelopes import Envelope
from examiners.forms import Item
from examiners.years import Hint, hint_of, hint_of_file, in_its_year
from tests.examiners.making import member

MARCH = (3, 1, 10, 0, 0, 0)
LEAP = (2, 29, 0, 0, 0, 0)


def near(*date):
    return Hint(datetime(*date, tzinfo=UTC), "test", is_near=True)


def before(*date):
    return Hint(datetime(*date, tzinfo=UTC), "test", is_near=False)


@pytest.mark.parametrize(
    ("written", "hint", "year"),
    [
        (MARCH, near(2026, 3, 1), 2026),
        ((12, 31, 23, 59, 59, 0), near(2026, 1, 1), 2025),
        ((1, 1, 0, 0, 1, 0), near(2025, 12, 31, 23), 2026),
        (LEAP, near(2024, 3, 1), 2024),
        (LEAP, near(2026, 3, 1), None),
        (MARCH, before(2026, 3, 2), 2026),
        (MARCH, before(2026, 2, 27), 2025),
        ((3, 1, 10, 0, 0, 0), before(2026, 3, 1, 0), 2026),
        (LEAP, before(2025, 3, 1), 2024),
        (LEAP, before(2027, 3, 1), None),
        ((2, 30, 0, 0, 0, 0), near(2026, 3, 1), None),
        ((13, 1, 0, 0, 0, 0), near(2026, 3, 1), None),
        (MARCH, near(1, 1, 1), None),
        (MARCH, near(9999, 12, 31), None),
        (MARCH, before(9999, 12, 31), None),
    ],
)
def test_a_line_is_of_the_year_that_its_surroundings_leave(written, hint, year):
    time = in_its_year(written, hint)
    assert (time and time.year) == year


@pytest.mark.parametrize(
    ("file", "said_by"),
    [
        ("arn:aws:s3:::x/secure-20260301", "the file's name"),
        ("syslog.20260301.gz", "the file's name"),
        ("a.tar!var/log/secure-20260301.xz", "the file's name"),
        ("secure-20261301", "the file's time"),
        ("secure", "the file's time"),
        ("group_20260301T100000Z-20260301T110000Z.jsonl", "the file's time"),
        ("/20260301/secure", "the file's time"),
    ],
)
def test_what_a_file_tells(file, said_by):
    hint = hint_of_file(replace(member(b"", file), modified=datetime(2025, 1, 1, tzinfo=UTC)))
    assert hint.said_by == said_by


def test_a_file_of_which_nothing_is_known_tells_nothing():
    assert hint_of_file(member(b"", "secure")) is None


@pytest.mark.parametrize("milliseconds", [None, 10**30, -(10**30)])
def test_an_envelope_without_a_time_tells_nothing(milliseconds):
    assert hint_of(Item(0, b"", Envelope(milliseconds, "i-1"))) is None
