"""The contract that every report section keeps: facts in, blocks out. Page and PDF are made from the blocks alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from plugins import Registry


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text. ``tone`` is lead, body, note, warning, heading (of a part of the section) or code (keeps lines)."""

    text: str
    tone: str = "body"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under ``columns``; ``mono`` names the columns set in a fixed-width face.

    ``shape`` is rows, or facts: two columns without a head, a label and its value.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    mono: tuple[str, ...] = ()
    shape: str = "rows"


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: an SVG document of ours (it carries its colours) and the sentence that says the same in words."""

    svg: str
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Events:
    """Events behind a statement; each row has the nine cells of ``reports.words.event_row``."""

    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


Block = Text | Table | Figure | Events


@dataclass(frozen=True, slots=True)
class Section:
    """One numbered part of the report; one without blocks is left out."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class CaseSnapshot:
    """The incident as frozen for one report version: plain JSON values only, made by ``phases/reporting.py``.

    Keys of each mapping are listed in ``reports/README.md``.
    """

    incident: Mapping[str, Any]
    phases: tuple[Mapping[str, Any], ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    histogram: tuple[Mapping[str, Any], ...] = ()
    story: tuple[Mapping[str, Any], ...] = ()
    timeline: tuple[Mapping[str, Any], ...] = ()
    leads: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()
    principals: tuple[Mapping[str, Any], ...] = ()
    chains: tuple[Mapping[str, Any], ...] = ()
    evidence: tuple[Mapping[str, Any], ...] = ()
    coverage: tuple[Mapping[str, Any], ...] = ()
    custody: tuple[Mapping[str, Any], ...] = ()
    custody_head: Mapping[str, Any] = field(default_factory=dict)
    gaps: tuple[Mapping[str, Any], ...] = ()
    quarantine: tuple[Mapping[str, Any], ...] = ()
    verdicts: tuple[Mapping[str, Any], ...] = ()
    methods: tuple[Mapping[str, Any], ...] = ()
    manifest: Mapping[str, Any] = field(default_factory=dict)


Write = Callable[[CaseSnapshot], Section]


@dataclass(frozen=True, slots=True)
class SectionWriter:
    """A section's place in the report (``order``) and the function that writes it."""

    name: str
    order: int
    write: Write
    module: str = ""


sections: Registry[SectionWriter] = Registry("reports")


def section(name: str, *, order: int) -> Callable[[Write], Write]:
    """Register the decorated function as the report section ``name``."""

    def register(write: Write) -> Write:
        sections.add(SectionWriter(name, order, write, write.__module__))
        return write

    return register
