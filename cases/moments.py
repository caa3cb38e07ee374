"""When things can have happened: since there is AWS, and not in a distant future that only a slip of the hand names."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

FIRST_DAY = datetime(2006, 1, 1, tzinfo=UTC)
FARTHEST = timedelta(days=366)  # from now: a window may be left open for what is still to come


def check_moment(moment: datetime) -> None:
    """Raises ValidationError for a time before there was AWS, or more than a year ahead."""
    if moment < FIRST_DAY:
        raise ValidationError(_("This is before %(year)s, when there was no AWS.") % {"year": FIRST_DAY.year})
    if moment > timezone.now() + FARTHEST:
        raise ValidationError(_("This is more than a year ahead; check the year."))
