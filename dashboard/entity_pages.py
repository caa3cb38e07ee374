"""What the page of one entity shows: what it did, who was behind it, how it came, what it touched and became."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Finding, Incident
from cases.stores import reader_of
from dashboard.entity_graphs import RESOURCES, graph_of
from dashboard.entity_kinds import KINDS
from dashboard.event_lines import short
from dashboard.filter_links import Question
from dashboard.histograms import histogram_of
from dashboard.lead_pages import Lead
from dashboard.located import located
from events import Filters, Reader
from events import entities as asked
from events.flows import FAMILY, Talk, talks_with
from events.questions import Issue
from plugins.text import visible

LONGEST = 2_048
TOP = 8
FILTERS = {"principal": "principal", "access_key": "access_key", "address": "source_ip"}
# Filter -> (heading, the kind of entity that its values are, or none)
TOPS: Mapping[str, tuple[Any, str]] = {
    "event_name": (_("Events"), ""),
    "principal": (_("Principals"), "principal"),
    "source_ip": (_("Source addresses"), "address"),
    "access_key": (_("Access keys"), "access_key"),
    "error_code": (_("Errors"), ""),
    "user_agent": (_("User agents"), ""),
}


@dataclass(frozen=True, slots=True)
class Common:
    """A value that many of its events share, and where it leads."""

    value: str
    shown: str
    count: int
    address: str


def address_of(reference: str, kind: str, value: str) -> str:
    """The page of an entity; a role that was taken on is looked at as what it is: a resource that was asked for."""
    query = {"kind": "resource" if kind == "taken_on" else kind, "value": value}
    return reverse("entity", args=[reference]) + "?" + urlencode(query)


def asked_for(query: Mapping[str, str]) -> tuple[str, str]:
    """The kind and the value of an address. Raises Http404 for a kind that there is not, or no value."""
    kind, value = query.get("kind", ""), query.get("value", "")
    if kind not in KINDS or not value or len(value) > LONGEST or "\0" in value:
        raise Http404("no such entity")
    return kind, value


def filters_of(kind: str, value: str) -> Filters:
    if kind in FILTERS:
        return Filters(only={FILTERS[kind]: (value,)})
    return Filters(q=value if value.startswith("arn:") else value.partition(":")[2] or value)


def context_of(incident: Incident, query: Mapping[str, str]) -> dict[str, Any]:
    """Everything about one entity. Raises Http404 for an address that names none, TooSlow."""
    kind, value = asked_for(query)
    question = Question(filters_of(kind, value))
    place = reverse("timeline", args=[incident.reference])
    context = {
        "kind": kind,
        "kind_word": KINDS[kind],
        "value": visible(value),
        "located": located(value) if kind == "address" else None,
        "timeline": place + question.address(),
        "findings": findings_about(incident, kind, value),
        "lead": next(map(Lead.of, incident.findings.leads().filter(entity_kind=kind, entity=value)), None),
    }
    reader = reader_of(incident)
    return context | (seen(reader, incident, question, (kind, value)) if reader else {"count": 0})


def seen(reader: Reader, incident: Incident, question: Question, entity: tuple[str, str]) -> dict[str, Any]:
    """What the events tell."""
    kind, value = entity
    link = partial(address_of, incident.reference)
    timeline = reverse("timeline", args=[incident.reference])
    ways, touched = asked.ways(reader, kind, value), asked.resources_of(reader, kind, value)
    taken_on = asked.became(reader, kind, value)
    behind = asked.behind(reader, keys_of(kind, value, ways))
    ends = [moment for way in ways for moment in (way.first_at, way.last_at)]
    return {
        "count": reader.count(question.filters),
        "refused": sum(way.refused for way in ways),
        "first_at": min(ends, default=None),
        "last_at": max(ends, default=None),
        "histogram": histogram_of(reader, question, place=timeline),
        "tops": list(tops(reader, question, incident.reference, kind)),
        "ways": [(way, linked(link, way)) for way in ways],
        "touched": [(one, link("resource", one.resource)) for one in touched if one.resource != value],
        "talks": talks_of(reader, incident.reference, kind, value),
        "taken_on": taken_rows(taken_on, link),
        "behind": [(issue, link("principal", issue.caller)) for issue in behind],
        "undrawn": max(0, len(touched) - RESOURCES),
        "graph": graph_of(entity, ways, touched, taken_on, behind, link),
    }


def talks_of(reader: Reader, reference: str, kind: str, value: str) -> list[tuple[Talk, str]]:
    """The traffic with an address, each with the address of its flows in the timeline."""
    timeline = reverse("timeline", args=[reference])
    return [
        (talk, timeline + Question(Filters(only={"family": (FAMILY,)}, q=talk.interface)).address())
        for talk in (talks_with(reader, value) if kind == "address" else ())
    ]


def keys_of(kind: str, value: str, ways: Sequence[asked.Way]) -> list[str]:
    """The keys whose giver is asked for: the key itself, else those that the entity's calls were made with."""
    return [value] if kind == "access_key" else sorted({way.key for way in ways if way.key})


def linked(link: Any, way: asked.Way) -> dict[str, str]:
    parts = {"address": way.address, "access_key": way.key, "principal": way.principal}
    return {kind: link(kind, value) for kind, value in parts.items() if value}


def taken_rows(issued: Sequence[Issue], link: Any) -> list[tuple[Issue, int, str]]:
    """Each identity that was taken on, once: the first time, how often, and the page of its first key."""
    counts: dict[tuple[str, str], list[Issue]] = {}
    for issue in issued:
        counts.setdefault((issue.how, issue.became), []).append(issue)
    return [(same[0], len(same), link("access_key", same[0].key)) for same in counts.values()]


def tops(reader: Reader, question: Question, reference: str, kind: str) -> Iterator[tuple[str, list[Common]]]:
    """The most frequent values of its events; those that are entities lead to their own pages."""
    timeline = reverse("timeline", args=[reference])
    for name, (heading, of_kind) in TOPS.items():
        if of_kind == kind:
            continue
        values = [
            Common(
                visible(value),
                short(visible(value)),
                count,
                address_of(reference, of_kind, value) if of_kind else timeline + question.only(name, value).address(),
            )
            for value, count in reader.top(question.filters, name, TOP)
            if value
        ]
        if values:
            yield str(heading), values


def findings_about(incident: Incident, kind: str, value: str) -> list[Finding]:
    """The standing findings that are about it or name it."""
    found = incident.findings.standing().detections().for_lists()
    return [one for one in found if one.entity == value or (kind == "principal" and value in one.principals)]
