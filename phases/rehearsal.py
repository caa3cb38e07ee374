"""Rehearsals: an incident that is an exercise, and a collection in it that runs like any other."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from cases.actions.incidents import Particulars, open_incident
from cases.actor import Actor
from cases.models import ACTIVE, Incident, Phase, Run
from phases.requests import Wish, request_collection
from readiness import Rehearsal

REHEARSAL = "rehearsal"  # the source of an incident that is an exercise
SNAPSHOTS = "ebs_snapshots"
SEEN = 20  # rehearsals that are looked at, newest first
DESCRIPTION = "An exercise: evidence of an instance that is there for it. Its snapshots may be deleted afterwards."


@transaction.atomic
def rehearse(*, account: str, region: str, instance: str, by: Actor) -> tuple[Incident, Run]:
    """Open an incident that is an exercise and collect snapshots of ``instance`` in it.

    Raises Refused where something is missing; then there is no incident either.
    """
    now = timezone.now()
    wish = Wish(SNAPSHOTS, account, region, now - timedelta(hours=1), now, (instance,))
    particulars = Particulars(
        title=f"Rehearsal of {now:%Y-%m-%d}: snapshots of {instance}",
        description=DESCRIPTION,
        severity=Incident.Severity.INFORMATIONAL,
        source=REHEARSAL,
        source_ref=now.isoformat(timespec="microseconds"),
    )
    incident, _ = open_incident(particulars=particulars, by=by)
    run, _ = request_collection(incident=incident, wish=wish, by=by)
    return incident, run


def rehearsals() -> tuple[Rehearsal, ...]:
    """The newest ended collections from AWS in incidents that are exercises."""
    ended = (
        Run.objects.filter(incident__source=REHEARSAL, phase=Phase.COLLECTION)
        .exclude(state__in=ACTIVE)
        .exclude(scope__account="")
        .select_related("incident")
        .annotate(missing=Count("gaps"))
        .order_by("-ended_at")[:SEEN]
    )
    return tuple(rehearsal_of(run) for run in ended if run.ended_at)


def rehearsal_of(run: Run) -> Rehearsal:
    return Rehearsal(
        incident=run.incident.reference,
        run=run.pk,
        source=run.tool,
        ended_at=run.ended_at or run.requested_at,
        objects=run.members,
        gaps=getattr(run, "missing", 0),
        is_complete=run.state == Run.State.COMPLETE,
    )
