"""What an investigation came to: the object that ``investigate --json`` prints, and the same in words."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db.models import Max, Min, Sum

from cases.board import WorkState, board
from cases.custody_check import check
from cases.models import Incident, Phase, QuarantinedRecord
from cases.stores import vault_of
from events import key_of
from phases.indicators import Intake
from plugins.text import counted, visible

COMPLETE, FAILED, WITH_GAPS = 0, 1, 3
SHOWN = 20  # gaps and quarantined records that the summary names; the rest are counted
NOTHING = "nothing was found to examine"


def outcome_of(incident: Incident, report: Path | None) -> dict[str, Any]:
    """One JSON object: what became of each phase, what was found, what is missing, and where the report lies."""
    incident.refresh_from_db()
    states = board(incident)
    examined = next(state for state in states if state.phase == Phase.EXAMINATION)
    return {
        "incident": incident.reference,
        "phases": {
            str(s.phase): {"state": str(s.work), "units": s.units_planned, "done": s.units_done, "gaps": s.gaps}
            for s in states
        },
        "evidence": evidence_of(incident),
        "records": {"read": examined.records, "rows": examined.rows, "quarantined": examined.quarantined},
        "findings": findings_of(incident),
        "leads": leads_of(incident),
        "problems": problems_of(incident),
        "gaps": gaps_of(incident),
        "quarantine": quarantine_of(incident),
        "custody": custody_of(incident),
        "report": report_of(incident, report),
        "seconds": seconds_of(incident),
    }


def problems_of(incident: Incident) -> list[dict[str, str]]:
    """Why a phase failed or did not happen: each failed run in its own words, or that there was nothing to work on."""
    failed = incident.runs.newest().filter(state__in=("failed", "dead")).order_by("pk")
    problems = [{"phase": run.phase, "run": run.title, "error": run.error} for run in failed]
    not_begun = [state.phase for state in board(incident) if state.work == WorkState.NOT_STARTED]
    if not_begun and not problems:
        phase = not_begun[0]
        problems.append({"phase": str(phase), "run": str(phase.label), "error": NOTHING})
    return problems


def gaps_of(incident: Incident) -> list[dict[str, Any]]:
    """What could not be had or read, in the words of the newest runs, and whether somebody has put a name under it."""
    return [
        {
            "phase": gap.phase,
            "kind": gap.kind,
            "subject": gap.subject,
            "detail": gap.detail,
            "acknowledged": gap.acknowledged_at is not None,
        }
        for gap in incident.gaps.current().order_by("pk")
    ]


def quarantine_of(incident: Incident) -> list[dict[str, Any]]:
    """Records that could not be read: file, row (null: the file as a whole) and reason; the first 1,000 of a part."""
    records = QuarantinedRecord.objects.filter(part__evidence__incident=incident, run__is_newest=True).order_by(
        "part", "index", "row"
    )
    return [dict(row) for row in records.values("file", "row", "reason")]


def evidence_of(incident: Incident) -> dict[str, int]:
    sums = incident.evidence.aggregate(members=Sum("members"), size=Sum("size"))
    return {"items": incident.evidence.count(), "members": sums["members"] or 0, "bytes": sums["size"] or 0}


def findings_of(incident: Incident) -> list[dict[str, Any]]:
    """Standing findings, gravest first; the rows that only sum up a principal are not findings."""
    found = incident.findings.standing().detections().for_lists()
    return [
        {
            "rule": finding.question,
            "title": finding.title,
            "severity": finding.get_severity_display().lower(),
            "techniques": finding.techniques,
            "events": finding.count,
            "first": finding.first_at.isoformat() if finding.first_at else None,
            "last": finding.last_at.isoformat() if finding.last_at else None,
            "principals": finding.principals,
        }
        for finding in found
    ]


def leads_of(incident: Incident) -> list[dict[str, Any]]:
    """Where to look first, the highest score first; ``why`` in words, ``events`` by their short keys."""
    return [
        {
            "entity": lead.entity,
            "kind": lead.entity_kind,
            "score": lead.facts["score"],
            "why": lead.explanation,
            "count": lead.count,
            "first": lead.first_at.isoformat() if lead.first_at else None,
            "last": lead.last_at.isoformat() if lead.last_at else None,
            "events": [key_of(example | {"src_row": example["row"]}) for example in lead.examples],
        }
        for lead in incident.findings.leads()
    ]


def intake_of(intake: Intake) -> dict[str, Any]:
    """What became of a list of indicators: read = taken + known + refused, each refusal with place and reason."""
    reading = intake.reading
    return {
        "file": reading.origin,
        "sha256": reading.sha256,
        "read": reading.read,
        "taken": intake.taken,
        "known": intake.known,
        "refused": [asdict(one) for one in reading.refused],
    }


def intake_words(intake: Intake) -> str:
    """The same for a person at a shell."""
    reading, refused = intake.reading, len(intake.reading.refused)
    counts = f"{reading.read:,} read = {intake.taken:,} taken + {intake.known:,} known + {refused:,} refused"
    lines = [f"  {one.place}: {one.reason}: {one.text}" for one in reading.refused[:SHOWN]]
    more = [f"  and {refused - SHOWN:,} more, in --json"] if refused > SHOWN else []
    return "\n".join([f"{visible(reading.origin)}: {counts}", *lines, *more])


def custody_of(incident: Incident) -> dict[str, Any]:
    checked = check(incident.reference)
    return {"entries": checked.size, "verified": not checked.problems}


def report_of(incident: Incident, target: Path | None) -> dict[str, Any]:
    """The newest report's path and hash; written to ``target`` where one is given."""
    newest = incident.reports.order_by("-version").first()
    if newest is None:
        return {"path": None, "sha256": None}
    if target is not None:
        with vault_of(incident).open(newest.pdf_sha256) as stream:
            data = stream.read()
        target.write_bytes(data)
        if hashlib.sha256(target.read_bytes()).hexdigest() != newest.pdf_sha256:
            raise OSError(f"{target} does not read back as it was written; choose another place")
    return {"path": str(target) if target else None, "sha256": newest.pdf_sha256}


def seconds_of(incident: Incident) -> dict[str, float]:
    """Wall time of each phase, from its first run's start to its last run's end."""
    rows = incident.runs.values("phase").order_by("phase").annotate(start=Min("started_at"), end=Max("ended_at"))
    return {
        row["phase"]: round((row["end"] - row["start"]).total_seconds(), 2)
        for row in rows
        if row["start"] and row["end"]
    }


def exit_status(incident: Incident) -> int:
    """0 complete without gaps, 3 complete with gaps or quarantine, 1 when a phase failed or did not happen."""
    states = board(incident)
    if any(state.work != WorkState.COMPLETE for state in states):
        return FAILED
    return WITH_GAPS if any(state.gaps or state.quarantined for state in states) else COMPLETE


def summary(outcome: Mapping[str, Any]) -> str:
    """The outcome in words, for a person at a shell."""
    records, custody, report = outcome["records"], outcome["custody"], outcome["report"]
    lines = [f"{outcome['incident']}"]
    lines += [phase_line(name, phase, outcome["seconds"].get(name)) for name, phase in outcome["phases"].items()]
    lines += [f"FAILED       {p['run']}: {p['error']}" for p in outcome["problems"]]
    lines += [
        evidence_line(outcome["evidence"]),
        f"records      {records['read']:,} read = {records['rows']:,} rows + {records['quarantined']:,} quarantined",
        custody_line(custody),
        f"findings     {len(outcome['findings'])}",
    ]
    lines += [f"  {f['severity']:13} {f['events']:>7,}  {f['title']}" for f in outcome["findings"]]
    lines += [f"look first   {one['score']:5.1f}  {one['kind']} {one['entity']}" for one in outcome["leads"][:5]]
    still_open = [gap for gap in outcome["gaps"] if not gap["acknowledged"]]
    lines += listed("gaps", [f"{g['phase']} {g['kind']}: {g['subject']}: {g['detail']}" for g in still_open])
    lines += listed("quarantine", [f"{q['file']}{row_words(q['row'])}: {q['reason']}" for q in outcome["quarantine"]])
    lines.append(f"report       {report['path'] or 'in the portal'}  sha256 {report['sha256']}  (draft, not reviewed)")
    return "\n".join(lines)


def listed(name: str, rows: Sequence[str]) -> list[str]:
    """The heading and the first rows of a list, and how many there are besides; nothing for an empty list."""
    if not rows:
        return []
    more = [f"  and {len(rows) - SHOWN:,} more, in the report and in --json"] if len(rows) > SHOWN else []
    return [f"{name:12} {len(rows):,}", *(f"  {visible(row)}" for row in rows[:SHOWN]), *more]


def row_words(row: int | None) -> str:
    return "" if row is None else f", row {row}"


def custody_line(custody: Mapping[str, Any]) -> str:
    verdict = "whole and in order" if custody["verified"] else "NOT in order"
    return f"custody      {counted(custody['entries'], 'entry', 'entries')}, {verdict}"


def evidence_line(evidence: Mapping[str, int]) -> str:
    if not evidence["members"]:
        return f"evidence     {NOTHING}"
    things = (("items", "exhibit"), ("members", "file"), ("bytes", "byte"))
    return f"evidence     {', '.join(counted(evidence[name], noun) for name, noun in things)}"


def phase_line(name: str, phase: Mapping[str, Any], seconds: float | None) -> str:
    gaps = f", {counted(phase['gaps'], 'gap')}" if phase["gaps"] else ""
    took = f", {seconds:.1f} s" if seconds is not None else ""
    units = f"{phase['done']} of {counted(phase['units'], 'unit')}"
    return f"{name:12} {phase['state'].replace('_', ' ')}, {units}{gaps}{took}"
