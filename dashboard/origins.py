"""Where an event comes from: exhibit, part, file, row, and the record itself read back from the vault."""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Self
from zipfile import BadZipFile

import msgspec

import examiners
from cases.models import CustodyEntry, EvidencePart, Incident, Member
from cases.stores import vault_holding
from examiners.archives import inner_member
from examiners.sniffing import choose, head
from examiners.streams import Unreadable
from phases.exhibits import opened
from plugins.text import visible
from vault import MissingObject

MARK = re.compile(r"(⟨U\+[0-9A-F]{4,6}⟩)")
LONGEST_SHOWN = 200_000  # characters; an event of AWS's is at most 256 KiB, a forged one may be anything
INTAKES = (CustodyEntry.Action.ACQUIRED, CustodyEntry.Action.RECEIVED)


class NotReadable(Exception):
    """The record cannot be read back from the vault; the message says why."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The way from an event to its bytes; ``member`` is the stored file: an archive, if the event's lies in one."""

    part: EvidencePart
    member: Member | None
    entry: CustodyEntry | None
    file: str
    row: int

    @classmethod
    def of(cls, incident: Incident, event: Mapping[str, Any]) -> Self | None:
        """Look it up in the incident's own evidence; None if no such part is there. Three queries."""
        part = (
            EvidencePart.objects.select_related("evidence")
            .filter(evidence__incident=incident, evidence__exhibit=event["evidence"], number=event["part"])
            .first()
        )
        if part is None:
            return None
        member = stored_file(part, event)
        return cls(part, member, intake_of(part), str(event["src_file"]), int(event["src_row"]))

    @property
    def is_in_archive(self) -> bool:
        return self.member is not None and self.file != self.member.file


def stored_file(part: EvidencePart, event: Mapping[str, Any]) -> Member | None:
    """The row of the stored file; a part that lies as it came holds exactly one."""
    rows = part.files.all()
    if part.kind == EvidencePart.Kind.RAW:
        return rows.first()
    return rows.filter(index=event["member"]).first()


def intake_of(part: EvidencePart) -> CustodyEntry | None:
    """The custody entry with which these bytes came in: of the part where it was collected, else of its exhibit."""
    exhibit = part.evidence.exhibit
    return (
        CustodyEntry.objects.filter(
            log__name=part.evidence.incident.reference,
            object_type__in=("part", "evidence"),
            object_id__in=(f"{exhibit}/{part.number}", exhibit),
            action__in=INTAKES,
        )
        .order_by("seq")
        .first()
    )


def raw_text(origin: Origin, event: Mapping[str, Any]) -> str:
    """The record as it lies in its file, white space added for reading. Raises NotReadable."""
    try:
        with ExitStack() as stack:
            members = stack.enter_context(opened(vault_holding(origin.part), origin.part))
            text = record_in(file_of(origin, members, int(event["member"])), origin.row)
    except (LookupError, MissingObject, Unreadable, BadZipFile, OSError) as problem:
        raise NotReadable(str(problem)) from problem
    return indented(text[:LONGEST_SHOWN])


def record_in(file: examiners.Member, row: int) -> str:
    """The record as its examiner finds it again. Raises LookupError."""
    examiner = choose(head(file), file.file)
    if examiner is None:
        raise LookupError(f"no examiner claims {file.file} any more")
    return examiner.raw(file, row)


def file_of(origin: Origin, members: list[examiners.Member], index: int) -> examiners.Member:
    """The event's file, also inside an archive. Raises LookupError."""
    if origin.member is None:
        raise LookupError("the part has no such file")
    stored = next(member for member in members if member.index == origin.member.index)
    return inner_member(stored, index) if origin.is_in_archive else stored


def indented(text: str) -> str:
    """JSON with line breaks, every token as it was; what is no JSON stays as it is."""
    try:
        return msgspec.json.format(text, indent=2)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return text


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of evidence text, or the mark that stands for one hidden character."""

    text: str
    is_mark: bool


def pieces(text: str) -> list[Piece]:
    """``text`` with its hidden characters as marks of their own; line feeds and tabs stay."""
    parts = MARK.split(visible(text, lines=True))
    return [Piece(part, is_mark=bool(MARK.fullmatch(part))) for part in parts if part]
