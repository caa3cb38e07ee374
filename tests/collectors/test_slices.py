"""A window in slices: nothing twice, nothing left out, always cut in the same places."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import Scope
from collectors.slices import Slice, kept_slices, slices
from plugins import Gap

START = datetime(2026, 3, 1, 10, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


def scope(start=START, long=2 * HOUR):
    return Scope("test", "111122223333", "us-east-1", start, start + long)


@given(MOMENTS, st.timedeltas(timedelta(microseconds=1), 30 * DAY))
def test_they_follow_each_other_from_start_to_end(start, long):
    pieces = list(slices(scope(start, long)))
    assert [pieces[0].start, *(piece.end for piece in pieces)] == [*(piece.start for piece in pieces), start + long]


@pytest.mark.parametrize(
    ("long", "count"), [(0 * HOUR, 0), (40 * HOUR / 60, 1), (HOUR, 2), (2 * DAY, 49), (3 * DAY, 4)]
)
def test_they_are_hours_and_days_of_a_long_window(long, count):
    assert len(list(slices(scope(long=long)))) == count


def test_they_are_cut_at_whole_hours_of_utc():
    start = datetime(2026, 3, 1, 15, 50, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert [str(piece) for piece in slices(scope(start, HOUR))] == [
        "20260301T102000Z-20260301T110000Z",
        "20260301T110000Z-20260301T112000Z",
    ]


def test_first_and_last_millisecond_are_inside():
    first, last = Slice(START, START + HOUR).milliseconds
    assert (first, last) == (START.timestamp() * 1000, (START + HOUR).timestamp() * 1000 - 1)


def test_what_is_kept_for_ever_has_no_gap():
    assert not [piece for piece in kept_slices(scope(long=400 * DAY), "x", None) if isinstance(piece, Gap)]


def test_a_slice_that_is_kept_in_part_is_asked_for_as_a_whole():
    now = datetime.now(UTC)
    gap, first, *_ = kept_slices(scope(now - 3 * HOUR, 3 * HOUR), "x", 2 * HOUR)
    assert (gap.kind, gap.subject) == ("out_of_retention", "x")
    assert first.start < now - 2 * HOUR < first.end


def test_a_window_that_is_gone_is_one_gap():
    assert len(list(kept_slices(scope(datetime.now(UTC) - 9 * DAY, DAY), "x", DAY))) == 1
