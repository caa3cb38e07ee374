from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from events.histograms import DAY, HOUR, MINUTE, fill, width_for
from tests.events.making import NOON


def test_widths_are_ones_that_people_read():
    spans = [10, 119, 3 * HOUR, DAY, 30 * DAY, 400 * DAY]
    assert [width_for(NOON, NOON + timedelta(seconds=span), 120) for span in spans] == [
        1,
        1,
        2 * MINUTE,
        15 * MINUTE,
        12 * HOUR,
        4 * DAY,
    ]


def test_buckets_begin_at_whole_widths():
    buckets = fill(NOON + timedelta(minutes=7), NOON + timedelta(minutes=31), 15 * MINUTE, [(NOON, "data", 3)])
    assert [(bucket.start - NOON).seconds // MINUTE for bucket in buckets] == [0, 15, 30]
    assert [bucket.total for bucket in buckets] == [3, 0, 0]


@given(st.integers(1, 3 * 365 * DAY), st.integers(0, DAY), st.integers(2, 200))
def test_there_are_never_more_buckets_than_asked(seconds, shift, most):
    start = NOON + timedelta(seconds=shift)
    end = start + timedelta(seconds=seconds)
    assert 1 <= len(fill(start, end, width_for(start, end, most), [])) <= most
