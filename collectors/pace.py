"""How soon to look again at what AWS is still preparing. No source lives here."""

from datetime import UTC, datetime

SOONEST, LATEST = 2, 60  # seconds between two looks; the calls that look are allowed far more often


def seconds_until_next_look(begun: datetime, latest: int = LATEST) -> int:
    """A quarter of the time it has taken so far: small work is done in seconds, large work in hours."""
    age = datetime.now(UTC) - begun
    return round(max(SOONEST, min(latest, age.total_seconds() / 4)))
