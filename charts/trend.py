"""One number over time: a line from reading to reading, each a dot with its name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from charts.svg import Svg, element, labelled, picture

WIDTH = 320.0
HEIGHT = 96.0
MARGIN = 6.0
LINES = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and when it was read, in words."""

    label: str
    value: int


def trend(readings: Sequence[Reading], *, most: int, title: str) -> Svg:
    """Return the readings, evenly spaced in their order, on an axis from 0 to ``most``.

    The description says each in words: a screen reader hears what the line shows.
    """
    points = [(across(index, len(readings)), down(reading.value, most)) for index, reading in enumerate(readings)]
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    drawn = [element("polyline", {"class": "line", "points": line})] if len(points) > 1 else []
    dots = [dot(reading, point) for reading, point in zip(readings, points, strict=True)]
    box = {"class": "trend", "viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}"}
    return picture(box, title, [*grid(), *drawn, *dots], description=spoken(readings))


def spoken(readings: Sequence[Reading]) -> str:
    return ", ".join(f"{reading.label}: {reading.value}" for reading in readings) or "no readings yet"


def across(index: int, many: int) -> float:
    """Left to right; a single reading stands at the right end, where the newest always is."""
    return WIDTH - MARGIN - (WIDTH - 2 * MARGIN) * (many - 1 - index) / max(many - 1, 1)


def down(value: int, most: int) -> float:
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * min(max(value, 0), most) / most


def dot(reading: Reading, point: tuple[float, float]) -> Svg:
    x, y = point
    return element("circle", {"cx": x, "cy": y, "r": 3.5}, [labelled("title", f"{reading.label}: {reading.value}")])


def grid() -> Iterator[Svg]:
    for line in range(LINES + 1):
        y = MARGIN + (HEIGHT - 2 * MARGIN) * line / LINES
        yield element("line", {"class": "grid", "x1": 0, "x2": WIDTH, "y1": y, "y2": y})
