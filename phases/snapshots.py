"""The incident as a report sees it: plain JSON values read from rows and events at one moment."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from cases.board import board
from cases.coverage import matrix_of
from cases.models import (
    CustodyEntry,
    CustodyLog,
    Evidence,
    EvidencePart,
    Finding,
    Incident,
    Phase,
    QuarantinedRecord,
    Verdict,
)
from cases.stores import reader_of
from events import Filters
from phases.coverage_rows import coverage_rows, span
from phases.finding_rows import WORDS, finding_row, with_events
from phases.method_rows import method_rows
from phases.moments import iso
from reports import CaseSnapshot

BARS = 96
QUARANTINE = 1000
TIMELINE = 200


def snapshot_of(incident: Incident, *, version: int, prepared_by: str) -> CaseSnapshot:
    """Freeze everything that the next report version speaks of; ``custody`` is the log as it is now."""
    findings = with_events(incident, [finding_row(finding) for finding in findings_of(incident)])
    custody, matrix = custody_rows(incident), matrix_of(incident)
    return CaseSnapshot(
        incident=incident_row(incident, version, prepared_by) | {"window": span(matrix.window)},
        phases=tuple(phase_rows(incident)),
        summary=summary_of(incident),
        histogram=tuple(histogram_of(incident)),
        story=tuple(story_rows(incident)),
        timeline=tuple(timeline_of(findings)),
        leads=tuple(leads_of(incident)),
        findings=tuple(findings),
        principals=tuple(principals_of(incident)),
        chains=tuple(chains_of(incident)),
        evidence=tuple(evidence_rows(incident)),
        coverage=tuple(coverage_rows(matrix)),
        custody=custody,
        custody_head=head_of(incident),
        gaps=tuple(gap_rows(incident)),
        quarantine=tuple(quarantine_rows(incident)),
        verdicts=tuple(verdict_rows(incident)),
        methods=tuple(method_rows(incident)),
    )


def findings_of(incident: Incident) -> list[Finding]:
    return list(incident.findings.filter(is_current=True).detections().for_lists())


def incident_row(incident: Incident, version: int, prepared_by: str) -> dict[str, Any]:
    return {
        "reference": incident.reference,
        "title": incident.title,
        "description": incident.description,
        "severity": WORDS[incident.severity],
        "status": incident.get_state_display(),
        "verdict": incident.get_outcome_display() or None,
        "tlp": incident.get_tlp_display(),
        "actual_start_at": iso(incident.actual_start_at),
        "detected_at": iso(incident.detected_at),
        "opened_at": iso(incident.opened_at),
        "commander": incident.commander.shown_name if incident.commander else None,
        "accounts": listed(incident, "account"),
        "regions": listed(incident, "region"),
        "version": version,
        "report_state": "draft, not reviewed",
        "prepared_by": prepared_by,
        "made_at": timezone.now().replace(microsecond=0).isoformat(),
    }


def listed(incident: Incident, field: str) -> list[str]:
    """The places that evidence came from; what nobody named (a folder) is left out."""
    values = incident.evidence.exclude(**{field: ""}).values_list(field, flat=True)
    return sorted(set(values))


def phase_rows(incident: Incident) -> Iterator[dict[str, Any]]:
    for state in board(incident):
        is_this = state.phase == Phase.REPORTING  # this very report is being made
        yield {
            "name": str(state.phase),
            "title": str(state.phase.label),
            "work": "this_report" if is_this else str(state.work),
            "units": 0 if is_this else state.units_planned,
            "done": 0 if is_this else state.units_done,
            "gaps_open": state.gaps_open,
            "gaps_acknowledged": state.gaps_acknowledged,
        }


def summary_of(incident: Incident) -> dict[str, Any]:
    examined = next(state for state in board(incident) if state.phase == "examination")
    facts: dict[str, Any] = {
        "records_read": examined.records,
        "rows": examined.rows,
        "quarantined": examined.quarantined,
    }
    if reader := reader_of(incident):
        tally = reader.tally()
        facts |= {
            "events": tally.rows - tally.copies,
            "copies": tally.copies,
            "first_event_at": iso(reader.manifest.first_at),
            "last_event_at": iso(reader.manifest.last_at),
        }
    return facts


def histogram_of(incident: Incident) -> Iterator[dict[str, Any]]:
    if reader := reader_of(incident):
        for bucket in reader.histogram(Filters(), BARS):
            yield {"start": iso(bucket.start), "counts": dict(bucket.counts)}


def timeline_of(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first events behind each finding of medium severity or more, each once, oldest first."""
    grave = [f for f in findings if f["severity"] in ("medium", "high", "critical", "fatal")]
    events = {(e["exhibit"], e["file"], e["row"]): e for finding in grave for e in finding["events"][:5]}
    return sorted(events.values(), key=lambda e: (e["at"] or "", e["exhibit"], e["file"], e["row"]))[:TIMELINE]


def story_rows(incident: Incident) -> Iterator[dict[str, Any]]:
    """What the team tells, by what it was told from: an event is named as it was when it was added."""
    for entry in incident.timeline_entries.standing().for_lists():
        yield {
            "at": iso(entry.at),
            "title": entry.title,
            "text": entry.text,
            "techniques": entry.techniques,
            "made_by": entry.made_by.shown_name,
            "made_at": iso(entry.made_at),
            "finding": entry.finding.label if entry.finding else None,
            "dismissed_by": dismissed_by(entry.finding),
            "exhibit": entry.snapshot.get("exhibit"),
            "file": entry.snapshot.get("file"),
            "row": entry.snapshot.get("row"),
        }


def dismissed_by(finding: Finding | None) -> str | None:
    """Who found that a finding is none; None for one that stands."""
    if finding is None or finding.decided_by is None or finding.status != Finding.Status.DISMISSED:
        return None
    return finding.decided_by.shown_name


def leads_of(incident: Incident) -> Iterator[dict[str, Any]]:
    for finding in incident.findings.leads():
        yield {
            "score": finding.facts["score"],
            "kind": finding.entity_kind,
            "entity": finding.entity,
            "why": finding.explanation,
            "count": finding.count,
            "first_at": iso(finding.first_at),
        }


def principals_of(incident: Incident) -> Iterator[dict[str, Any]]:
    """Who is named by a standing finding comes first, by the gravest that names them; then the busiest."""
    gravest = severity_by_principal(incident)
    found = incident.findings.summaries().filter(is_current=True).order_by("-count", "entity")
    for finding in sorted(found, key=lambda one: -gravest.get(one.entity, 0)):
        yield {
            "principal": finding.entity,
            "first_at": iso(finding.first_at),
            "last_at": iso(finding.last_at),
            "events": finding.count,
            "refused": finding.facts["refused"],
            "addresses": finding.facts["addresses"],
            "actions": finding.facts["actions"],
            "severity": WORDS[gravest[finding.entity]] if finding.entity in gravest else None,
        }


def severity_by_principal(incident: Incident) -> dict[str, int]:
    """Principal -> the severity of the gravest standing finding that names it."""
    gravest: dict[str, int] = {}
    found = incident.findings.detections().standing().order_by("severity")
    for severity, principals in found.values_list("severity", "principals"):
        gravest |= dict.fromkeys(principals, severity)
    return gravest


def chains_of(incident: Incident) -> Iterator[dict[str, Any]]:
    for finding in incident.findings.filter(is_current=True, tool="role_chains").order_by("number"):
        if finding.facts.get("nodes"):
            yield {"title": finding.title, "nodes": finding.facts["nodes"], "edges": finding.facts["edges"]}


def evidence_rows(incident: Incident) -> Iterator[dict[str, Any]]:
    """Two queries; ``places`` are those where its parts lie."""
    parts = EvidencePart.objects.filter(evidence__incident=incident).order_by("place").values_list("evidence", "place")
    places: dict[int, list[str]] = {}
    for evidence, place in parts.distinct():
        places.setdefault(evidence, []).append(place)
    for item in incident.evidence.order_by("number"):
        yield evidence_row(item) | {"jurisdiction": item.jurisdiction, "places": places.get(item.pk, [])}


def evidence_row(item: Evidence) -> dict[str, Any]:
    return {
        "exhibit": item.exhibit,
        "title": item.title,
        "source": item.source,
        "account": item.account,
        "region": item.region,
        "files": item.members,
        "size": item.size,
        "state": item.state,
        "sha256": item.sha256,
        "integrity": "" if item.is_empty else item.integrity,
        "acquired_at": iso(item.sealed_at),
        "acquired_by": item.acquisition.get("requested_by") or item.acquisition.get("received_by"),
    }


def custody_rows(incident: Incident) -> tuple[dict[str, Any], ...]:
    entries = CustodyEntry.objects.filter(log__name=incident.reference).order_by("seq")
    return tuple(custody_row(entry) for entry in entries.iterator())


def custody_row(entry: CustodyEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": iso(entry.at),
        "action": entry.action,
        "object": f"{entry.object_type} {entry.object_id}",
        "actor": entry.actor,
        "reason": json.loads(bytes(entry.data))["reason"],
        "leaf_hash": entry.leaf_hash,
    }


def head_of(incident: Incident) -> dict[str, Any]:
    head = CustodyLog.objects.get(name=incident.reference)
    return {"size": head.size, "root": head.root}


def gap_rows(incident: Incident) -> Iterator[dict[str, Any]]:
    for gap in incident.gaps.current().for_lists():
        yield {
            "phase": gap.get_phase_display(),
            "kind": gap.kind,
            "subject": gap.subject,
            "detail": gap.detail,
            "acknowledged_by": gap.acknowledged_by.shown_name if gap.acknowledged_by else None,
            "acknowledged_at": iso(gap.acknowledged_at),
            "reason": gap.reason,
        }


def quarantine_rows(incident: Incident) -> Iterator[dict[str, Any]]:
    records = QuarantinedRecord.objects.filter(run__incident=incident, run__is_newest=True)
    for record in records.select_related("part__evidence").order_by("part", "index", "row")[:QUARANTINE]:
        yield {
            "exhibit": record.part.evidence.exhibit,
            "file": record.file,
            "row": record.row,
            "reason": record.reason,
        }


def verdict_rows(incident: Incident) -> Iterator[dict[str, Any]]:
    verdicts = Verdict.objects.filter(run__incident=incident, run__is_newest=True).select_related("evidence")
    for verdict in verdicts.order_by("pk").iterator():
        yield {
            "exhibit": verdict.evidence.exhibit if verdict.evidence else "",
            "file": verdict.file,
            "verdict": verdict.state,
            "detail": verdict.detail,
        }
