"""The timeline: how many events when, and the ones that matter one by one."""

from collections.abc import Iterator

from charts import Bucket, printed_histogram
from reports.base import Block, CaseSnapshot, Events, Figure, Section, Text, section
from reports.phrases import gettext as _
from reports.phrases import ngettext
from reports.words import clock, event_row, listed, moment, number, remainder

MOST = 200


@section("timeline", order=20)
def write(snapshot: CaseSnapshot) -> Section:
    return Section(_("Timeline"), tuple(blocks(snapshot)))


def blocks(snapshot: CaseSnapshot) -> Iterator[Block]:
    if snapshot.histogram:
        yield Text(span(snapshot))
        yield figure(snapshot)
    else:
        yield Text(_("No event has been read from the evidence, so there is no timeline to draw."))
    if snapshot.timeline:
        reference = str(snapshot.incident["reference"])
        rows, left = listed(snapshot.timeline, MOST, lambda event: event_row(event, reference))
        yield Events(rows, _("Events behind the findings and events marked by people, in the order they happened"))
        yield from remainder(left, _("the incident's timeline"))


def span(snapshot: CaseSnapshot) -> str:
    facts = snapshot.summary
    events = ngettext("%(count)s event", "%(count)s events", int(facts.get("events") or 0))
    first, last = (moment(facts.get(name)) for name in ("first_event_at", "last_event_at"))
    return _("%(events)s, the first at %(first)s, the last at %(last)s.") % {
        "events": events,
        "first": first,
        "last": last,
    }


def figure(snapshot: CaseSnapshot) -> Figure:
    """Return the histogram with one series a kind of source, the same order in every bucket."""
    series, starts = series_of(snapshot), starts_of(snapshot)
    buckets = [
        Bucket(start, tuple(int(bucket["counts"].get(name, 0)) for name in series))
        for start, bucket in zip(starts, snapshot.histogram, strict=True)
    ]
    highest = max(range(len(buckets)), key=lambda at: buckets[at].total)
    words = {
        "at": whole_starts(snapshot)[highest],
        "events": ngettext("%(count)s event", "%(count)s events", buckets[highest].total),
        "bars": number(len(buckets)),
    }
    caption = _("Events over time, UTC. %(bars)s bars; the highest, from %(at)s, holds %(events)s.") % words
    return Figure(printed_histogram(buckets, series=series, title=_("Events over time")), caption, caption)


def starts_of(snapshot: CaseSnapshot) -> list[str]:
    """When each bar begins, as it is written under the picture: without the year where there are seconds."""
    return [start[5:] if len(start) > 16 else start for start in whole_starts(snapshot)]


def whole_starts(snapshot: CaseSnapshot) -> list[str]:
    """When each bar begins, to the minute; to the second where two begin in one minute."""
    whole = [clock(bucket["start"]) for bucket in snapshot.histogram]
    minutes = [start[:16] for start in whole]
    return minutes if len(set(minutes)) == len(minutes) else whole


def series_of(snapshot: CaseSnapshot) -> list[str]:
    """Return the series in the order that ``summary`` gives them; those it does not name follow by name."""
    ordered = list(snapshot.summary.get("series", ()))
    present = {name for bucket in snapshot.histogram for name in bucket["counts"]}
    return ordered + sorted(present - set(ordered))
