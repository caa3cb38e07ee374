"""When a source looks again at what AWS is still preparing."""

from datetime import UTC, datetime, timedelta

import pytest

from collectors.pace import seconds_until_next_look


@pytest.mark.parametrize(("worked_for", "seconds"), [(0, 2), (40, 10), (3600, 60)])
def test_the_longer_it_takes_the_longer_it_waits(worked_for, seconds):
    assert seconds_until_next_look(datetime.now(UTC) - timedelta(seconds=worked_for)) == seconds


def test_what_people_wait_for_is_looked_at_more_often():
    assert seconds_until_next_look(datetime.now(UTC) - timedelta(hours=1), latest=15) == 15
