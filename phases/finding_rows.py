"""Findings as a report sees them: plain rows, with the events behind each and what those were done to."""

from typing import Any

from cases.models import Finding, Incident
from cases.stores import reader_of
from events.targets import counted, targets_of
from phases.moments import iso

EXAMPLES = 25  # events shown with each finding
Place = tuple[str, int, int, int]  # exhibit, part, member, row
WORDS = {0: "unknown", 1: "informational", 2: "low", 3: "medium", 4: "high", 5: "critical", 6: "fatal"}


def finding_row(finding: Finding) -> dict[str, Any]:
    return {
        "number": finding.label,
        "title": finding.title,
        "severity": WORDS[finding.severity],
        "status": finding.status,
        "rule": finding.question,
        "rule_version": "",
        "author": finding.author,
        "licence": finding.licence,
        "techniques": finding.techniques,
        "entity": f"{finding.entity_kind} {finding.entity_words}",
        "count": finding.count,
        "first_at": iso(finding.first_at),
        "last_at": iso(finding.last_at),
        "principals": finding.principals,
        "description": finding.explanation,
        "next_steps": finding.next_steps,
        "query": "&".join(f"{key}={value}" for key, value in finding.query.items()),
        "decided_by": finding.decided_by.shown_name if finding.decided_by else None,
        "decided_at": iso(finding.decided_at),
        "reason": finding.decision_reason,
        "events": [place_of(example) for example in finding.examples[:EXAMPLES]],
    }


def place_of(example: dict[str, Any]) -> Place:
    return example["evidence"], example["part"], example["member"], example["row"]


def with_events(incident: Incident, findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings with the events behind them in full, read from the store in one question."""
    reader = reader_of(incident)
    places = [place for finding in findings for place in finding["events"]]
    events = reader.events_at(places) if reader else {}
    return [with_its_own(f, [events[place] for place in f["events"] if place in events]) for f in findings]


def with_its_own(finding: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, Any]:
    touched = [{"name": name, "count": count} for name, count in counted(events)]
    return finding | {"events": [event_row(event) for event in events], "targets": touched}


def event_row(event: dict[str, Any]) -> dict[str, Any]:
    """One event behind a finding, as a row of the report."""
    return {
        "at": iso(event["event_time"]),
        "event": event["event_name"],
        "principal": event["principal"],
        "address": event["source_ip_address"],
        "outcome": event["error_code"] or "OK",
        "exhibit": event["evidence"],
        "file": event["src_file"],
        "row": event["src_row"],
        "target": ", ".join(targets_of(event)),
    }
