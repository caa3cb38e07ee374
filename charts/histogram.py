"""Events over time: one stacked bar a bucket, each bar a link to its events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from charts.svg import Attributes, Svg, element, group, labelled

WIDTH = 960.0
HEIGHT = 152.0
LINES = 4
SERIES = 4
ROUND = (4, 6, 8, 10, 12, 16, 20, 30)
TARGET: Attributes = {"height": HEIGHT, "fill": "none", "pointer-events": "all"}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bar: when it starts (as its link and title write it) and its counts in one or more series, in their order."""

    start: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen window as a half-open pair of bucket indexes, and what a screen reader calls its two edges."""

    start: int
    end: int
    names: tuple[str, str] = ("Window start", "Window end")


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle in the plot's coordinates, y from the top; ``series`` is its index."""

    series: int
    x: float
    y: float
    width: float
    height: float


def histogram(
    buckets: Sequence[Bucket],
    *,
    series: Sequence[str],
    title: str,
    href: Callable[[Bucket], str] | None = None,
    window: Selection | None = None,
    extra: Mapping[str, str] | None = None,
) -> Svg:
    """Return the plot for a page: classes s1-s4 give the colour, the caller writes the axis labels beside it.

    ``href`` makes each bar a link; ``window`` is drawn as two movable edges;
    ``extra`` are attributes of the svg (such as data-bins for the brush). Empty buckets get a link as well, so
    that the keyboard walks through time without gaps.
    """
    top = ceiling(max((bucket.total for bucket in buckets), default=0))
    drawn = [draw(bars, bucket, series, href) for bucket, bars in zip(buckets, stack(buckets, top), strict=True)]
    attributes = {"class": "hist-plot", "viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}", "preserveAspectRatio": "none"}
    return group(
        {**attributes, **(extra or {})},
        title,
        [element("g", {"aria-hidden": "true"}, grid()), *drawn, *edges(buckets, window)],
    )


def draw(bars: Sequence[Bar], bucket: Bucket, series: Sequence[str], href: Callable[[Bucket], str] | None) -> Svg:
    name = named(bucket, series)
    # The see-through rectangle makes the whole column the target, however low its bar is.
    target = element("rect", {"class": "hit", "x": bars[0].x, "y": 0, "width": bars[0].width, **TARGET})
    shapes = [labelled("title", name), target, *(rectangle(bar) for bar in bars if bar.height)]
    if href is None:
        return element("g", {}, shapes)
    return element("a", {"href": href(bucket), "aria-label": name}, shapes)


def rectangle(bar: Bar) -> Svg:
    return element(
        "rect",
        {"class": f"s{bar.series + 1}", "x": bar.x, "y": bar.y, "width": bar.width, "height": bar.height},
    )


def named(bucket: Bucket, series: Sequence[str]) -> str:
    """Return a bar's name: "2026-11-22T21:00Z: 186 (management 30, data 156)"."""
    parts = ", ".join(f"{name} {count}" for name, count in zip(series, bucket.counts, strict=True) if count)
    return f"{bucket.start}: {bucket.total}" + (f" ({parts})" if parts else "")


def stack(buckets: Sequence[Bucket], top: int, width: float = WIDTH, height: float = HEIGHT) -> Iterator[list[Bar]]:
    """Yield each bucket's bars from the floor up; a count above zero is never thinner than one unit."""
    step = width / max(len(buckets), 1)
    gap = min(2.0, step * 0.2)
    for index, bucket in enumerate(buckets):
        yield list(column(bucket.counts, index * step + gap / 2, step - gap, height, top))


def column(counts: Sequence[int], x: float, width: float, height: float, top: int) -> Iterator[Bar]:
    """Yield one bar a series; those after the fourth share the last colour."""
    floor = height
    for series, count in enumerate(counts):
        tall = max(height * count / top, 1.0) if count else 0.0
        floor = max(floor - tall, 0.0)
        yield Bar(min(series, SERIES - 1), x, floor, width, tall)


def ceiling(highest: int) -> int:
    """Return the axis' top: the least round number that holds ``highest`` and divides into four whole grid lines."""
    scale = 1
    while True:
        for round_number in ROUND:
            top = round_number * scale
            if top >= highest and top % LINES == 0:
                return top
        scale *= 10


def steps(top: int) -> list[int]:
    """Return the numbers beside the grid lines, highest first."""
    return [top * line // LINES for line in range(LINES, -1, -1)]


def ticks(buckets: Sequence[Bucket], most: int = 9) -> list[Bucket]:
    """Return at most ``most`` buckets, evenly spread from the first, whose starts label the time axis."""
    return list(buckets[:: tick_stride(buckets, most)])


def tick_stride(buckets: Sequence[Bucket], most: int) -> int:
    return max(1, -(-len(buckets) // most))


def grid() -> Iterator[Svg]:
    for line in range(LINES + 1):
        y = HEIGHT * line / LINES
        yield element("line", {"class": "grid", "x1": 0, "x2": WIDTH, "y1": y, "y2": y})


def edges(buckets: Sequence[Bucket], window: Selection | None) -> Iterator[Svg]:
    """Yield the shades outside the chosen window and its two edges, which the arrow keys move."""
    if window is None or not buckets:
        return
    bounds = (window.start, window.end)
    at = [WIDTH * bound / len(buckets) for bound in bounds]
    for x, width in ((0.0, at[0]), (at[1], WIDTH - at[1])):
        box: Attributes = {"x": x, "y": -4, "width": width, "height": HEIGHT + 8}
        yield element("rect", {"class": "outside", "pointer-events": "none", **box})
    for name, bound, x in zip(window.names, bounds, at, strict=True):
        yield edge(name, bound, x, buckets)


def edge(name: str, bound: int, x: float, buckets: Sequence[Bucket]) -> Svg:
    place: Attributes = {"class": "edge", "x": x - 1.5, "y": -4, "width": 3, "height": HEIGHT + 8}
    text = buckets[bound].start if bound < len(buckets) else f"> {buckets[-1].start}"
    values: Attributes = {
        "aria-valuemin": 0,
        "aria-valuemax": len(buckets),
        "aria-valuenow": bound,
        "aria-valuetext": text,
    }
    return element("rect", {**place, "role": "slider", "tabindex": 0, "aria-label": name, **values})
