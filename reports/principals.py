"""Who did what: one row a principal, and how roles and keys led from one to the next."""

from collections.abc import Iterator

from charts import Edge, Node, printed_chain
from reports.base import Block, CaseSnapshot, Figure, Section, Table, Text, section
from reports.phrases import gettext as _
from reports.words import NOTHING, Row, clock, listed, number, remainder, text_of

MOST = 100
MOST_CHAINS = 10
MOST_ACTIONS = 8


@section("principals", order=40)
def write(snapshot: CaseSnapshot) -> Section:
    return Section(_("Who did what"), tuple(blocks(snapshot)))


def blocks(snapshot: CaseSnapshot) -> Iterator[Block]:
    if not snapshot.principals:
        yield Text(_("No principal appears in the events that were read."))
    else:
        columns = (_("Principal"), _("First, last (UTC)"), _("Events, refused"), _("From"), _("Actions"))
        rows, left = listed(snapshot.principals, MOST, principal_row)
        yield Table(columns, rows, mono=(columns[0], columns[3]))
        yield from remainder(left, _("the list of principals"))
        yield Text(_("Who is named by a finding comes first, by the gravest of them; then who did most."), "note")
    yield from map(figure, snapshot.chains[:MOST_CHAINS])
    yield from remainder(len(snapshot.chains) - MOST_CHAINS, _("the list of role chains"))


def principal_row(principal: Row) -> tuple[str, ...]:
    return (
        text_of(principal, "principal"),
        f"{clock(principal.get('first_at'))}, {clock(principal.get('last_at'))}",
        f"{number(principal.get('events'))}, {number(principal.get('refused'))}",
        text_of(principal, "addresses"),
        actions(principal),
    )


def actions(principal: Row) -> str:
    """Return the actions taken most, with their counts; the rest as a number."""
    done = list(principal.get("actions", ()))
    named = ", ".join(f"{action['name']} {number(action['count'])}" for action in done[:MOST_ACTIONS])
    more = len(done) - MOST_ACTIONS
    return _("%(named)s and %(more)s more") % {"named": named, "more": number(more)} if more > 0 else named or NOTHING


def figure(chain: Row) -> Figure:
    nodes = [Node(str(n["id"]), str(n["label"]), str(n["kind"]), bool(n.get("hot"))) for n in chain["nodes"]]
    edges = [
        Edge(str(e["source"]), str(e["target"]), str(e.get("label", "")), bool(e.get("hot"))) for e in chain["edges"]
    ]
    caption = str(chain.get("title") or _("How one credential led to the next"))
    return Figure(printed_chain(nodes, edges, title=caption), caption, in_words(nodes, edges))


def in_words(nodes: list[Node], edges: list[Edge]) -> str:
    """Return the graph as text, so that nothing is said by the picture alone."""
    names = {node.id: node.label for node in nodes}
    steps = [f"{names.get(e.source, e.source)} → {names.get(e.target, e.target)} ({e.label})" for e in edges]
    return "; ".join(steps) or ", ".join(names.values())
