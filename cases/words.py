"""What people said since a report version was drafted, and it therefore does not say."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.utils.translation import ngettext

from cases.models import GapRecord, Phase, Report, Run, TimelineEntry


def said_since(report: Report) -> list[str]:
    """Phrases such as "2 findings decided"; none where the version still says all of it."""
    drafted_at = drafting_began(report)
    return list(phrases(report, drafted_at)) if drafted_at else []


def drafting_began(report: Report) -> datetime | None:
    """When the portal last looked at what is known for this version: a later drafting may have found nothing new."""
    drafts = Run.objects.filter(incident_id=report.incident_id, phase=Phase.REPORTING, state=Run.State.COMPLETE)
    if report.incident.reports.filter(version__gt=report.version).exists():
        drafts = drafts.filter(pk=report.run_id)
    newest = drafts.exclude(started_at=None).order_by("-started_at").first()
    return newest.started_at if newest else None


def phrases(report: Report, since: datetime) -> Iterator[str]:
    incident = report.incident
    if count := incident.findings.detections().filter(decided_at__gt=since).count():
        yield ngettext("%(n)s finding decided", "%(n)s findings decided", count) % {"n": count}
    if count := GapRecord.objects.current().filter(incident=incident, acknowledged_at__gt=since).count():
        yield ngettext("%(n)s gap acknowledged", "%(n)s gaps acknowledged", count) % {"n": count}
    changed = Q(made_at__gt=since) | Q(withdrawn_at__gt=since)
    if count := TimelineEntry.objects.filter(changed, incident=incident).count():
        words = ngettext("%(n)s change to the case timeline", "%(n)s changes to the case timeline", count)
        yield words % {"n": count}
