"""The timeline's histogram: bars that are links, numbers beside them, and the same as a table."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import charts
from charts import Selection, Svg
from dashboard.filter_links import FAMILY, KIND, Question
from events import Bucket, Reader, title_of

BARS = 96
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
# Colour by exception: what failed has the third, strong one; what is rare shares the quiet fourth.
SERIES: Mapping[str, Any] = {
    "management": gettext_lazy("Management"),
    "data": gettext_lazy("Data"),
    "error": gettext_lazy("Failed"),
    "other": gettext_lazy("Insight, network and other logs"),
}
CLOUDTRAIL, ALERTS = "cloudtrail", "alerts"
STACKS: Mapping[str, Any] = {KIND: gettext_lazy("Kind of call"), FAMILY: gettext_lazy("Kind of log")}


@dataclass(frozen=True, slots=True)
class Stack:
    """What bars can be stacked by, and the address that has them so."""

    name: str
    address: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One bar in the table beneath: from when, how many, and the address of its events."""

    start: str
    counts: tuple[int, ...]
    total: int
    address: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label of the time axis and how far right it stands, in per cent of the width."""

    label: str
    at: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """What the page draws: the picture, the axis labels, the legend, and the table for who does not see it."""

    picture: Svg
    steps: list[int]
    ticks: list[Tick]
    legend: list[tuple[str, str]]
    series: list[str]
    rows: list[Row]
    first: str
    last: str
    width: str
    stacks: list[Stack]


def histogram_of(reader: Reader, question: Question, *, place: str = "") -> Histogram | None:
    """Draw the question's window; None without a dated event. ``place`` is where bars lead. Raises TooSlow."""
    buckets = reader.histogram(question.filters, BARS, question.by)
    if not buckets:
        return None
    width = buckets[0].end - buckets[0].start
    names, counted = by_family(buckets) if question.by == FAMILY else by_kind(buckets)
    bars = [charts.Bucket(written(bucket), counts) for bucket, counts in zip(buckets, counted, strict=True)]
    addresses = {bar.start: place + address_of(question, bucket) for bar, bucket in zip(bars, buckets, strict=True)}
    picture = charts.histogram(
        bars,
        series=names,
        title=_("Events over time, each bar %(width)s") % {"width": spoken(width)},
        href=lambda bar: addresses[bar.start],
        window=Selection(0, len(bars), (_("Window start"), _("Window end"))),
        extra=brush(buckets, width),
    )
    return Histogram(
        picture=picture,
        steps=charts.steps(charts.ceiling(max(bar.total for bar in bars))),
        ticks=list(ticks_of(bars, tick_part(buckets))),
        legend=[(f"s{at + 1}", name) for at, name in enumerate(names) if any(bar.counts[at] for bar in bars)],
        series=names,
        rows=[Row(bar.start, bar.counts, bar.total, addresses[bar.start]) for bar in bars if bar.total],
        first=written(buckets[0]),
        last=f"{buckets[-1].end:%Y-%m-%d %H:%M:%S}",
        width=spoken(width),
        stacks=[Stack(str(name), question.stacked_by(by).address(), by == question.by) for by, name in STACKS.items()],
    )


def by_kind(buckets: Sequence[Bucket]) -> tuple[list[str], list[tuple[int, ...]]]:
    return [str(name) for name in SERIES.values()], [counts_of(bucket) for bucket in buckets]


def by_family(buckets: Sequence[Bucket]) -> tuple[list[str], list[tuple[int, ...]]]:
    """CloudTrail, the largest of the other logs, what AWS's services found (the strong colour), and all the rest."""
    totals = Counter[str]()
    for bucket in buckets:
        totals.update(bucket.counts)
    others = [family for family, _count in totals.most_common() if family not in (CLOUDTRAIL, ALERTS)]
    second = others[0] if others else ""
    names = [title_of(FAMILY, CLOUDTRAIL), title_of(FAMILY, second), title_of(FAMILY, ALERTS), _("Other logs")]
    shown = (CLOUDTRAIL, second, ALERTS)
    counts = [tuple(bucket.counts.get(family, 0) for family in shown) for bucket in buckets]
    return names, [(*three, bucket.total - sum(three)) for three, bucket in zip(counts, buckets, strict=True)]


def ticks_of(bars: Sequence[charts.Bucket], part: slice) -> Iterator[Tick]:
    for tick in charts.ticks(bars):
        yield Tick(tick.start[part], f"{100 * bars.index(tick) / len(bars):.2f}")


def tick_part(buckets: Sequence[Bucket]) -> slice:
    """Which part of a written time labels the axis: the date, the time, or both where the window needs both."""
    width = buckets[0].end - buckets[0].start
    if width >= DAY:
        return slice(0, 10)
    end = 16 if width >= MINUTE else 19  # seconds, where two bars would else have one label
    return slice(11, end) if buckets[-1].start.date() == buckets[0].start.date() else slice(5, end)


def counts_of(bucket: Bucket) -> tuple[int, ...]:
    counts = bucket.counts
    rare = sum(counts.get(name, 0) for name in ("insight", "network", "other"))
    return (counts.get("management", 0), counts.get("data", 0), counts.get("error", 0), rare)


def written(bucket: Bucket) -> str:
    return f"{bucket.start:%Y-%m-%d %H:%M:%S}"


def address_of(question: Question, bucket: Bucket) -> str:
    return question.between(bucket.start, bucket.end).address()


def brush(buckets: Sequence[Bucket], width: timedelta) -> dict[str, str]:
    """What the script needs to turn a place on the picture into times."""
    return {
        "data-brush": "",
        "data-bins": str(len(buckets)),
        "data-seconds": str(int(width.total_seconds())),
        "data-start": f"{buckets[0].start:%Y-%m-%dT%H:%M:%SZ}",
        "data-counts": ",".join(str(bucket.total) for bucket in buckets),
    }


def spoken(width: timedelta) -> str:
    seconds = int(width.total_seconds())
    for size, unit in ((86_400, _("d")), (3_600, _("h")), (60, _("min"))):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} {_('s')}"
