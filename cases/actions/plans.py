"""The rows of a plan's life: drafted, estimated, started, asked in full."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.actions.custody import Action, Deed, append_entry
from cases.actions.runs import Lease, count_change, hold_lease
from cases.actor import Actor
from cases.models import CollectionPlan, Incident
from cases.texts import fit, kept


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan as it was worked out: JSON values alone, see ``phases/plans.py``."""

    playbook: str
    title: str
    scope: dict[str, Any]
    steps: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic
def draft_plan(*, incident: Incident, draft: PlanDraft, by: Actor) -> CollectionPlan:
    """Keep a plan for a person to look at. No entry: nothing was asked of anybody yet."""
    return CollectionPlan.objects.create(
        incident=incident,
        playbook=draft.playbook,
        title=kept(draft.title, 100),
        scope=fit(draft.scope),
        steps=fit(draft.steps),
        made_by=by.user,
        made_at=timezone.now(),
    )


@transaction.atomic
def start_plan(*, plan: CollectionPlan, by: Actor) -> bool:
    """Let the plan's steps become runs; False when somebody started it before. Entry: requested, with its scope."""
    draft = CollectionPlan.objects.filter(pk=plan.pk, started_at=None)
    if not draft.update(started_at=timezone.now(), started_by=by.user):
        return False
    plan.refresh_from_db()
    count_change(plan.incident_id)
    append_entry(log=plan.incident.reference, deed=Deed(Action.REQUESTED, about_plan(plan)), by=by)
    return True


def about_plan(plan: CollectionPlan) -> dict[str, Any]:
    asked = [step["source"] for step in plan.steps if step["places"]]
    names = {"playbook": plan.playbook, "title": plan.title, "sources": asked}
    return {"type": "plan", "id": str(plan.request), **names, "scope": plan.scope}


@transaction.atomic
def mark_asked(*, plan: CollectionPlan) -> None:
    """Note that every step that waits for none has its run. No entry: each run has its own."""
    CollectionPlan.objects.filter(pk=plan.pk, asked_at=None).update(asked_at=timezone.now())


@transaction.atomic
def note_estimate(*, lease: Lease, plan: CollectionPlan, estimate: dict[str, Any]) -> None:
    """Keep what was counted so far. No entry: the estimate's run has its own."""
    run = hold_lease(lease)
    CollectionPlan.objects.filter(pk=plan.pk).update(estimate=fit(estimate))
    count_change(run.incident_id)
