"""The incident's own time: where the timeline opens when what was handed over reaches far beyond it."""

from datetime import datetime, timedelta

from django.utils import timezone

from cases.models import Incident
from dashboard.filter_links import Question
from events import Reader

MARGIN = timedelta(days=1)
MUCH = 2  # so many times longer than the window must the events be for it to matter


def own_window(incident: Incident, reader: Reader) -> Question | None:
    """From a day before the incident began until it was over, as a question; None if that shows no less.

    An incident whose beginning nobody has told has no window, and one that is not contained goes on.
    """
    tally = reader.tally()
    if not (incident.actual_start_at and tally.first_at and tally.last_at):
        return None
    start = incident.actual_start_at - MARGIN
    end = end_of(incident.contained_at, tally.last_at, timezone.now()) if incident.contained_at else None
    shown = min(end or tally.last_at, tally.last_at) - max(start, tally.first_at)
    question = Question().between(start, end)
    is_far_wider = timedelta(0) <= shown and shown * MUCH < tally.last_at - tally.first_at
    return question if is_far_wider and reader.count(question.filters) else None


def end_of(contained_at: datetime, last_at: datetime, now: datetime) -> datetime:
    """A day after it was contained, but not behind the last event and not in the future: nothing is shown there.

    ``now`` counts by the minute, so that a page that opens on its window knows it again.
    """
    behind_last = last_at.replace(microsecond=0) + timedelta(seconds=1)
    return min(contained_at + MARGIN, behind_last, now.replace(second=0, microsecond=0))
