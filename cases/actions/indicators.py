"""Which values are looked for in an incident's events: taken in from files or from people, and removed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from cases.actions.custody import Action, Deed, append_entry
from cases.actions.incidents import IncidentClosed, touch
from cases.actions.runs import hash_of
from cases.actor import Actor
from cases.models import Incident, Indicator
from cases.texts import kept
from plugins import Refused

MOST = 50_000  # in one incident
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """A value as it is looked for: a STIX type and its one way to be written."""

    kind: str
    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorSource:
    """Where indicators come from: the file's name, SHA-256 and size in bytes, and how many were refused in it."""

    origin: str
    sha256: str
    size: int
    refused: int = 0


class TooManyIndicators(Refused):
    """The incident would have more than can be looked for at once; remove some first."""


@transaction.atomic
def add_indicators(*, incident: Incident, rows: Sequence[IndicatorRow], source: IndicatorSource, by: Actor) -> int:
    """Take in what is not there yet and say how many that is. Raises IncidentClosed, TooManyIndicators.

    What is known keeps its label and origin, so a repeat changes nothing. Entry: indicators_added, when some are new.
    """
    held = hold(incident)
    new = unknown(held, rows)
    if not new:
        return 0
    names = {"origin": kept(source.origin, 300), "added_by": by.user, "added_at": timezone.now()}
    made = [
        Indicator(incident=held, kind=row.kind, value=row.value, label=kept(row.label, 300), **names) for row in new
    ]
    Indicator.objects.bulk_create(made, batch_size=BATCH)
    note_inputs(incident)
    counts = {"read": len(rows) + source.refused, "taken": len(new), "known": len(rows) - len(new)}
    facts = {"type": "indicators", "id": kept(source.origin, 200), "sha256": source.sha256, "size": source.size}
    deed = Deed(Action.INDICATORS_ADDED, facts | counts | {"refused": source.refused})
    append_entry(log=incident.reference, deed=deed, by=by)
    return len(new)


@transaction.atomic
def remove_indicator(*, indicator: Indicator, by: Actor, reason: str = "") -> bool:
    """Look for it no longer; False when it was gone already. Raises IncidentClosed. Entry: indicator_removed."""
    incident = hold(indicator.incident)
    if not Indicator.objects.filter(pk=indicator.pk).delete()[0]:
        return False
    note_inputs(incident)
    facts = {"type": "indicator", "id": str(indicator.pk), "kind": indicator.kind, "value": indicator.value}
    facts |= {"label": indicator.label, "origin": indicator.origin}
    append_entry(log=incident.reference, deed=Deed(Action.INDICATOR_REMOVED, facts, reason), by=by)
    return True


@transaction.atomic
def remove_list(*, incident: Incident, origin: str, by: Actor, reason: str = "") -> int:
    """Look no longer for what came from one list, and say how many that were. Raises IncidentClosed.

    Entry: indicator_removed, with a hash over the values, unless there were none.
    """
    held = hold(incident)
    listed = held.indicators.filter(origin=origin)
    values = [list(row) for row in listed.order_by("kind", "value").values_list("kind", "value", "label")]
    if not values:
        return 0
    listed.delete()
    note_inputs(incident)
    facts = {"type": "indicators", "id": kept(origin, 200), "removed": len(values)}
    facts |= {"sha256": hash_of({"indicators": values})}
    append_entry(log=incident.reference, deed=Deed(Action.INDICATOR_REMOVED, facts, reason), by=by)
    return len(values)


def hold(incident: Incident) -> Incident:
    """The incident's row, locked, so that two lists come in one after the other."""
    held = Incident.objects.select_for_update().get(pk=incident.pk)
    if not held.is_open:
        raise IncidentClosed(f"{held} is closed; reopen it before its indicators change")
    return held


def unknown(incident: Incident, rows: Iterable[IndicatorRow]) -> list[IndicatorRow]:
    """Those that the incident does not have, each once. Raises TooManyIndicators."""
    known = set(incident.indicators.values_list("kind", "value"))
    new: dict[tuple[str, str], IndicatorRow] = {}
    for row in rows:
        if (row.kind, row.value) not in known:
            new.setdefault((row.kind, row.value), row)
    if len(known) + len(new) > MOST:
        raise TooManyIndicators(
            f"{incident} has {len(known):,} indicators and would have {len(known) + len(new):,}; at most {MOST:,} are "
            "looked for: remove some first, or hand over fewer"
        )
    return list(new.values())


def note_inputs(incident: Incident) -> None:
    """Fix what the next analysis depends on: a hash over all indicators, whatever order they came in."""
    rows = incident.indicators.order_by("kind", "value").values_list("kind", "value", "label", "origin")
    known = [list(row) for row in rows]
    incident.indicators_inputs = hash_of({"indicators": known}) if known else ""
    touch(incident, "indicators_inputs")
