"""People's words on report versions. "Final" freezes pages that say so, with who reviewed them and when."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from cases.actions.custody import Receipt
from cases.actions.reports import FinalPages, ReportRefused, about, decide_report
from cases.actor import Actor
from cases.models import CustodyEntry, Report
from cases.stores import vault_of
from reports.content import canonical
from reports.pdf import render
from reports.review import reviewed
from vault import MissingObject


def decide(*, report: Report, status: str, by: Actor, reason: str = "") -> Receipt:
    """Record a person's word on a version; the pages of a final one are set first. Raises ReportRefused."""
    is_finished = status == Report.Status.FINAL and report.status == Report.Status.APPROVED
    final = final_pages(report, by, reason) if is_finished else None
    return decide_report(report=report, status=status, by=by, reason=reason, final=final)


def words_on(report: Report) -> list[dict[str, Any]]:
    """What people decided about the version, oldest first, as the custody log holds it."""
    made = CustodyEntry.Action.REPORT_DECIDED
    entries = CustodyEntry.objects.filter(
        log__name=report.incident.reference, action=made, object_type="report", object_id=about(report)["id"]
    )
    return [word_of(json.loads(bytes(entry.data))) for entry in entries.order_by("seq")]


def word_of(said: Mapping[str, Any]) -> dict[str, Any]:
    actor = said["actor"]
    return {
        "status": said["object"]["status"],
        "person": actor["id"],
        "by": actor["name"],
        "at": said["ts"],
        "reason": said["reason"],
    }


def content_of(report: Report) -> dict[str, Any] | None:
    """The frozen content; None when the vault no longer holds it."""
    try:
        with vault_of(report.incident).open(report.content_sha256) as stream:
            content: dict[str, Any] = json.load(stream)
            return content
    except MissingObject:
        return None


def final_pages(report: Report, by: Actor, reason: str) -> FinalPages:
    """Set the approved content anew, with people's words on its first page and "final" on every one."""
    content = content_of(report)
    if content is None:
        raise ReportRefused(f"the content of version {report.version} is not in the vault any more; draft a new one")
    at = timezone.now()
    said = {"person": by.user.pk, "by": by.name or by.user.shown_name, "at": at.isoformat(), "reason": reason}
    content = reviewed(content, Report.Status.FINAL, [*words_on(report), {"status": Report.Status.FINAL, **said}])
    pdf, vault = render(content), vault_of(report.incident)
    return FinalPages(
        content_sha256=vault.put([canonical(content)]).sha256,
        pdf_sha256=vault.put([pdf]).sha256,
        pdf_size=len(pdf),
        at=at,
        last_word_at=report.decided_at,
    )
