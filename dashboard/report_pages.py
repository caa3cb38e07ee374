"""What the report pages show: the versions, and one of them as a web page made of its frozen content alone."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from cases.actions.reports import GRAVE
from cases.actions.runs import hash_of
from cases.models import Finding, Incident, Report
from cases.permissions import Verb, verbs_of
from cases.words import said_since
from dashboard.forms.decisions import next_acts
from phases.next_steps import report_inputs
from phases.reviews import content_of, words_on
from reports.review import reviewed

LONG_WORD = 22  # characters; a time, an event's name and an address stay whole


def versions_of(incident: Incident) -> list[Report]:
    return list(incident.reports.select_related("made_by", "decided_by").order_by("-version"))


def report_or_404(incident: Incident, version: int) -> Report:
    report = incident.reports.select_related("incident", "made_by", "decided_by").filter(version=version).first()
    if report is None:
        raise Http404("no such report version")
    return report


def shown_content(report: Report) -> dict[str, Any] | None:
    """The frozen content with what people have decided about it since on its first page."""
    content = content_of(report)
    if content is None or report.status == Report.Status.DRAFT:
        return content
    return reviewed(content, report.status, words_on(report))


def context_of(incident: Incident, report: Report | None, user: AbstractBaseUser | AnonymousUser) -> dict[str, Any]:
    """One version beside the list of all; without a version the page says how one comes about."""
    verbs = verbs_of(user, incident)
    context: dict[str, Any] = {
        "versions": versions_of(incident),
        "can_approve": Verb.APPROVE in verbs,
        "report": report,
    }
    if report is None:
        return context
    content = shown_content(report)
    return context | {
        "content": content,
        "sections": sections_of(content),
        "tlp_label": label_of(content),
        "acts": next_acts(report, user),
        "newer": newer_than(report, context["versions"]),
        "under_review": [one for one in context["versions"] if one.is_under_review and one.version != report.version],
        "said": said_since(report) if incident.is_open else [],
        "can_draft": Verb.ANALYZE in verbs and incident.is_open,
        "could_not_approve": Verb.APPROVE in verbs and incident.severity >= GRAVE,
        "needs_another": incident.severity >= GRAVE and report.status == Report.Status.IN_REVIEW,
        "is_behind": report.inputs_hash != hash_of(report_inputs(incident)),
        "undecided": incident.findings.detections().standing().filter(status=Finding.Status.PROPOSED).count(),
        "gaps_open": incident.gaps.open().count(),
        "exhibits": len(report.manifest.get("evidence", [])),
    }


def newer_than(report: Report, versions: Sequence[Report]) -> Report | None:
    """The draft that was made while people read this version; none for a version that nobody reviews."""
    newest = versions[0]
    return newest if report.is_under_review and newest.version > report.version else None


def sections_of(content: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The content's sections; each table row as (class, text) pairs, so that long names and hashes have room."""
    return [
        section | {"blocks": [with_classes(block) for block in section["blocks"]]}
        for section in (content or {}).get("sections", [])
    ]


def with_classes(block: dict[str, Any]) -> dict[str, Any]:
    if not block.get("rows") or block.get("shape") == "facts":
        return block
    classes = [width_of(column) for column in zip(*block["rows"], strict=True)]
    return block | {"cells": [list(zip(classes, row, strict=True)) for row in block["rows"]]}


def width_of(column: Sequence[str]) -> str:
    """How wide a column must be for its longest word: short words are never broken, hashes and ARNs have to be."""
    longest = max((len(word) for cell in column for word in cell.split()), default=0)
    return "wide" if longest > LONG_WORD else ""


def label_of(content: dict[str, Any] | None) -> str:
    """The frozen version's own TLP label, which the incident's may have left behind since."""
    words = {str(label): value for value, label in Incident.Tlp.choices}
    return words.get((content or {}).get("marking", {}).get("tlp", ""), Incident.Tlp.AMBER_STRICT.value)


def figure_of(report: Report, section: int, block: int) -> str:
    """The SVG of one figure. It is served as an image of its own: there a browser runs no script, whatever is in it."""
    content = content_of(report)
    try:
        figure = (content or {})["sections"][section]["blocks"][block]
        return str(figure["svg"])
    except (KeyError, IndexError):
        raise Http404("no such figure") from None
