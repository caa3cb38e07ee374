"""Who allows evidence of a jurisdiction to come to a place: policies for all incidents, authorizations for one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cases.actions.custody import Action, Deed, append_entry, record_portal_deed
from cases.actions.incidents import IncidentClosed, touch
from cases.actor import Actor
from cases.models import LOCAL, Authorization, Incident, Policy
from cases.texts import kept

FIRST = "made at the first start: what never was in another jurisdiction stays on the portal's own disk"


@dataclass(frozen=True, slots=True)
class Permit:
    """What is authorised: a jurisdiction, a place, why, by what law, and until when (aware UTC)."""

    jurisdiction: str
    place: str
    reason: str
    legal_basis: str
    until_at: datetime


class AlreadyOver(Exception):
    """The authorization would have ended before it began; give a later end."""


@transaction.atomic
def allow_policy(*, jurisdiction: str, place: str, reason: str, by: Actor) -> Policy:
    """Allow it in every incident; while a policy for the two stands, it is that one. Entry: policy_made, when new."""
    standing = Policy.objects.standing().filter(jurisdiction=jurisdiction, place=place).first()
    if standing:
        return standing
    policy = Policy.objects.create(
        jurisdiction=jurisdiction, place=place, reason=kept(reason, 2000), made_by=by.user, made_at=timezone.now()
    )
    record_portal_deed(action=Action.POLICY_MADE, about=about_policy(policy), by=by, reason=policy.reason)
    return policy


@transaction.atomic
def withdraw_policy(*, policy: Policy, reason: str, by: Actor) -> None:
    """End a policy; what came to the place under it stays there. Entry: policy_withdrawn, unless it was already."""
    withdrawn = {"withdrawn_by": by.user, "withdrawn_at": timezone.now(), "withdrawn_reason": kept(reason, 2000)}
    if Policy.objects.standing().filter(pk=policy.pk).update(**withdrawn):
        record_portal_deed(action=Action.POLICY_WITHDRAWN, about=about_policy(policy), by=by, reason=reason)


def about_policy(policy: Policy) -> dict[str, Any]:
    return {"type": "policy", "id": str(policy.pk), "jurisdiction": policy.jurisdiction, "place": policy.place}


def make_first_policy() -> None:
    """Let what is local lie in the portal's own place. Only once: what was withdrawn, or moved since, stays so."""
    if not Policy.objects.filter(jurisdiction=LOCAL).exists():
        allow_policy(jurisdiction=LOCAL, place=settings.VAULT_PLACE, reason=FIRST, by=Actor.of_portal())


@transaction.atomic
def record_authorization(*, incident: Incident, permit: Permit, by: Actor) -> Authorization:
    """Allow what ``permit`` says, for this incident, from now on. Raises AlreadyOver, IncidentClosed.

    Entry: authorized.
    """
    now = timezone.now()
    if not incident.is_open:
        raise IncidentClosed(f"{incident} is closed; reopen it before authorising anything")
    if permit.until_at <= now:
        raise AlreadyOver(f"it would end at {permit.until_at:%Y-%m-%d %H:%M} UTC, which is past; give a later end")
    authorization = Authorization.objects.create(
        incident=incident,
        jurisdiction=permit.jurisdiction,
        place=permit.place,
        reason=kept(permit.reason, 2000),
        legal_basis=kept(permit.legal_basis, 2000),
        authorized_by=by.user,
        authorized_at=now,
        until_at=permit.until_at,
    )
    touch(incident)
    facts = about(authorization) | {"legal_basis": authorization.legal_basis, "until": permit.until_at.isoformat()}
    append_entry(log=incident.reference, deed=Deed(Action.AUTHORIZED, facts, authorization.reason), by=by)
    return authorization


@transaction.atomic
def withdraw_authorization(*, authorization: Authorization, reason: str, by: Actor) -> None:
    """End an authorization; what came to the place under it stays there. Entry: authorization_withdrawn, once."""
    withdrawn = {"withdrawn_by": by.user, "withdrawn_at": timezone.now(), "withdrawn_reason": kept(reason, 2000)}
    if not Authorization.objects.filter(pk=authorization.pk, withdrawn_at=None).update(**withdrawn):
        return
    touch(authorization.incident)
    deed = Deed(Action.AUTHORIZATION_WITHDRAWN, about(authorization), reason)
    append_entry(log=authorization.incident.reference, deed=deed, by=by)


def about(authorization: Authorization) -> dict[str, Any]:
    """The object of a custody entry that speaks of an authorization."""
    return {
        "type": "authorization",
        "id": str(authorization.pk),
        "jurisdiction": authorization.jurisdiction,
        "place": authorization.place,
    }
