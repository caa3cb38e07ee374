"""Handlings of evidence by people: a file received, bytes looked at or taken away, a mismatch found."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cases.actions.custody import Action, Deed, Receipt, append_entry
from cases.actions.runs import Order, create_run
from cases.actions.units import StoredPart, add_part, close_unit, exhibit_of
from cases.actor import Actor
from cases.exhibits import manifest_hash
from cases.models import Evidence, EvidencePart, Incident, Run, Unit
from cases.texts import kept


@transaction.atomic
def receive_upload(*, incident: Incident, order: Order, part: StoredPart, by: Actor) -> Evidence:
    """Make the sealed exhibit of a file that a person handed over; its bytes are in the vault already.

    The collection run beside it is complete from the start. Raises MoveRefused. Entry: received.
    """
    run = create_run(incident, order, by)
    if run.evidence is None:
        raise ValueError("an upload's order must describe its exhibit")
    unit = Unit.objects.create(run=run, number=1, label=kept(order.title, 300), planned_size=part.size)
    add_part(run.evidence, unit, part)
    complete_upload(run, unit, part)
    evidence = Evidence.objects.get(pk=run.evidence.pk)
    facts = about(evidence) | {"sha256": part.sha256, "manifest_sha256": evidence.sha256, "size": part.size}
    facts |= {"jurisdiction": evidence.jurisdiction, "place": part.place}
    append_entry(log=incident.reference, deed=Deed(Action.RECEIVED, facts), by=by)
    return evidence


def complete_upload(run: Run, unit: Unit, part: StoredPart) -> None:
    now = timezone.now()
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.COMPLETE, units_planned=F("units_planned") + 1, started_at=now, ended_at=now
    )
    close_unit(run, unit, Unit.State.DONE, members=len(part.members), size=part.size)
    evidence = exhibit_of(run)
    Evidence.objects.filter(pk=evidence.pk).update(
        state=Evidence.State.SEALED,
        sha256=manifest_hash(evidence),
        sealed_at=now,
        members=len(part.members),
        size=part.size,
        acquisition={"method": "upload", "received_by": run.requested_by.shown_name},
    )


def about(evidence: Evidence) -> dict[str, Any]:
    """The object of a custody entry that speaks of an exhibit."""
    return {"type": "evidence", "id": evidence.exhibit, "sha256": evidence.sha256}


@transaction.atomic
def record_access(*, evidence: Evidence, what: dict[str, Any], by: Actor) -> Receipt:
    """Record that bytes of the exhibit were shown raw. Entry: accessed."""
    return append_entry(log=evidence.incident.reference, deed=Deed(Action.ACCESSED, about(evidence) | what), by=by)


@transaction.atomic
def record_download(*, evidence: Evidence, what: dict[str, Any], by: Actor) -> Receipt:
    """Record that bytes of the exhibit left the portal. Entry: downloaded."""
    return append_entry(log=evidence.incident.reference, deed=Deed(Action.DOWNLOADED, about(evidence) | what), by=by)


@transaction.atomic
def record_export(*, incident: Incident, what: dict[str, Any], by: Actor) -> Receipt:
    """Record that events or findings left the portal. Entry: exported."""
    return append_entry(log=incident.reference, deed=Deed(Action.EXPORTED, what), by=by)


@transaction.atomic
def record_report_download(*, incident: Incident, what: dict[str, Any], by: Actor) -> Receipt:
    """Record that a report left the portal. Entry: exported."""
    return append_entry(log=incident.reference, deed=Deed(Action.EXPORTED, what), by=by)


@transaction.atomic
def mark_integrity_failed(*, part: EvidencePart, detail: str, by: Actor) -> Receipt:
    """Flag the exhibit for ever: its bytes no longer match their hash. Entry: verification_failed."""
    Evidence.objects.filter(pk=part.evidence_id).update(state=Evidence.State.INTEGRITY_FAILED)
    facts = about(part.evidence) | {"part": part.number, "expected_sha256": part.sha256}
    deed = Deed(Action.VERIFICATION_FAILED, facts, detail)
    return append_entry(log=part.evidence.incident.reference, deed=deed, by=by)
