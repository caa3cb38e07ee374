"""Freeze a report version, and record people's words on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases import changes
from cases.actions.custody import Action, Deed, Receipt, append_entry
from cases.actions.runs import Lease, hold_lease, next_number
from cases.actions.units import by_run, close_unit
from cases.actor import Actor
from cases.models import Incident, Report, Unit
from cases.words import said_since

Status = Report.Status
GRAVE = Incident.Severity.HIGH  # from here on nobody approves what they had made themselves
NEXT: dict[str, frozenset[str]] = {
    Status.DRAFT: frozenset({Status.IN_REVIEW}),
    Status.IN_REVIEW: frozenset({Status.DRAFT, Status.APPROVED}),
    Status.APPROVED: frozenset({Status.FINAL, Status.IN_REVIEW}),
    Status.FINAL: frozenset({Status.SUPERSEDED}),
}


class ReportRefused(Exception):
    """The report cannot take that status now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class FrozenReport:
    """A rendered version: the hashes of content and PDF in the vault, and the manifest of what it speaks of."""

    content_sha256: str
    pdf_sha256: str
    pdf_size: int
    manifest: dict[str, Any]
    manifest_sha256: str
    custody_size: int
    custody_root: str


@dataclass(frozen=True, slots=True)
class FinalPages:
    """An approved version set anew as final: the hashes of its pages, and when they say that it became so.

    ``last_word_at`` is the time of the last word that the pages know of: one said since would not be on them.
    """

    content_sha256: str
    pdf_sha256: str
    pdf_size: int
    at: datetime
    last_word_at: datetime | None

    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("content_sha256", "pdf_sha256", "pdf_size")}


@transaction.atomic
def record_report(*, lease: Lease, unit: Unit, frozen: FrozenReport) -> Report:
    """Freeze the next version as a draft; drafts before it are superseded. Entry: reported, with the PDF's hash."""
    run = hold_lease(lease)
    Report.objects.filter(incident=run.incident, status=Status.DRAFT).update(status=Status.SUPERSEDED)
    report = Report.objects.create(
        incident=run.incident,
        run=run,
        version=next_number(run.incident, "last_report"),
        content_sha256=frozen.content_sha256,
        pdf_sha256=frozen.pdf_sha256,
        pdf_size=frozen.pdf_size,
        manifest=frozen.manifest,
        manifest_sha256=frozen.manifest_sha256,
        inputs_hash=run.inputs_hash,
        custody_size=frozen.custody_size,
        custody_root=frozen.custody_root,
        made_by=run.requested_by,
        made_at=timezone.now(),
    )
    close_unit(run, unit, Unit.State.DONE, size=frozen.pdf_size)
    facts = about(report) | {"size": report.pdf_size, "content_sha256": report.content_sha256}
    deed = Deed(Action.REPORTED, facts, **by_run(run, lease))
    append_entry(log=run.incident.reference, deed=deed, by=Actor.of_run(run))
    return report


@transaction.atomic
def keep_report(*, lease: Lease, unit: Unit, report: Report) -> Report:
    """Finish a drafting run without a new version: ``report`` already says all of it. No entry."""
    run = hold_lease(lease)
    Report.objects.filter(pk=report.pk).update(inputs_hash=run.inputs_hash)
    close_unit(run, unit, Unit.State.DONE)
    return report


def about(report: Report) -> dict[str, Any]:
    return {"type": "report", "id": f"{report.incident.reference}/report/{report.version}", "sha256": report.pdf_sha256}


@transaction.atomic
def decide_report(
    *, report: Report, status: str, by: Actor, reason: str = "", final: FinalPages | None = None
) -> Receipt:
    """Move a frozen version through review; a final one has pages of its own and supersedes the final one before it.

    Raises ReportRefused and says why. Entry: report_decided; for a final one with the hashes of its pages, and of the
    PDF that was approved.
    """
    report = Report.objects.select_for_update(of=("self",)).select_related("incident").get(pk=report.pk)
    check_step(report, status, by)
    decided: dict[str, Any] = {"status": status, "decided_by": by.user, "decided_at": timezone.now()}
    facts = about(report) | {"status": status}
    if status == Status.FINAL:
        pages = checked(report, final)
        decided |= pages.columns() | {"decided_at": pages.at}
        facts |= {"sha256": pages.pdf_sha256, "content_sha256": pages.content_sha256, "approved_pdf": report.pdf_sha256}
        report.incident.reports.filter(status=Status.FINAL).update(status=Status.SUPERSEDED)
    Report.objects.filter(pk=report.pk).update(**decided)
    changes.tell_on_commit(report.incident_id)
    return append_entry(log=report.incident.reference, deed=Deed(Action.REPORT_DECIDED, facts, reason), by=by)


def check_step(report: Report, status: str, by: Actor) -> None:
    """Raises ReportRefused for a step that the version may not take, or not by this person."""
    if status not in NEXT.get(report.status, frozenset()):
        allowed = ", ".join(sorted(NEXT.get(report.status, ()))) or "nothing more"
        raise ReportRefused(f"version {report.version} is {report.status}; it may become: {allowed}")
    if status == Status.APPROVED and by.user == report.made_by and report.incident.severity >= GRAVE:
        raise ReportRefused("a report on a high or critical incident needs a reviewer who did not make it")
    if status == Status.FINAL and (said := said_since(report)):
        raise ReportRefused(
            f"since version {report.version} was drafted: {', '.join(said)}; make a new version and review that one"
        )


def checked(report: Report, final: FinalPages | None) -> FinalPages:
    """The pages of a final version. Raises ReportRefused without any, or where a word was said since they were set."""
    if final is None or final.last_word_at != report.decided_at:
        raise ReportRefused(f"version {report.version} was decided about just now; look at it again and repeat")
    return final
