"""Times that people give: what nobody can have meant is refused."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.moments import FARTHEST, FIRST_DAY, check_moment

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("moment", [FIRST_DAY - SECOND, timezone.now() + FARTHEST + timedelta(days=1)])
def test_a_time_without_aws_or_in_a_distant_future_is_refused(moment):
    with pytest.raises(ValidationError):
        check_moment(moment)


@pytest.mark.parametrize("moment", [FIRST_DAY, timezone.now() + FARTHEST - timedelta(days=1)])
def test_a_time_at_the_ends_is_one(moment):
    check_moment(moment)
