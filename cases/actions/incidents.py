"""Open an incident, change it, move it through its states, and decide who belongs to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from cases import changes
from cases.actions.custody import Action, Deed, Receipt, append_entry
from cases.actor import Actor
from cases.models import LOCAL, PORTAL_LOG, Counter, Incident, IncidentTransition, Membership, User
from cases.permissions import Verb, verbs_of
from cases.places import home_of
from plugins import Refused

State = Incident.State
FORWARD: dict[str, frozenset[str]] = {
    State.SUBMITTED: frozenset({State.ACKNOWLEDGED, State.ON_HOLD}),
    State.ACKNOWLEDGED: frozenset({State.DETECTION, State.ON_HOLD}),
    State.DETECTION: frozenset({State.CONTAINMENT, State.ON_HOLD}),
    State.CONTAINMENT: frozenset({State.DETECTION, State.POST_INCIDENT, State.ON_HOLD}),
    State.POST_INCIDENT: frozenset({State.DETECTION, State.READY_TO_CLOSE, State.ON_HOLD}),
    State.READY_TO_CLOSE: frozenset({State.POST_INCIDENT, State.CLOSED, State.ON_HOLD}),
    State.CLOSED: frozenset({State.DETECTION}),
}
CLOCKS = {State.ACKNOWLEDGED: "acknowledged_at", State.POST_INCIDENT: "contained_at", State.CLOSED: "closed_at"}


CHANGEABLE = (
    "title", "description", "severity", "tlp", "outcome", "detected_at", "actual_start_at", "auto_advance",
)  # fmt: skip


class TransitionRefused(Exception):
    """The incident cannot go to that state now; the message says what is missing."""

    field = "to"


class VersionConflict(Exception):
    """Somebody else changed the incident meanwhile; read it again, then change it."""


class MemberRefused(Refused):
    """Nobody would be left in command, or who asks does not command any more."""


class IncidentClosed(Refused):
    """A closed incident keeps its particulars; reopen it first."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What may be said of an incident when it is opened."""

    title: str
    description: str = ""
    severity: int = Incident.Severity.UNKNOWN
    tlp: str = Incident.Tlp.AMBER
    detected_at: datetime | None = None
    actual_start_at: datetime | None = None
    source: str | None = None
    source_ref: str | None = None
    jurisdiction: str = LOCAL


def open_incident(*, particulars: Particulars, by: Actor, commander: User | None = None) -> tuple[Incident, bool]:
    """Return the incident and whether it is new; the same source and source_ref open only one, ever.

    Who opens it becomes its commander unless another is named. Entries: ``opened`` in its log and the portal's.
    """
    if particulars.source is not None and (known := same_source(particulars)):
        return known, False
    try:
        return create_incident(particulars, by, commander or by.user), True
    except IntegrityError:
        if particulars.source is not None and (known := same_source(particulars)):
            return known, False
        raise


def same_source(particulars: Particulars) -> Incident | None:
    return Incident.objects.filter(source=particulars.source, source_ref=particulars.source_ref).first()


@transaction.atomic
def create_incident(particulars: Particulars, by: Actor, commander: User) -> Incident:
    now = timezone.now()
    incident = Incident.objects.create(
        reference=next_reference(now.year),
        opened_by=by.user,
        opened_at=now,
        changed_at=now,
        commander=commander,
        place=home_of(particulars.jurisdiction),
        **{name: getattr(particulars, name) for name in Particulars.__slots__},
    )
    IncidentTransition.objects.create(incident=incident, to_state=State.SUBMITTED, by=by.user, at=now)
    roles = {by.user: Membership.Role.RESPONDER, commander: Membership.Role.COMMANDER}
    for user, role in roles.items():
        Membership.objects.create(incident=incident, user=user, role=role, since_at=now)
    facts = about(incident) | {"title": incident.title, "severity": incident.severity}
    append_entry(log=incident.reference, deed=Deed(Action.OPENED, facts), by=by)
    append_entry(log=PORTAL_LOG, deed=Deed(Action.OPENED, facts), by=by)
    return incident


def next_reference(year: int) -> str:
    """FP-2026-000123; the counter is a row locked until the transaction ends, and no number is used again."""
    Counter.objects.get_or_create(name=f"incident-{year}")
    counter = Counter.objects.select_for_update().get(name=f"incident-{year}")
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"FP-{year}-{counter.last:06d}"


def about(incident: Incident) -> dict[str, Any]:
    """The object of a custody entry that speaks of the incident itself."""
    return {"type": "incident", "id": incident.reference}


@transaction.atomic
def change_incident(
    *, incident: Incident, values: Mapping[str, Any], by: Actor, version: int | None = None
) -> Incident:
    """Give particulars (``CHANGEABLE``) new values and return the incident as it is now.

    ``version`` is the one that the person saw: raises VersionConflict if it is another by now, IncidentClosed when
    it is closed. Entry: changed, with each value before and after; none when nothing differs.
    """
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if version not in (None, incident.version):
        raise VersionConflict(
            f"{incident} is at version {incident.version}, not {version}; read it again, then change it"
        )
    if not incident.is_open:
        raise IncidentClosed(f"{incident} is closed; reopen it before changing it")
    changed = {name: values[name] for name in CHANGEABLE if name in values and values[name] != getattr(incident, name)}
    if not changed:
        return incident
    facts = about(incident) | {"before": {name: said(getattr(incident, name)) for name in changed}}
    for name, value in changed.items():
        setattr(incident, name, value)
    touch(incident, *changed)
    facts["after"] = {name: said(value) for name, value in changed.items()}
    append_entry(log=incident.reference, deed=Deed(Action.CHANGED, facts), by=by)
    return Incident.objects.select_related("commander").get(pk=incident.pk)


def said(value: Any) -> Any:
    """A particular as a custody entry writes it: times as ISO 8601 text."""
    return value.isoformat() if isinstance(value, datetime) else value


@transaction.atomic
def change_state(*, incident: Incident, to: str, by: Actor, reason: str = "") -> Receipt:
    """Move the incident to the state ``to``. Raises TransitionRefused and says what is missing. Entry: transitioned."""
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if problem := why_not(incident, to, reason):
        raise TransitionRefused(problem)
    now, before = timezone.now(), incident.state
    IncidentTransition.objects.create(
        incident=incident, from_state=before, to_state=to, by=by.user, at=now, reason=reason
    )
    incident.state = to
    if clock := CLOCKS.get(State(to)):
        setattr(incident, clock, now)
    touch(incident, "state", *([clock] if clock else []))
    facts = about(incident) | {"from": before, "to": to}
    return append_entry(log=incident.reference, deed=Deed(Action.TRANSITIONED, facts, reason), by=by)


def why_not(incident: Incident, to: str, reason: str) -> str:
    """Empty when the incident may go to ``to``; else what is missing, for the person who asked."""
    if to not in next_states(incident):
        return f"{incident} is {incident.state}; from there it may go to: {', '.join(sorted(next_states(incident)))}"
    if to == State.ACKNOWLEDGED and incident.commander is None:
        return f"{incident} has no commander; name one first"
    if incident.state == State.CLOSED and not reason:
        return "reopening needs a reason"
    if to in {State.READY_TO_CLOSE, State.CLOSED} and (problem := why_not_ready(incident)):
        return problem
    if to == State.CLOSED:
        return why_not_closed(incident)
    return ""


def why_not_ready(incident: Incident) -> str:
    if busy := incident.runs.active().order_by("pk").first():
        return f"{busy.phase} is still in progress; wait for it or cancel it"
    if open_gaps := incident.gaps.open().count():
        are = "1 gap is" if open_gaps == 1 else f"{open_gaps} gaps are"
        return f"{are} open; acknowledge each by name first"
    return ""


def why_not_closed(incident: Incident) -> str:
    if not incident.outcome:
        return "choose a verdict first (true positive, false positive, ...)"
    final = incident.reports.filter(status="final").order_by("-version").first()
    if final is None:
        return "approve a report as final first"
    if final.manifest.get("evidence") != evidence_now(incident):
        return f"the evidence has changed since version {final.version} became final; make a new version final first"
    return ""


def evidence_now(incident: Incident) -> list[dict[str, str]]:
    """The exhibits and their hashes, as a report's manifest lists them."""
    rows = incident.evidence.order_by("number").values_list("exhibit", "sha256")
    return [{"exhibit": exhibit, "sha256": sha256} for exhibit, sha256 in rows]


def next_states(incident: Incident) -> frozenset[str]:
    """Where the incident may go; from on hold only back to where it came from."""
    if incident.state != State.ON_HOLD:
        return FORWARD.get(incident.state, frozenset())
    last = incident.transitions.order_by("-pk").first()
    return frozenset({last.from_state}) if last else frozenset()


@transaction.atomic
def set_member(*, incident: Incident, user: User, role: str, by: Actor) -> Receipt:
    """Give ``user`` the role ``role``, ending any other; repeating it changes no row. Entry: access_granted.

    One person commands: who did before stays as responder, with an entry of their own. Raises MemberRefused.
    """
    incident = held_by(incident, by)
    if role == Membership.Role.COMMANDER:
        hand_over_command(incident, user, by)
    elif user == incident.commander:
        raise MemberRefused("the commander keeps that role, for nobody would be left in command; hand it over first")
    return give_role(incident, user, role, by)


def held_by(incident: Incident, by: Actor) -> Incident:
    """The incident as it is now, its row locked: of two who hand it over at once, the second may no longer."""
    incident = Incident.objects.select_for_update(of=("self",)).select_related("commander").get(pk=incident.pk)
    if Verb.MANAGE_MEMBERS not in verbs_of(by.user, incident):
        name = incident.commander.shown_name if incident.commander else "nobody"
        raise MemberRefused(f"only who commands decides about members, and {name} commands now")
    return incident


def hand_over_command(incident: Incident, user: User, by: Actor) -> None:
    """Name ``user`` as commander; nobody else keeps that role."""
    commanders = incident.memberships.filter(role=Membership.Role.COMMANDER, ended_at=None)
    for other in commanders.exclude(user=user).select_related("user").order_by("pk"):
        give_role(incident, other.user, Membership.Role.RESPONDER, by)
    if incident.commander != user:
        incident.commander = user
        touch(incident, "commander")


def give_role(incident: Incident, user: User, role: str, by: Actor) -> Receipt:
    now = timezone.now()
    current = incident.memberships.select_for_update().filter(user=user, ended_at=None)
    if not current.filter(role=role).exists():
        current.update(ended_at=now)
        Membership.objects.create(incident=incident, user=user, role=role, since_at=now)
        touch(incident)
    facts = {"type": "person", "id": str(user.pk), "name": user.shown_name, "role": role}
    return append_entry(log=incident.reference, deed=Deed(Action.ACCESS_GRANTED, facts), by=by)


@transaction.atomic
def end_membership(*, incident: Incident, user: User, by: Actor, reason: str = "") -> Receipt:
    """End the role of ``user``; who is no member stays none. Entry: access_revoked. Raises MemberRefused."""
    incident = held_by(incident, by)
    if user == incident.commander:
        raise MemberRefused("the commander stays, for nobody would be left in command; hand it over first")
    incident.memberships.filter(user=user, ended_at=None).update(ended_at=timezone.now())
    touch(incident)
    facts = {"type": "person", "id": str(user.pk), "name": user.shown_name}
    return append_entry(log=incident.reference, deed=Deed(Action.ACCESS_REVOKED, facts, reason), by=by)


def touch(incident: Incident, *fields: str) -> None:
    """Note that something visible changed: live pages follow ``change``, the API's ETag follows ``version``."""
    Incident.objects.filter(pk=incident.pk).update(
        **{name: getattr(incident, name) for name in fields},
        version=F("version") + 1,
        change=F("change") + 1,
        changed_at=timezone.now(),
    )
    changes.tell_on_commit(incident.pk)
