"""What the timeline pages show: a page of events, what they have most of, and one event with its origin."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.actions.custody import Receipt
from cases.actions.evidence import record_access
from cases.actor import Actor
from cases.models import Incident, TimelineEntry
from cases.stores import reader_of
from dashboard.event_lines import Field, Line, fields_of, findings_by_event, main_fields, short
from dashboard.filter_choices import choices_of
from dashboard.filter_hints import hints_of
from dashboard.filter_links import LABELS, Question
from dashboard.histograms import histogram_of
from dashboard.note_pages import panel_of_event
from dashboard.origins import NotReadable, Origin, Piece, pieces, raw_text
from dashboard.story_pages import standing_of_event
from dashboard.timeline_windows import own_window
from events import (
    CHOICES,
    BadCursor,
    BadFilter,
    EngineFailed,
    MissingManifest,
    NotInDialect,
    QuestionRefused,
    Reader,
    TooSlow,
    exactly,
)
from exports import EVENTS, export_formats
from plugins.text import visible

ROWS = 100
TOP = 6
TOP_FIELDS: Mapping[str, Any] = {
    "principal": _("Principals"),
    "event_name": _("Events"),
    "source_ip": _("Source addresses"),
    "error_code": _("Errors"),
}
STATUS: Mapping[type[Exception], int] = {
    BadFilter: 422,
    BadCursor: 400,
    TooSlow: 503,
    MissingManifest: 503,
    NotInDialect: 501,
    QuestionRefused: 502,
    EngineFailed: 502,
}
OF_THE_ENGINE = (NotInDialect, QuestionRefused, EngineFailed)
REFUSALS = tuple(STATUS)


@dataclass(frozen=True, slots=True)
class Common:
    """A value that many events share; ``only`` and ``without`` are query strings."""

    value: str
    shown: str
    count: int
    only: str
    without: str


@dataclass(frozen=True, slots=True)
class Drawer:
    """One event beside the table: its main fields, findings that name it, where it comes from, and where it is told."""

    line: Line
    fields: list[Field]
    origin: Origin | None
    told: TimelineEntry | None


def context_of(incident: Incident, question: Question, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of the timeline. Raises BadFilter, BadCursor, TooSlow."""
    reader = reader_of(incident)
    context = {
        "question": question,
        "choices": list(choices_of(question)),
        "fields": [(name, label) for name, label in LABELS.items() if name not in CHOICES],
    }
    if reader is None:
        return context | {"has_events": False}
    page = reader.page(question.filters, query.get("after") or None, ROWS, newest_first=question.is_newest_first)
    cited, count = findings_by_event(incident), reader.count(question.filters)
    return context | {
        "has_events": True,
        "tally": reader.tally(),
        "formats": [form for form in export_formats if form.of == EVENTS],
        "export_query": question.address(),
        "count": count,
        "hints": None if count else hints_of(reader, question),
        "own_window": own_window(incident, reader),
        "histogram": histogram_of(reader, question),
        "lines": [Line.of(row, cited) for row in page.rows],
        "next": question.address(after=page.next) if page.next else "",
        "before": question.address(after=page.before) if page.before else "",
        "here": (page_address := here(question, query)),
        "to_event": page_address + "&event=",
        "tops": list(tops(reader, question)),
        "selected": query.get("event", ""),
        "drawer": drawer_of(incident, reader, query["event"]) if query.get("event") else None,
    }


def opening(incident: Incident) -> str:
    """The address on which a bare timeline opens: the incident's own window, where there is one; else nothing."""
    reader = reader_of(incident)
    window = own_window(incident, reader) if reader else None
    return window.address() if window else ""


def here(question: Question, query: Mapping[str, str]) -> str:
    """The address of this very page, to which a row adds its event and which closes the drawer."""
    return question.address(**{"after": query["after"]} if query.get("after") else {})


def tops(reader: Reader, question: Question) -> Iterator[tuple[str, list[Common]]]:
    for name, label in TOP_FIELDS.items():
        values = [
            common(question, name, value, count) for value, count in reader.top(question.filters, name, TOP) if value
        ]
        if values:
            yield str(label), values


def common(question: Question, name: str, value: str, count: int) -> Common:
    as_it_is = exactly(value)
    only, without = question.only(name, as_it_is).address(), question.without(name, as_it_is).address()
    return Common(visible(value), short(visible(value)), count, only, without)


def drawer_of(incident: Incident, reader: Reader | None, key: str) -> Drawer | None:
    """The event's main facts without its bytes: opening the drawer reads nothing from the vault."""
    event = reader.event(key) if reader else None
    if event is None:
        return None
    line, told = Line.of(event, findings_by_event(incident)), standing_of_event(incident, event["key"])
    return Drawer(line, list(main_fields(event)), Origin.of(incident, event), told)


@dataclass(frozen=True, slots=True)
class Raw:
    """The record read back from the vault, and the receipt for that reading; or why it could not be read."""

    pieces: list[Piece]
    receipt: Receipt | None
    problem: str = ""


def event_context(incident: Incident, key: str, by: Actor) -> dict[str, Any] | None:
    """One event in full. Appends the custody entry ``accessed`` when its bytes were read."""
    reader = reader_of(incident)
    event = reader.event(key) if reader else None
    if event is None:
        return None
    origin = Origin.of(incident, event)
    return {
        "line": Line.of(event, findings_by_event(incident)),
        "fields": fields_of(event),
        "origin": origin,
        "told": standing_of_event(incident, event["key"]),
        "is_copy": event["is_copy"],
        **panel_of_event(incident, event["key"]),
        "raw": read_back(origin, event, by) if origin else None,
    }


def read_back(origin: Origin, event: Mapping[str, Any], by: Actor) -> Raw:
    try:
        text = raw_text(origin, event)
    except NotReadable as problem:
        return Raw([], None, visible(str(problem)))
    what = {"part": origin.part.number, "member": int(event["member"]), "row": origin.row}
    return Raw(pieces(text), record_access(evidence=origin.part.evidence, what=what, by=by))


def refusal(incident: Incident, problem: Exception) -> dict[str, Any]:
    return {
        "incident": incident,
        "problem": visible(str(problem)),
        "is_slow": isinstance(problem, TooSlow),
        "is_lost": isinstance(problem, MissingManifest),
        "is_of_engine": isinstance(problem, OF_THE_ENGINE),
    }
