"""The region guard: whether evidence may come to a place, and the custody entry that says so. It fails closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db import transaction

from cases.actions.custody import Action, Deed, append_entry
from cases.actions.runs import mark_of
from cases.actor import Actor
from cases.models import CustodyEntry, Incident, Run
from cases.places import MoveRefused, Ruling, jurisdictions_of, rule_on


@dataclass(frozen=True, slots=True)
class Move:
    """What is to come where: ``what`` in words, the jurisdiction it is under, the place.

    ``copied_from`` is the region that a copy of a disk leaves, and ``region`` the one it comes to; empty for bytes
    and rows, whose own entries tell of them.
    """

    what: str
    jurisdiction: str
    place: str
    run: Run | None = None
    copied_from: str = ""
    region: str = ""

    def facts(self) -> dict[str, Any]:
        """The object of its custody entry."""
        mark = f"r{self.run.pk} " if self.run else ""
        named = {"type": "move", "id": f"{mark}{self.what}: {self.jurisdiction or 'unknown'} to {self.place}"[:200]}
        regions = {"from_region": self.copied_from, "to_region": self.region} if self.copied_from else {}
        return named | {"jurisdiction": self.jurisdiction, "place": self.place} | regions


def check_move(*, incident: Incident, move: Move, by: Actor) -> Ruling:
    """Return what allows the move; raises MoveRefused, with the refusal written down, when nothing does.

    Call it before the act and outside of any transaction, or the entry of a refusal goes with it. A repeat in the
    same run adds no second entry. Entry: move_refused, or copy_permitted where a disk is to be copied.
    """
    ruling = rule_on(incident, move.jurisdiction, move.place)
    if not ruling.is_allowed:
        append_once(incident, Action.MOVE_REFUSED, move, by, reason=ruling.problem)
        raise MoveRefused(move.what, ruling)
    if move.copied_from:
        append_once(incident, Action.COPY_PERMITTED, move, by, {"allowed_by": ruling.allowed_by})
    return ruling


def record_copy(*, incident: Incident, move: Move, copy: str, by: Actor) -> None:
    """Write down that AWS made ``copy``, once for each run. Entry: copied, or copied_cross_region."""
    action = Action.COPIED if move.copied_from == move.region else Action.COPIED_CROSS_REGION
    append_once(incident, action, move, by, {"copy": copy})


@transaction.atomic
def append_once(
    incident: Incident,
    action: CustodyEntry.Action,
    move: Move,
    by: Actor,
    more: Mapping[str, Any] = MappingProxyType({}),
    reason: str = "",
) -> None:
    facts = move.facts() | dict(more)
    known = CustodyEntry.objects.about("move", facts["id"]).filter(log__name=incident.reference, action=action)
    if move.run and known.exists():
        return
    run = mark_of(move.run) if move.run else {}
    append_entry(log=incident.reference, deed=Deed(action, facts, reason, run=run), by=by)


def check_moves(run: Run, what: str, place: str) -> None:
    """``check_move`` for each jurisdiction that the run touches. Raises MoveRefused."""
    for jurisdiction in jurisdictions_of(run):
        check_move(incident=run.incident, move=Move(what, jurisdiction, place, run), by=Actor.of_run(run))


def hold_door(run: Run, what: str, place: str) -> None:
    """The same question inside a transaction that stores evidence; it writes nothing. Raises MoveRefused."""
    for jurisdiction in jurisdictions_of(run):
        ruling = rule_on(run.incident, jurisdiction, place)
        if not ruling.is_allowed:
            raise MoveRefused(what, ruling)
