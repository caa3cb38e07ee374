"""The picture of an entity: from addresses over keys and principals to the roles and resources that they reached."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import charts
from charts import Edge, Node, Svg
from events.entities import Touched, Way
from events.questions import Issue

WAYS, RESOURCES, TAKEN_ON, BEHIND = 8, 6, 5, 4
Href = Callable[[str, str], str]
Spot = tuple[str, str]  # kind and value


def graph_of(
    chosen: Spot, ways: Sequence[Way], touched: Sequence[Touched], taken_on: Sequence[Issue], behind: Sequence[Issue],
    href: Href,
) -> Svg | None:  # fmt: skip
    """Draw who came from where, with which key, and what came of it; None where there is nothing to tie together."""
    edges = {
        (source, target): label
        for source, target, label in [
            *behind_edges(behind[:BEHIND]),
            *way_edges(ways[:WAYS]),
            *reached_edges(chosen, ways, touched[:RESOURCES]),
            *taken_edges(taken_on),
        ]
    }
    if not edges:
        return None
    spots = list(dict.fromkeys(spot for pair in edges for spot in pair))
    nodes = [Node(name_of(spot), spot[1], shape_of(spot[0]), spot == chosen, href(*spot)) for spot in spots]
    drawn = [Edge(name_of(source), name_of(target), label) for (source, target), label in edges.items()]
    return charts.chain(nodes, drawn, title=_("Ways from addresses to resources"))


def name_of(spot: Spot) -> str:
    return f"{spot[0]} {spot[1]}"


def shape_of(kind: str) -> str:
    return "role" if kind == "taken_on" else kind


def way_edges(ways: Sequence[Way]) -> Iterator[tuple[Spot, Spot, str]]:
    """Each way step by step; what a record does not name is stepped over."""
    for way in ways:
        spots = [("address", way.address), ("access_key", way.key), ("principal", way.principal)]
        known = [spot for spot in spots if spot[1]]
        for source, target in pairwise(known):
            yield source, target, ngettext("%(n)s event", "%(n)s events", way.events) % {"n": f"{way.events:,}"}


def reached_edges(chosen: Spot, ways: Sequence[Way], touched: Sequence[Touched]) -> Iterator[tuple[Spot, Spot, str]]:
    """From the principals to the resources; where several are in the picture, from the entity itself."""
    principals = sorted({way.principal for way in ways})
    source = ("principal", principals[0]) if len(principals) == 1 else chosen
    for one in touched:
        if source != ("resource", one.resource):
            yield source, ("resource", one.resource), ", ".join(one.deeds[:1] or one.names[:1])


def taken_edges(issued: Sequence[Issue]) -> Iterator[tuple[Spot, Spot, str]]:
    """What a principal took on, each identity once."""
    taken = list(dict.fromkeys((issue.caller, issue.became, issue.how) for issue in issued if issue.caller))
    for caller, became, how in taken[:TAKEN_ON]:
        yield ("principal", caller), ("taken_on", became), how


def behind_edges(issued: Sequence[Issue]) -> Iterator[tuple[Spot, Spot, str]]:
    for issue in issued:
        if issue.caller:
            yield ("principal", issue.caller), ("access_key", issue.key), issue.how
