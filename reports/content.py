"""The report as JSON: what the page and the PDF are made from, and nothing else."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from plugins.text import visible
from reports.base import Block, CaseSnapshot, Events, Figure, Section, SectionWriter, Table, Text, sections
from reports.cover import cover, state_of
from reports.phrases import ENGLISH, Translations, ngettext, speaking
from reports.phrases import gettext as _
from reports.words import plain

FORMAT = "forensics-portal-report/1"

# Log records hold up to 256 kB of what an attacker chose; a paragraph may be the 8,000 that people can write.
LONGEST_CELL = 2000
LONGEST_TEXT = 8000

Content = dict[str, Any]


def build(snapshot: CaseSnapshot, *, language: str = "en", translations: Translations = ENGLISH) -> Content:
    """Return the report of ``snapshot`` as JSON values; the same snapshot gives the same content.

    ``incident`` needs reference and made_at (ISO 8601 with zone); raises KeyError without them.
    Hidden characters in it are visible marks already. The keys are listed in ``reports/README.md``.
    """
    with speaking(translations):
        return {
            "format": FORMAT,
            "language": language,
            "made_at": snapshot.incident["made_at"],
            "marking": marking(snapshot),
            "labels": labels(),
            "cover": front(snapshot),
            "sections": list(parts(snapshot)),
        }


def canonical(content: Content) -> bytes:
    """Return the bytes to store and hash: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def in_order(writers: Iterable[SectionWriter]) -> list[SectionWriter]:
    return sorted(writers, key=lambda writer: (writer.order, writer.name))


def marking(snapshot: CaseSnapshot) -> Mapping[str, Any]:
    incident = snapshot.incident
    return {
        "reference": visible(str(incident["reference"])),
        "tlp": visible(str(incident.get("tlp") or "TLP:AMBER+STRICT")),
        "state": visible(plain(_(state_of(incident)))),
        "version": int(incident.get("version") or 1),
    }


def labels() -> Mapping[str, str]:
    """Return the words that the page and the template need around the blocks."""
    return {
        "report": _("Forensic report"),
        "contents": _("Contents"),
        "page": _("Page"),
        "of": _("of"),
        "version": _("version"),
        "row": _("row"),
    }


def front(snapshot: CaseSnapshot) -> Mapping[str, Any]:
    page = cover(snapshot)
    facts = [[visible(label), shown(value)] for label, value in page.facts]
    return {"title": shown(page.title), "notice": visible(page.notice), "facts": facts}


def parts(snapshot: CaseSnapshot) -> Iterator[Mapping[str, Any]]:
    """The sections in order, without those that have nothing to say."""
    for writer in in_order(sections):
        part = written(writer, snapshot)
        if part["blocks"]:
            yield part


def written(writer: SectionWriter, snapshot: CaseSnapshot) -> Mapping[str, Any]:
    made: Section = writer.write(snapshot)
    return {"name": writer.name, "title": made.title, "blocks": [block_of(block) for block in made.blocks]}


def block_of(block: Block) -> Mapping[str, Any]:
    """Return the block as JSON values, ``kind`` first: text, table, figure or events."""
    match block:
        case Text(text, tone):
            return {"kind": "text", "tone": tone, "text": shown(text, lines=tone == "code", most=LONGEST_TEXT)}
        case Table():
            return {"kind": "table", **asdict(block), "rows": grid(block.rows)}
        case Figure(svg, caption, alt):
            return {"kind": "figure", "svg": str(svg), "caption": shown(caption), "alt": shown(alt)}
        case Events(rows, caption):
            return {"kind": "events", "columns": event_columns(), "rows": grid(rows), "caption": caption}


def grid(rows: Iterable[tuple[str, ...]]) -> list[list[str]]:
    return [[shown(cell) for cell in row] for row in rows]


def shown(text: str, *, lines: bool = False, most: int = LONGEST_CELL) -> str:
    """Return the text visible, cut after ``most`` characters with the number of those left out."""
    left = len(text) - most
    if left <= 0:
        return visible(text, lines=lines)
    more = ngettext("%(count)s more character", "%(count)s more characters", left)
    return f"{visible(text[:most], lines=lines)}… ({more})"


def event_columns() -> list[str]:
    moment, event, who = _("Time (UTC)"), _("Event"), _("Principal")
    return [moment, event, who, _("From"), _("Outcome"), _("Exhibit"), _("File"), _("Row"), _("Done to")]
