"""Progress as units: one tick a unit, so that a number always shows its denominator."""

from collections.abc import Iterator, Mapping, Sequence

from charts.svg import Svg, element, picture

# Unit states of the runs, and the class that the stylesheet knows them by. Order is that of the drawing.
CLASSES = {
    "done": "done",
    "empty": "empty",
    "waived": "empty",
    "running": "running",
    "denied": "gap",
    "not_enabled": "gap",
    "out_of_retention": "gap",
    "partial": "gap",
    "gap": "gap",
    "failed": "failed",
    "cancelled": "planned",
    "planned": "planned",
}
ORDER = tuple(dict.fromkeys(CLASSES.values()))
WIDTH = 480.0
HEIGHT = 24.0
MOST = 96

# Top and height as shares of the strip: without colour a gap is half high and planned work a low line.
SHAPES = {"gap": (0.5, 0.5), "planned": (0.8, 0.2), "failed": (0.0, 1.0)}


def strip(counts: Mapping[str, int], *, label: str = "") -> Svg:
    """Return the ticks of ``counts`` (unit state -> units). Over 96 units a tick stands for several.

    Whatever its share, a state that occurs keeps one tick: a single failure among thousands stays in sight.
    Raises KeyError for a state that no unit has.
    """
    by_class = classed(counts)
    ticks = [name for name, many in shares(by_class, MOST).items() for _ in range(many)]
    pitch = WIDTH / max(len(ticks), 1)
    drawn = [shape for index, name in enumerate(ticks) for shape in tick(name, index * pitch, pitch)]
    box = {"class": "strip", "viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}", "preserveAspectRatio": "none"}
    return picture(box, label or spoken(counts), drawn)


def classed(counts: Mapping[str, int]) -> dict[str, int]:
    found = dict.fromkeys(ORDER, 0)
    for state, many in counts.items():
        found[CLASSES[state]] += many
    return {name: many for name, many in found.items() if many}


def shares(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """Spread ``most`` ticks over ``counts`` by largest remainder, at least one for each; fewer units: one tick each."""
    total = sum(counts.values())
    if total <= most:
        return dict(counts)
    given = {name: max(1, many * most // total) for name, many in counts.items()}
    by_rest = sorted(counts, key=lambda name: counts[name] * most % total, reverse=True)
    for name in by_rest[: max(0, most - sum(given.values()))]:
        given[name] += 1
    return given


def tick(name: str, x: float, pitch: float) -> Iterator[Svg]:
    top, tall = SHAPES.get(name, (0.0, 1.0))
    wide = pitch - min(2.9, pitch * 0.28)
    yield block(name, x, top * HEIGHT, wide, tall * HEIGHT)
    if name == "gap":
        yield block(name, x, HEIGHT * 0.25, wide, HEIGHT * 0.08)


def block(name: str, x: float, y: float, width: float, height: float) -> Svg:
    return element("rect", {"class": name, "x": x, "y": y, "width": width, "height": height})


def spoken(counts: Mapping[str, int]) -> str:
    """Return the strip in words: "41 done, 2 denied, 1 planned"."""
    parts = [f"{counts[state]} {state.replace('_', ' ')}" for state in CLASSES if counts.get(state)]
    return ", ".join(parts) or "no units yet"


def mini(stations: Sequence[Mapping[str, int]], *, label: str) -> Svg:
    """Return an incident's stations (four phases) as short bars, each filled by the shares of its unit states."""
    pitch = 100 / max(len(stations), 1)
    drawn = [shape for index, counts in enumerate(stations) for shape in station(counts, index * pitch + 1, pitch - 3)]
    return picture({"class": "mini", "viewBox": "0 0 100 8", "preserveAspectRatio": "none"}, label, drawn)


def station(counts: Mapping[str, int], x: float, width: float) -> Iterator[Svg]:
    yield element("rect", {"x": x, "y": 0, "width": width, "height": 8, "rx": 1.5})
    by_class = classed(counts)
    total = sum(by_class.values())
    for name, many in by_class.items():
        wide = width * many / total
        if name != "planned":
            yield element("rect", {"class": name, "x": x, "y": 0, "width": wide, "height": 8, "rx": 1})
        x += wide
