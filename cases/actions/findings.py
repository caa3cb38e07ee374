"""What an analysis may write, and what a person decides about it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases import changes
from cases.actions.custody import Action, Deed, Receipt, append_entry
from cases.actions.incidents import IncidentClosed
from cases.actions.runs import Lease, hold_lease, next_number
from cases.actions.units import add_gaps, by_run, close_unit
from cases.actor import Actor
from cases.models import SUMMARIES, Answer, Finding, GapRecord, Incident, Run, Unit
from cases.texts import fitting, keyed
from plugins import Gap

COUNTED = (
    "run", "title", "severity", "techniques", "count", "first_at", "last_at", "principals", "examples", "query",
    "explanation", "next_steps", "false_positives", "author", "licence", "facts", "inputs_hash", "is_current",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A finding as an analyzer made it, in plain JSON values."""

    question: str
    title: str
    entity_kind: str
    entity: str
    severity: int
    count: int
    first_at: datetime | None
    last_at: datetime | None
    techniques: list[str] = field(default_factory=list)
    principals: list[str] = field(default_factory=list)
    examples: list[dict[str, Any]] = field(default_factory=list)
    query: dict[str, str] = field(default_factory=dict)
    explanation: str = ""
    next_steps: str = ""
    false_positives: list[str] = field(default_factory=list)
    author: str = ""
    licence: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What one question came to, "no match" included."""

    question: str
    version: str
    matches: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything one analysis came to, and the hash that a repeat over the same inputs must give."""

    found: tuple[FoundRow, ...]
    answers: tuple[AnswerRow, ...]
    gaps: tuple[Gap, ...]
    result_hash: str
    version: str


@transaction.atomic
def record_findings(*, lease: Lease, unit: Unit, result: Analysis) -> None:
    """Finish an analysis: counts follow it, a person's verdict stays. Entry: analysed."""
    run = hold_lease(lease)
    Finding.objects.filter(incident=run.incident, tool=run.tool).update(is_current=False)
    for found in result.found:
        keep_finding(run, found)
    Answer.objects.bulk_create([Answer(run=run, **fitting(Answer, **asdict(answer))) for answer in result.answers])
    add_gaps(run, unit, result.gaps)
    close_unit(run, unit, Unit.State.PARTIAL if result.gaps else Unit.State.DONE, findings=len(result.found))
    facts = {
        "type": "analysis",
        "id": run.tool,
        "inputs_sha256": run.inputs_hash,
        "result_sha256": result.result_hash,
        "findings": len(result.found),
        "questions": len(result.answers),
    }
    deed = Deed(Action.ANALYSED, facts, **by_run(run, lease) | {"tool": {"name": run.tool, "rules": result.version}})
    append_entry(log=run.incident.reference, deed=deed, by=Actor.of_run(run))


def keep_finding(run: Run, found: FoundRow) -> None:
    """Make or renew the row of this question and entity; its number and its status stay."""
    values = fitting(Finding, **{name: getattr(found, name) for name in COUNTED if hasattr(found, name)})
    values |= {"run": run, "inputs_hash": run.inputs_hash, "is_current": True, "tool": run.tool}
    key = {
        "incident": run.incident,
        "question": found.question,
        "entity_kind": found.entity_kind,
        "entity": keyed(found.entity),
    }
    if not Finding.objects.filter(**key).update(**values):
        counter = "last_summary" if found.question in SUMMARIES else "last_finding"
        Finding.objects.create(**key, **values, number=next_number(run.incident, counter))


class Overtaken(Exception):
    """Somebody else decided meanwhile; look at what they said, then decide."""


@transaction.atomic
def decide_finding(*, finding: Finding, status: str, by: Actor, reason: str = "", seen: str = "") -> Receipt:
    """Confirm, dismiss or propose again; the last word stands. Entry: decided.

    ``seen`` is the status that the person saw: raises Overtaken if it is another by now. Raises ValueError for a word
    that is no status, and IncidentClosed: the final report says what was decided before.
    """
    if status not in Finding.Status.values:
        raise ValueError(f"{status!r} is no status of a finding; say proposed, confirmed or dismissed")
    if not finding.incident.is_open:
        raise IncidentClosed(f"{finding.incident} is closed; reopen it before deciding about its findings")
    as_seen = Finding.objects.filter(pk=finding.pk, **({"status": seen} if seen else {}))
    if not as_seen.update(status=status, decided_by=by.user, decided_at=timezone.now(), decision_reason=reason):
        raise Overtaken(overtaken_words(Finding.objects.select_related("decided_by").get(pk=finding.pk)))
    changes.tell_on_commit(finding.incident_id)
    facts = {"type": "finding", "id": finding.label, "question": finding.question, "status": status}
    return append_entry(log=finding.incident.reference, deed=Deed(Action.DECIDED, facts, reason), by=by)


def overtaken_words(finding: Finding) -> str:
    who = f", by {finding.decided_by.shown_name}" if finding.decided_by else ""
    return f"{finding.label} is {finding.get_status_display().lower()} by now{who}; read why, then decide"


@transaction.atomic
def acknowledge_gap(*, gap: GapRecord, by: Actor, reason: str = "") -> Receipt | None:
    """Put one's name under a gap: it is known and accepted. Entry: gap_acknowledged.

    The first name stays, and is the one in the log: a second acknowledgement changes nothing and gives None.
    """
    is_first = GapRecord.objects.filter(pk=gap.pk, acknowledged_at=None).update(
        acknowledged_at=timezone.now(), acknowledged_by=by.user, reason=reason
    )
    if not is_first:
        return None
    Incident.objects.filter(pk=gap.incident_id).update(changed_at=timezone.now())
    changes.tell_on_commit(gap.incident_id)
    facts = {"type": "gap", "id": str(gap.pk), "kind": gap.kind, "subject": gap.subject}
    return append_entry(log=gap.incident.reference, deed=Deed(Action.GAP_ACKNOWLEDGED, facts, reason), by=by)


def acknowledge_gaps(*, gaps: Sequence[GapRecord], by: Actor, reason: str) -> list[Receipt]:
    """Acknowledge several that nobody has yet, each with an entry of its own: gap_acknowledged."""
    receipts = (acknowledge_gap(gap=gap, by=by, reason=reason) for gap in gaps)
    return [receipt for receipt in receipts if receipt]
