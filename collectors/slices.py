"""A window cut into slices, and what of it is no longer kept. No source lives here.

How long things are kept: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from collectors.base import Scope
from plugins import Gap, GapKind

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOURLY = 2 * DAY  # a longer window is cut into days
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Slice:
    """A half-open piece [start, end) of the window; the same window is always cut in the same places."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.start:{STAMP}}-{self.end:{STAMP}}"

    @property
    def last(self) -> datetime:
        """The latest moment inside, for calls whose end is included."""
        return self.end - timedelta(microseconds=1)

    @property
    def milliseconds(self) -> tuple[int, int]:
        """First and last millisecond inside, since 1970."""
        return round_down(self.start), round_down(self.last)


def round_down(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def slices(scope: Scope) -> Iterator[Slice]:
    """Whole UTC hours of the window, or whole days of a window over two days; the first and last may be shorter."""
    step = HOUR if scope.end - scope.start <= HOURLY else DAY
    start, last = scope.start.astimezone(UTC), scope.end.astimezone(UTC)
    while start < last:
        end = min(EPOCH + ((start - EPOCH) // step + 1) * step, last)
        yield Slice(start, end)
        start = end


def kept_slices(scope: Scope, subject: str, kept: timedelta | None) -> Iterator[Slice | Gap]:
    """The slices that AWS still holds something of; one gap for all that is older than ``kept`` (None: no limit)."""
    if kept is None:
        yield from slices(scope)
        return
    yield from out_of_retention(scope, subject, kept)
    oldest = datetime.now(UTC) - kept
    yield from (piece for piece in slices(scope) if piece.end > oldest)


def out_of_retention(scope: Scope, subject: str, kept: timedelta) -> Iterator[Gap]:
    """The gap of a window that begins earlier than AWS keeps things."""
    oldest = datetime.now(UTC) - kept
    if scope.start < oldest:
        words = f"AWS keeps it for {kept.days} days; what lies before {oldest:%Y-%m-%d %H:%M} UTC is gone"
        yield Gap(GapKind.OUT_OF_RETENTION, subject, words)
