"""The same pictures for paper: they carry their colours, fonts and axis labels, since no stylesheet reaches them."""

from collections.abc import Iterator, Sequence

from charts.chain import Edge, Node, Places, between, curve, extent, lay_out, note, shape, shortened
from charts.histogram import LINES, Bar, Bucket, ceiling, stack, steps, tick_stride
from charts.svg import Attributes, Svg, element, picture, words
from charts.theme import Palette

WIDTH = 720.0
PLOT = 150.0
LEFT = 44.0
TOP = 28.0
HEIGHT = TOP + PLOT + 24
LETTER = 5.6
PAPER = Palette()


def printed_histogram(buckets: Sequence[Bucket], *, series: Sequence[str], title: str, palette: Palette = PAPER) -> Svg:
    """Return a histogram of 720 x 202 units with legend, numbers and times (each bucket's ``start`` as written)."""
    top = ceiling(max((bucket.total for bucket in buckets), default=0))
    columns = stack(buckets, top, WIDTH - LEFT, PLOT)
    parts = [
        *legend(series, palette),
        *axis(top, palette),
        *(bar_of(bar, palette) for bars in columns for bar in bars if bar.height),
        *times(buckets, palette),
    ]
    return sheet(WIDTH, HEIGHT, title, parts, palette)


def sheet(width: float, height: float, title: str, parts: Sequence[Svg], palette: Palette) -> Svg:
    """Return a picture that stands alone: its name space, its size and white paper under it."""
    size: Attributes = {"xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height}
    ground = element("rect", {"width": width, "height": height, "fill": palette.paper})
    return picture({**size, "viewBox": f"0 0 {width:g} {height:g}"}, title, [ground, *parts])


def legend(series: Sequence[str], palette: Palette) -> Iterator[Svg]:
    x = LEFT
    for index, name in enumerate(series):
        yield element("rect", {"x": x, "y": 4, "width": 9, "height": 9, "rx": 2, "fill": palette.of_series(index)})
        yield label(name, x + 14, 12.5, palette)
        x += 34 + 6.2 * len(name)


def axis(top: int, palette: Palette) -> Iterator[Svg]:
    for index, number in enumerate(steps(top)):
        y = TOP + PLOT * index / LINES
        yield element("line", {"x1": LEFT, "x2": WIDTH, "y1": y, "y2": y, "stroke": palette.line})
        yield label(str(number), LEFT - 7, y + 4, palette, anchor="end")


def bar_of(bar: Bar, palette: Palette) -> Svg:
    place = {"x": LEFT + bar.x, "y": TOP + bar.y, "width": bar.width, "height": bar.height}
    return element("rect", {**place, "fill": palette.of_series(bar.series)})


def times(buckets: Sequence[Bucket], palette: Palette) -> Iterator[Svg]:
    step = (WIDTH - LEFT) / max(len(buckets), 1)
    stride = tick_stride(buckets, 6)
    for index in range(0, len(buckets), stride):
        x = LEFT + index * step
        # A time that would run over the edge is left out: half a time is a wrong one.
        if x + len(buckets[index].start) * LETTER <= WIDTH:
            yield label(buckets[index].start, x, TOP + PLOT + 16, palette)


def label(text: str, x: float, y: float, palette: Palette, *, anchor: str = "start") -> Svg:
    look: Attributes = {"fill": palette.faint, "font-family": palette.sans, "font-size": 11, "text-anchor": anchor}
    return element("text", {"x": x, "y": y, **look}, [words(text)])


def printed_chain(nodes: Sequence[Node], edges: Sequence[Edge], *, title: str, palette: Palette = PAPER) -> Svg:
    """Return the role chain for paper: the page's layout, hot parts in red with a heavier line."""
    known = between(nodes, edges)
    places = lay_out(nodes, known)
    width, height = extent(places)
    parts = [part for edge in known for part in printed_line(edge, places, palette)]
    parts += [part for node in nodes for part in printed_spot(node, places[node.id], palette)]
    return sheet(width, height, title, parts, palette)


def printed_line(edge: Edge, places: Places, palette: Palette) -> Iterator[Svg]:
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    stroke: Attributes = {
        "fill": "none",
        "stroke": palette.hot if edge.is_hot else palette.edge,
        "stroke-width": 2 if edge.is_hot else 1.5,
    }
    yield element("path", {"d": curve(x1, y1, x2, y2), **stroke})
    yield from text_on_paper(edge.label, (x1 + x2) / 2, (y1 + y2) / 2 - 7, palette, size=10)


def printed_spot(node: Node, place: tuple[float, float], palette: Palette) -> Iterator[Svg]:
    x, y = place
    fill, stroke = (palette.hot_soft, palette.hot) if node.is_hot else (palette.paper, palette.faint)
    yield shape(node.kind, x, y, {"fill": fill, "stroke": stroke, "stroke-width": 1.6})
    yield from text_on_paper(shortened(node.label), x, y - 34, palette, size=12)
    yield from text_on_paper(node.kind.replace("_", " "), x, y - 20, palette, size=10)


def text_on_paper(text: str, x: float, y: float, palette: Palette, *, size: int) -> Iterator[Svg]:
    if text:
        ink = palette.ink if size > 10 else palette.faint
        yield note(text, x, y, {"fill": ink, "font-family": palette.sans, "font-size": size})
