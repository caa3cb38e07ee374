"""Events at chosen moments for the tests of the store."""

from datetime import UTC, datetime, timedelta

from tests.examiners.making import event

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds, name="ListBuckets", **fields):
    """An event so many seconds after noon, with an id of its own."""
    time = (NOON + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    return event(name, eventTime=time, eventID=f"{name}-{seconds}", **fields)
