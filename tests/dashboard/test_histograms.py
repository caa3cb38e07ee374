from datetime import UTC, datetime, timedelta

import pytest

from dashboard.histograms import tick_part, written
from events import Bucket

START = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("width", "many", "label"),
    [
        (timedelta(seconds=5), 3, "10:00:05"),
        (timedelta(minutes=1), 3, "10:01"),
        (timedelta(hours=12), 3, "11-22 22:00"),
        (timedelta(days=1), 3, "2026-11-23"),
    ],
    ids=["seconds", "minutes", "hours", "days"],
)
def test_neighbouring_labels_of_the_axis_differ(width, many, label):
    buckets = [Bucket(START + width * at, START + width * (at + 1), {}) for at in range(many)]
    labels = [written(bucket)[tick_part(buckets)] for bucket in buckets]
    assert labels[1] == label
    assert len(set(labels)) == many
