"""Role chains as a graph of nodes and edges, as pages and reports draw it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from analyzers.results import shortened
from events.questions import Deeds, Issue

MOST_HOPS = 60  # nodes that a picture can still show
HOT = {"CreateAccessKey", "GetFederationToken"}

# The way to an identity: the names of the identities passed, the start left out.
Way = tuple[str, ...]


def facts_of(start: str, paths: Sequence[Sequence[Issue]], deeds: Mapping[str, Deeds]) -> dict[str, Any]:
    """Nodes, edges and hops; chains through the same identities are one way, with the sum of what was done."""
    issues = by_way(paths)
    shown = dict(islice(issues.items(), MOST_HOPS))
    return {
        "start": shortened(start),
        "longest": max(len(way) for way in issues),
        "hops": [hop_of(way, issued, deeds) for way, issued in shown.items()],
        "hops_left_out": len(issues) - len(shown),
        "nodes": [
            node((), start, "principal"),
            *(node(way, way[-1], kind_of(issued[0])) for way, issued in shown.items()),
        ],
        "edges": [edge for way, issued in shown.items() for edge in edges_of(way, issued)],
    }


def by_way(paths: Sequence[Sequence[Issue]]) -> dict[Way, list[Issue]]:
    """Every way in the order of its depth and name, with the keys issued at its end."""
    found: dict[Way, dict[str, Issue]] = {}
    for path in paths:
        for depth, issue in enumerate(path, start=1):
            way = tuple(step.became for step in path[:depth])
            found.setdefault(way, {})[issue.key] = issue
    return {way: list(found[way].values()) for way in sorted(found, key=lambda way: (len(way), way))}


def hop_of(way: Way, issued: Sequence[Issue], deeds: Mapping[str, Deeds]) -> dict[str, Any]:
    """One step: what was taken on, how often, from where, and what was done with the keys."""
    used = [deeds[issue.key] for issue in issued if issue.key in deeds]
    names = sum((Counter(one.names) for one in used), Counter[str]())
    return {
        "depth": len(way),
        "identity": shortened(way[-1]),
        "how": issued[0].how,
        "times": len(issued),
        "first_at": issued[0].at.isoformat() if issued[0].at else None,
        "sessions": sorted({shortened(issue.session) for issue in issued if issue.session})[:5],
        "addresses": sorted({issue.address for issue in issued})[:5],
        "keys": [issue.key for issue in issued][:20],
        "events": sum(one.events for one in used),
        "refused": sum(one.refused for one in used),
        "actions": [{"name": name, "count": count} for name, count in ranked(names)[:10]],
    }


def ranked(names: Counter[str]) -> list[tuple[str, int]]:
    return sorted(names.items(), key=lambda pair: (-pair[1], pair[0]))


def node(way: Way, name: str, kind: str) -> dict[str, Any]:
    return {"id": identity(way), "label": short(name), "kind": kind, "hot": False}


def identity(way: Way) -> str:
    return "start" + "".join(f" > {step}" for step in way)


def edges_of(way: Way, issued: Sequence[Issue]) -> Iterator[dict[str, Any]]:
    times = f" {len(issued)} times" if len(issued) > 1 else ""
    yield {
        "source": identity(way[:-1]),
        "target": identity(way),
        "label": f"{issued[0].how}{times}",
        "hot": issued[0].how in HOT,
    }


def kind_of(issue: Issue) -> str:
    return "access_key" if issue.how in {"CreateAccessKey", "GetSessionToken"} else "role"


def short(name: str) -> str:
    """The last part of an ARN says enough in a picture."""
    return shortened(name.rsplit("/", 1)[-1] or name)
