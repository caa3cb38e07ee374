"""Who may do what in an incident: one table of roles and verbs."""

from collections.abc import Mapping
from enum import StrEnum

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from cases.models import Incident, Membership, Phase


class Verb(StrEnum):
    """What can be allowed."""

    READ = "read"
    DOWNLOAD = "download"
    COLLECT = "collect"
    EXAMINE = "examine"
    ANALYZE = "analyze"
    NOTE = "note"
    TRANSITION = "transition"
    APPROVE = "approve"
    MANAGE_MEMBERS = "manage_members"
    HOLD = "hold"
    EXPORT = "export"
    AUTHORIZE = "authorize"


ANALYST = frozenset({Verb.READ, Verb.EXAMINE, Verb.ANALYZE, Verb.NOTE})
RESPONDER = ANALYST | {Verb.COLLECT, Verb.DOWNLOAD}
ROLES: Mapping[str, frozenset[Verb]] = {
    Membership.Role.OBSERVER: frozenset({Verb.READ}),
    Membership.Role.ANALYST: ANALYST,
    Membership.Role.RESPONDER: RESPONDER,
    Membership.Role.COMMANDER: frozenset(Verb),
    Membership.Role.LEGAL: frozenset({Verb.READ, Verb.HOLD, Verb.EXPORT, Verb.AUTHORIZE}),
    Membership.Role.EXTERNAL: frozenset({Verb.READ}),
}

# Who may start a phase's runs may cancel them and ask again.
VERB_OF_PHASE: Mapping[str, Verb] = {
    Phase.COLLECTION: Verb.COLLECT,
    Phase.EXAMINATION: Verb.EXAMINE,
    Phase.ANALYSIS: Verb.ANALYZE,
    Phase.REPORTING: Verb.ANALYZE,
}


class NotAllowed(Exception):
    """The person is a member, but their role does not include the verb; the message names both."""


def role_of(user: AbstractBaseUser | AnonymousUser, incident: Incident) -> str | None:
    """The role of ``user`` in ``incident``, None for who is no active member of it."""
    if not user.is_active:
        return None
    return incident.memberships.filter(user_id=user.pk, ended_at=None).values_list("role", flat=True).first()


def verbs_of(user: AbstractBaseUser | AnonymousUser, incident: Incident) -> frozenset[Verb]:
    return ROLES.get(role_of(user, incident) or "", frozenset())


def require(user: AbstractBaseUser | AnonymousUser, verb: Verb, incident: Incident) -> None:
    """Raises NotAllowed unless the role of ``user`` includes ``verb``."""
    role = role_of(user, incident)
    if verb not in ROLES.get(role or "", frozenset()):
        raise NotAllowed(f"{role or 'nobody'} may not {verb} in {incident}; ask the commander for another role")
