from datetime import UTC, datetime, timedelta

import pytest

from examiners.records import Malformed
from examiners.times import common, iso, since_epoch


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("06/Feb/2019:00:00:38 +0000", datetime(2019, 2, 6, 0, 0, 38, tzinfo=UTC)),
        ("31/Dec/2025:23:59:59 -0130", datetime(2026, 1, 1, 1, 29, 59, tzinfo=UTC)),
    ],
)
def test_a_time_of_the_common_log_format(value, expected):
    assert common(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "06/Feb/2019",
        "06/feb/2019:00:00:38 +0000",
        "30/Feb/2019:00:00:38 +0000",
        "06/Feb/2019:25:00:38 +0000",
        "06/Feb/2019:00:00:38 +00000",
        "x" * 26,
        "\x00" * 26,
    ],
)
def test_what_is_no_time_is_refused(value):
    with pytest.raises(Malformed, match="is not a time"):
        common(value)


def test_without_a_zone_it_is_utc():
    assert iso("2026-03-01T10:00:00") == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_parts_of_a_second_are_counted():
    assert since_epoch(1500, per_second=1000) == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=1.5)


@pytest.mark.parametrize("value", ["inf", "nan", "1e400", "x", None])
def test_what_is_no_count_is_refused(value):
    with pytest.raises(Malformed, match="is not a count of seconds"):
        since_epoch(value)
