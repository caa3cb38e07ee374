"""Times as logs write them, as aware datetimes. All raise Malformed for what is no time."""

from datetime import UTC, datetime, timedelta

from examiners.records import Malformed

SHOWN = 60  # characters of a value in an error
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: f"{number:02}" for number, name in enumerate(NAMES, start=1)}


def iso(value: str) -> datetime:
    """ISO 8601; without a zone it is UTC."""
    try:
        time = datetime.fromisoformat(value)
    except (ValueError, TypeError, OverflowError):
        raise Malformed(f"{str(value)[:SHOWN]!r} is not a time") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def since_epoch(value: str | float, per_second: int = 1) -> datetime:
    """A count since 1970 UTC: of seconds, or of the part of a second of which ``per_second`` make one."""
    try:
        return EPOCH + timedelta(seconds=float(value) / per_second)
    except (ValueError, TypeError, OverflowError):
        raise Malformed(f"{str(value)[:SHOWN]!r} is not a count of seconds") from None


def written_as(value: str, pattern: str) -> datetime:
    """A time in a format of ``strptime``; without a zone it is UTC."""
    try:
        time = datetime.strptime(value, pattern)  # noqa: DTZ007  it gets its zone below
    except (ValueError, TypeError, OverflowError):
        raise Malformed(f"{str(value)[:SHOWN]!r} is not a time") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def common(value: str) -> datetime:
    """A time of the Common Log Format, 06/Feb/2019:00:00:38 +0000; read by its places, a tenth of strptime's time."""
    day, month, year, time, zone = value[:2], MONTHS.get(value[3:6]), value[7:11], value[12:20], value[21:]
    if month is None or len(value) != 26:
        raise Malformed(f"{value[:SHOWN]!r} is not a time")
    return iso(f"{year}-{month}-{day}T{time}{zone}")
