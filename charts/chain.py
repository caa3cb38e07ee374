"""Who became whom: principals, roles, keys and what they did, laid out from left to right."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from charts.svg import Attributes, Svg, element, group, labelled, words

COLUMN = 240.0
ROW = 72.0
LEFT = 84.0
TOP = 52.0
BESIDE, ABOVE = 22.0, 7.0  # where an edge's words stand: from the middle of a node, and over the line
LONGEST = 24


@dataclass(frozen=True, slots=True)
class Node:
    """A thing that acts or is acted on; ``kind`` is principal, role, access_key, address, resource or action."""

    id: str
    label: str
    kind: str
    is_hot: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """Why one thing leads to the next, in two or three words ("assumed 21:47", "412 reads")."""

    source: str
    target: str
    label: str = ""
    is_hot: bool = False


Places = Mapping[str, tuple[float, float]]


def chain(nodes: Sequence[Node], edges: Sequence[Edge], *, title: str) -> Svg:
    """Return the graph for a page; edges that name no node are left out, circles are cut where they close."""
    known = between(nodes, edges)
    places = lay_out(nodes, known)
    width, height = extent(places)
    leaving, arriving = Counter(edge.source for edge in known), Counter(edge.target for edge in known)
    drawn = [part for edge in known for part in line(edge, places, leaving[edge.source], arriving[edge.target])]
    drawn += [spot(node, places[node.id]) for node in nodes]
    return group({"class": "graph", "viewBox": f"0 0 {width:g} {height:g}"}, title, drawn)


def between(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Edge]:
    ids = {node.id for node in nodes}
    return [edge for edge in edges if edge.source in ids and edge.target in ids and edge.source != edge.target]


def lay_out(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, tuple[float, float]]:
    """Return each node's centre: a column per step from the chain's start, rows in the order given."""
    depth = depths(nodes, edges)
    used: dict[int, int] = {}
    places = {}
    for node in nodes:
        column = depth[node.id]
        row = used.get(column, 0)
        used[column] = row + 1
        places[node.id] = (LEFT + COLUMN * column, TOP + ROW * row)
    return places


def depths(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, int]:
    """Return the longest way to each node. As many rounds as there are nodes end it even where roles go in circles."""
    depth = {node.id: 0 for node in nodes}
    deepest = max(len(nodes) - 1, 0)
    for _ in range(deepest):
        moved = {edge.target: depth[edge.source] + 1 for edge in edges if depth[edge.target] <= depth[edge.source]}
        if not moved:
            break
        depth.update({id: min(at, deepest) for id, at in moved.items()})
    return depth


def extent(places: Places) -> tuple[float, float]:
    wide = max((x for x, _ in places.values()), default=0.0)
    tall = max((y for _, y in places.values()), default=0.0)
    return wide + LEFT, tall + ROW - 40


def line(edge: Edge, places: Places, leaving: int, arriving: int) -> Iterator[Svg]:
    """One edge with its words at the end where it is alone: in the middle the words of a fan lie on each other."""
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    yield element("path", {"class": "e hot" if edge.is_hot else "e", "d": curve(x1, y1, x2, y2)})
    if not edge.label:
        return
    if leaving > 1:
        yield note(edge.label, x2 - BESIDE, y2 - ABOVE, {"class": "l"}, "end")
    elif arriving > 1:
        yield note(edge.label, x1 + BESIDE, y1 - ABOVE, {"class": "l"}, "start")
    else:
        yield note(edge.label, (x1 + x2) / 2, (y1 + y2) / 2 - ABOVE, {"class": "l"})


def curve(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"


def spot(node: Node, place: tuple[float, float]) -> Svg:
    x, y = place
    kind = node.kind.replace("_", " ")
    parts = [
        labelled("title", node.label),
        element("g", {"class": "n hot" if node.is_hot else "n"}, [shape(node.kind, x, y, {})]),
        note(shortened(node.label), x, y - 34, {}),
        note(kind, x, y - 20, {"class": "l"}),
    ]
    if node.href:
        return element("a", {"href": node.href, "aria-label": f"{kind} {node.label}"}, parts)
    return element("g", {"role": "img", "aria-label": f"{kind} {node.label}"}, parts)


def shape(kind: str, x: float, y: float, look: Attributes) -> Svg:
    """Return the outline that says the kind: keys are squares, roles and resources diamonds, all else circles."""
    if kind == "access_key":
        return element("rect", {"x": x - 12, "y": y - 12, "width": 24, "height": 24, "rx": 4, **look})
    if kind in {"role", "resource"}:
        return element("path", {"d": f"M{x:g} {y - 15:g}l15 15l-15 15l-15 -15Z", **look})
    return element("circle", {"cx": x, "cy": y, "r": 13, **look})


def note(text: str, x: float, y: float, look: Attributes, anchor: str = "middle") -> Svg:
    return element("text", {**look, "x": x, "y": y, "text-anchor": anchor}, [words(text)])


def shortened(text: str) -> str:
    """Keep both ends of a long name, since ARNs differ at the end and keys at the start."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:11]}…{text[-12:]}"
