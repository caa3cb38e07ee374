"""Events and findings of an incident on their way to other tools."""

from collections.abc import Iterator
from typing import Any

from cases.actions.evidence import record_export
from cases.actor import Actor
from cases.models import Finding, Incident
from cases.stores import reader_of
from events import Filters, Reader
from exports import EVENTS, ExportFormat

MOST = 1_000_000  # events of one export; a narrower filter brings the rest
Place = tuple[str, int, int, int]


def exported(incident: Incident, form: ExportFormat, filters: Filters, by: Actor) -> Iterator[bytes]:
    """The file, piece by piece; that it leaves the portal is in the custody log before the first one."""
    reader = reader_of(incident)
    what = {"type": "export", "format": form.name, "filter": filters.to_query(), "events": incident.events_inputs}
    record_export(incident=incident, what=what, by=by)
    if form.of == EVENTS:
        return form.write(reader.rows(filters, MOST) if reader else iter(()))
    return form.write(finding_rows(incident, reader))


def finding_rows(incident: Incident, reader: Reader | None) -> Iterator[dict[str, Any]]:
    """The findings that stand, in plain values; their addresses are those of their examples."""
    found = list(incident.findings.standing().detections().select_related("run").order_by("number"))
    addresses = addresses_at(reader, [place for finding in found for place in places_of(finding)])
    for finding in found:
        yield {
            "incident": incident.reference,
            "label": finding.label,
            "title": finding.title,
            "severity": Incident.Severity(finding.severity).name.lower(),
            "explanation": finding.explanation,
            "techniques": finding.techniques,
            "principals": finding.principals,
            "addresses": sorted({addresses[place] for place in places_of(finding) if addresses.get(place)}),
            "found_at": finding.run.ended_at or finding.run.requested_at,
        }


def places_of(finding: Finding) -> list[Place]:
    return [(one["evidence"], one["part"], one["member"], one["row"]) for one in finding.examples]


def addresses_at(reader: Reader | None, places: list[Place]) -> dict[Place, str]:
    if reader is None or not places:
        return {}
    return {place: row["source_ip_address"] or "" for place, row in reader.events_at(places).items()}


def file_name(incident: Incident, form: ExportFormat) -> str:
    return f"{incident.reference}-{form.of}-{form.name}.{form.suffix}"
