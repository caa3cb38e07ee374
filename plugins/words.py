"""Small values that cross every border of the house."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class GapKind(StrEnum):
    """Why something that was asked for is not there. A closed list: pages, API and reports know each by name."""

    DENIED = "denied"
    NOT_ENABLED = "not_enabled"
    OUT_OF_RETENTION = "out_of_retention"
    NOT_FOUND = "not_found"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    CHANGED = "changed"
    UNSUPPORTED = "unsupported"
    INTERRUPTED = "interrupted"
    QUARANTINED = "quarantined"
    NO_EXAMINER = "no_examiner"
    UNVERIFIED = "unverified"
    MISSING = "missing"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read: what kind, of which thing, and in whose words (AWS's own where it spoke)."""

    kind: GapKind
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that no row came of: the member (position in its part), its file name, its row, and the reason.

    ``row`` is the index in ``Records`` or array, or the line number from 0; None when the whole file is meant.
    """

    member: int
    file: str
    row: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open interval [start, end) of aware UTC times."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a window needs aware times; give them with a zone, such as 2026-03-01T00:00Z")
        if self.start > self.end:
            raise ValueError(f"the window ends ({self.end}) before it starts ({self.start}); swap them")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Entity:
    """Someone or something that events speak of; ``kind`` is principal, access_key, role, address or resource."""

    kind: str
    value: str


class NotReady(Exception):
    """AWS is still preparing what was asked for; come back after ``seconds``."""

    def __init__(self, seconds: int, what: str = "") -> None:
        super().__init__(what or f"not ready, ask again in {seconds} s")
        self.seconds = seconds


class Refused(Exception):
    """The request cannot be done as it stands; the message says what to change. A run that meets it has failed.

    ``field`` is what is to be changed, as the API calls it, where it is one thing.
    """

    def __init__(self, message: str = "", *, field: str = "") -> None:
        super().__init__(message)
        self.field = field
