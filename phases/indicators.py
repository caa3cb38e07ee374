"""Indicators on their way in: what a file came to is kept, and the events are asked again."""

from dataclasses import dataclass

from django.db import transaction

from analyzers.stix import Reading
from cases.actions.indicators import IndicatorRow, IndicatorSource, add_indicators, remove_indicator, remove_list
from cases.actor import Actor
from cases.models import Incident, Indicator
from phases.next_steps import advance


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a list: read = taken + known + refused."""

    reading: Reading
    taken: int

    @property
    def known(self) -> int:
        return len(self.reading.taken) - self.taken


@transaction.atomic
def take_in(*, incident: Incident, reading: Reading, by: Actor) -> Intake:
    """Keep the values that are new, and ask the events about all. Raises what ``add_indicators`` raises."""
    rows = [IndicatorRow(one.kind, one.value, one.label) for one in reading.taken]
    source = IndicatorSource(reading.origin, reading.sha256, reading.size, len(reading.refused))
    taken = add_indicators(incident=incident, rows=rows, source=source, by=by)
    if taken:
        advance(incident)
    return Intake(reading, taken)


@transaction.atomic
def remove(*, indicator: Indicator, by: Actor, reason: str = "") -> bool:
    """Look for it no longer, and ask the events again; False when it was gone already."""
    is_removed = remove_indicator(indicator=indicator, by=by, reason=reason)
    if is_removed:
        advance(indicator.incident)
    return is_removed


@transaction.atomic
def remove_all(*, incident: Incident, origin: str, by: Actor, reason: str = "") -> int:
    """Look no longer for what came from one list, and ask the events again; how many that were."""
    removed = remove_list(incident=incident, origin=origin, by=by, reason=reason)
    if removed:
        advance(incident)
    return removed
