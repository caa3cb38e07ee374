"""What an incident's event store holds at one moment: which inputs went in, which files come out."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from events.families import FAMILIES


@dataclass(frozen=True, slots=True, order=True)
class Staged:
    """One staging file: the rows that one examiner made of one part. ``size`` is bytes."""

    name: str
    family: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class EventTally:
    """How many rows there are, how many of them repeat another row, how many have no readable time; aware UTC times."""

    rows: int = 0
    copies: int = 0
    undated: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    def plus(self, other: "EventTally") -> "EventTally":
        return EventTally(
            self.rows + other.rows,
            self.copies + other.copies,
            self.undated + other.undated,
            min(moments(self.first_at, other.first_at), default=None),
            max(moments(self.last_at, other.last_at), default=None),
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """One sorted file of event rows; named by its SHA-256, so it never changes under its name."""

    family: str
    sha256: str
    size: int
    tally: EventTally


@dataclass(frozen=True, slots=True)
class Manifest:
    """The one list of files that a reader opens. ``name`` is the SHA-256 of the manifest's own bytes.

    ``inputs_hash`` depends on the set of staged inputs alone: a disturbed run ends with the same one as a smooth run,
    however its rows were cut into files.
    """

    name: str
    inputs_hash: str
    tally: EventTally
    inputs: tuple[Staged, ...]
    files: tuple[Segment, ...]

    @property
    def rows(self) -> int:
        return self.tally.rows

    @property
    def copies(self) -> int:
        return self.tally.copies

    @property
    def first_at(self) -> datetime | None:
        return self.span()[0]

    @property
    def last_at(self) -> datetime | None:
        return self.span()[1]

    def span(self, families: Collection[str] = ()) -> tuple[datetime | None, datetime | None]:
        """From the first event to the last, of these families or of all.

        Of all, things as they are do not count where there is anything else: their times may be years old.
        """
        wanted = {name.lower() for name in families}
        events = wanted or {name for name, family in FAMILIES.items() if not family.is_state}
        tally = sum_of(file.tally for file in self.files if file.family in events)
        if tally == EventTally() and not families:
            tally = self.tally
        return tally.first_at, tally.last_at


def make_manifest(inputs: Iterable[Staged], files: Iterable[Segment]) -> Manifest:
    """Put a manifest together; its name follows from what it says."""
    ordered, segments = tuple(sorted(inputs)), tuple(sorted(files, key=lambda file: file.sha256))
    tally = sum_of(segment.tally for segment in segments)
    unnamed = Manifest("", inputs_hash(ordered), tally, ordered, segments)
    return Manifest(hashlib.sha256(to_bytes(unnamed)).hexdigest(), unnamed.inputs_hash, tally, ordered, segments)


def sum_of(tallies: Iterable[EventTally]) -> EventTally:
    return reduce(EventTally.plus, tallies, EventTally())


def inputs_hash(inputs: Iterable[Staged]) -> str:
    """SHA-256 over name, sha256 and rows of every input, in name order, one a line."""
    lines = (f"{staged.name} {staged.sha256} {staged.rows}\n" for staged in sorted(inputs))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def to_bytes(manifest: Manifest) -> bytes:
    """Canonical JSON of everything but the name."""
    body = asdict(manifest)
    del body["name"]
    return json.dumps(body, sort_keys=True, separators=(",", ":"), default=datetime.isoformat).encode()


def from_bytes(data: bytes) -> Manifest:
    """Read back what ``to_bytes`` wrote; the name is the hash of the bytes read."""
    body = json.loads(data)
    return Manifest(
        name=hashlib.sha256(data).hexdigest(),
        inputs_hash=body["inputs_hash"],
        tally=tally_of(body["tally"]),
        inputs=tuple(Staged(**staged) for staged in body["inputs"]),
        files=tuple(Segment(**{**file, "tally": tally_of(file["tally"])}) for file in body["files"]),
    )


def tally_of(body: Mapping[str, Any]) -> EventTally:
    times = {key: datetime.fromisoformat(body[key]) if body[key] else None for key in ("first_at", "last_at")}
    return EventTally(body["rows"], body["copies"], body["undated"], times["first_at"], times["last_at"])


def moments(*times: datetime | None) -> list[datetime]:
    return [time.astimezone(UTC) for time in times if time is not None]
