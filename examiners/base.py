"""The contract that every examiner (one evidence format -> typed rows) and every validator keeps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

import pyarrow as pa

from plugins import Quarantined, Registry


@dataclass(frozen=True, slots=True)
class Member:
    """One file of evidence as it lies in a part.

    ``evidence`` is the exhibit number, ``part`` the part's number, ``index`` the member's position in the part,
    ``file`` the name a person knows it by (its origin), ``open`` a fresh readable stream of its stored bytes.
    ``notes`` is what was kept at collection (bucket, key, metadata, request id); ``modified`` is the file's own time,
    where its source knows one. ``origin`` is its address where it came from (an ARN, s3://..., file:...), ``account``
    and ``region`` are those that the exhibit was collected from, and ``collected_at`` is when it was so: the time of
    what tells none itself.
    """

    evidence: str
    part: int
    index: int
    file: str
    open: Callable[[], BinaryIO]
    size: int = 0
    sha256: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)
    modified: datetime | None = None
    origin: str = ""
    account: str = ""
    region: str = ""
    collected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Rows of one family (``events.FAMILIES``), in the family's Arrow schema; rows of many members may share one."""

    family: str
    rows: pa.RecordBatch


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one member: records read = rows + quarantined, always."""

    member: int
    file: str
    read: int
    rows: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a validator says of one file: state is one of VERDICTS.

    A file that is missing has no ``index`` (-1); its ``evidence`` is the exhibit in which it was looked for.
    """

    file: str
    state: str
    detail: str
    evidence: str = ""
    part: int = 0
    index: int = -1


VERDICTS = ("valid", "altered", "missing", "unlisted", "no_digest", "unverifiable")

Examined = EventBatch | Quarantined | Tally
Examine = Callable[[Iterator[Member]], Iterator[Examined]]
Sniff = Callable[[bytes, str], int]
Raw = Callable[[Member, int], str]
Validate = Callable[[list[Member]], Iterator[Verdict]]


def no_rows(member: Member, row: int) -> str:
    """For files that are evidence but hold no events."""
    raise LookupError(f"{member.file} holds no rows")


@dataclass(frozen=True, slots=True)
class Examiner:
    """One format. ``sniff(first 64 KiB after gunzip, file name)`` scores 0 (not mine) to 100 (surely mine).

    ``raw(member, row)`` reads back the text of the record that became a row. It raises LookupError.
    """

    name: str
    title: str
    version: int
    family: str
    sniff: Sniff
    examine: Examine
    raw: Raw
    module: str = ""


@dataclass(frozen=True, slots=True)
class Validator:
    """Judges whole exhibits: it sees every member of an incident that its sniff claims, and what they speak of."""

    name: str
    title: str
    version: int
    validate: Validate
    module: str = ""


Tool = Examiner | Validator
examiners: Registry[Tool] = Registry("examiners")


def examiner(
    name: str, *, title: str, version: int, family: str, sniff: Sniff, raw: Raw = no_rows
) -> Callable[[Examine], Examine]:
    """Register the decorated generator as the examiner of one format; a new ``version`` examines evidence anew."""

    def register(examine: Examine) -> Examine:
        examiners.add(Examiner(name, title, version, family, sniff, examine, raw, examine.__module__))
        return examine

    return register


def validator(name: str, *, title: str, version: int) -> Callable[[Validate], Validate]:
    """Register the decorated generator as a validator of whole exhibits."""

    def register(validate: Validate) -> Validate:
        examiners.add(Validator(name, title, version, validate, validate.__module__))
        return validate

    return register
