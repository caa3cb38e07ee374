"""Who became whom? Follows each issued key: who asked for it, what it did, and which key it asked for next.

Source: "How to trace roles and keys with CloudTrail",
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyzers.base import Asked, Finding, Material, analyzer
from analyzers.chain_graphs import facts_of
from analyzers.results import example_of, shortened, timeline
from events.questions import MOST_ISSUES, Deeds, Issue, deeds_by_key, issues
from plugins import Entity

VERSION = 2
LONGEST = 20  # hops; no honest chain is longer, and a forged log could make a circle

Path = tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Chains:
    """All the ways that lead from one principal to other identities."""

    start: str
    paths: tuple[Path, ...]
    deeds: tuple[Deeds, ...]

    @property
    def length(self) -> int:
        return max(len(path) for path in self.paths)

    @property
    def issues(self) -> list[Issue]:
        """Each issue once: chains that part later have their first steps in common."""
        return list({issue.key: issue for path in self.paths for issue in path}.values())

    @property
    def makes_lasting_keys(self) -> bool:
        return any(issue.how == "CreateAccessKey" for issue in self.issues)

    @property
    def events(self) -> int:
        """What was done with the keys; where none was seen in use, the calls that issued them are what there is."""
        return sum(done.events for done in self.deeds) or len(self.issues)

    @property
    def severity(self) -> int:
        """OCSF severity_id: one hop is how AWS is meant to be used, three or a lasting key want a look."""
        if self.length > 2 or self.makes_lasting_keys:
            return 3
        return self.length


@analyzer("role_chains", title="Who became whom", version=VERSION, techniques=("T1078.004", "T1550.001"))
def trace(material: Material) -> Iterator[Finding | Asked]:
    """Yield one finding per principal that stands at the start of chains, then what was asked."""
    issued = issues(material.events, material.window)
    deeds = deeds_by_key(material.events, material.window)
    starts = chains_of(issued[:MOST_ISSUES], deeds)
    for start in starts:
        yield finding_of(start)
    cut = (
        f"more than {MOST_ISSUES:,} keys were issued; later ones were not followed" if len(issued) > MOST_ISSUES else ""
    )
    yield Asked("role_chains", str(VERSION), len(starts), cut)


def chains_of(issued: list[Issue], deeds: Mapping[str, Deeds]) -> list[Chains]:
    """Group whole chains by who stands at their start; chains whose last key did nothing count too."""
    by_key = known(issued)
    parents = {issue.caller_key for issue in by_key.values()}
    grouped: dict[str, list[Path]] = defaultdict(list)
    for issue in by_key.values():
        if issue.key not in parents:
            path = path_to(issue, by_key)
            grouped[path[0].caller].append(path)
    return [gathered(start, paths, deeds) for start, paths in sorted(grouped.items())]


def known(issued: list[Issue]) -> dict[str, Issue]:
    """One issue per key: a call across accounts is logged in both, and only one of the two names the caller's key."""
    by_key: dict[str, Issue] = {}
    for issue in issued:
        if issue.key not in by_key or (issue.caller_key and not by_key[issue.key].caller_key):
            by_key[issue.key] = issue
    return by_key


def path_to(issue: Issue, by_key: Mapping[str, Issue]) -> Path:
    """Walk back from key to key to the first one whose issue the logs do not hold."""
    path = [issue]
    while path[0].caller_key in by_key and len(path) < LONGEST:
        path.insert(0, by_key[path[0].caller_key])
    return tuple(path)


def gathered(start: str, paths: list[Path], deeds: Mapping[str, Deeds]) -> Chains:
    keys = sorted({issue.key for path in paths for issue in path})
    return Chains(start, tuple(paths), tuple(deeds[key] for key in keys if key in deeds))


def finding_of(chains: Chains) -> Finding:
    name = shortened(chains.start) or "(unknown)"
    moments = [moment for done in chains.deeds for moment in (done.first_at, done.last_at) if moment]
    moments += [issue.at for issue in chains.issues if issue.at]
    first, last = (min(moments), max(moments)) if moments else (None, None)
    return Finding(
        question="role_chains",
        title=titled(name, chains),
        entity=Entity("principal", name),
        severity=chains.severity,
        techniques=("T1078.004", "T1098.001") if chains.makes_lasting_keys else ("T1078.004",),
        count=chains.events,
        first_at=first,
        last_at=last,
        principals=tuple(dict.fromkeys([name, *(shortened(path[-1].became) for path in chains.paths)]))[:5],
        examples=tuple(dict.fromkeys(example_of(issue.example) for issue in chains.issues))[:100],
        query=timeline(first, last, behind(chains)),
        explanation=explained(chains),
        next_steps="Check that each step was meant: who may assume the role, from where, and what was done with it.",
        facts=facts_of(chains.start, chains.paths, {done.who: done for done in chains.deeds}),
    )


def titled(name: str, chains: Chains) -> str:
    if not chains.deeds:
        return f"{name} took on other identities, none of them seen in use"
    return f"{name} took on other identities, up to {chains.length} deep"


def behind(chains: Chains) -> dict[str, list[str]]:
    """The filter for the events that were counted."""
    if chains.deeds:
        return {"access_key": [done.who for done in chains.deeds][:50]}
    return {"principal": [chains.start], "event_name": sorted({issue.how for issue in chains.issues})}


def explained(chains: Chains) -> str:
    told = f"Keys issued: {len(chains.issues):,}, chains: {len(chains.paths):,}"
    if chains.deeds:
        told += f", keys seen in use: {len(chains.deeds):,}."
    else:
        told += ". None of these keys was seen in use in these logs; the events counted are the calls that issued them."
    is_cut = any(path[0].caller_key.startswith("ASIA") for path in chains.paths)
    return f"{told} The first key is a temporary one whose own issue is not in these logs." if is_cut else told
