"""The coverage as docs/coverage.md shows it: every technique with its rules, or with the reason why there is none."""

from collections.abc import Iterable, Iterator, Sequence

from analyzers.coverage import Technique, attack_techniques, attack_version, stratus_techniques
from analyzers.sigma import Rule

HEAD = """# Coverage

What the rules that come along see of the techniques that others list. `.venv/bin/python manage.py rules --coverage`
writes this page; a test holds it to the rules, and each rule to an event that fires and a near miss that does not."""
UNSEEN = "CloudTrail records calls to AWS. What happens on a wire, in an application or in a browser is not among them."
STRATUS = """Each [technique for AWS](https://stratus-red-team.cloud/attack-techniques/AWS/) and the rules that see it
by what it does, not by the tool's name. Where *needs* names data events, a trail without them is blind."""


def page(rules: Sequence[Rule]) -> str:
    """The whole page as Markdown."""
    techniques = list(attack_techniques(rules))
    seen = [one for one in techniques if not one.note]
    unseen = [one for one in techniques if one.note]
    matrix = (
        f"Of the {len(techniques)} techniques and sub-techniques of the "
        f"[IaaS matrix](https://attack.mitre.org/matrices/enterprise/cloud/iaas/), version {attack_version()}, "
        f"{len(seen)} can show in CloudTrail and have rules."
    )
    parts = [
        HEAD,
        f"## MITRE ATT&CK\n\n{matrix}",
        table(("technique", "name", "rules"), ((one.id, one.name, coded(one.rules)) for one in seen)),
        f"## What CloudTrail cannot show\n\n{UNSEEN}",
        table(("technique", "name", "why"), ((one.id, one.name, one.note) for one in unseen)),
        f"## Stratus Red Team\n\n{STRATUS}",
        table(("technique", "rules", "needs"), map(stratus_row, stratus_techniques())),
    ]
    return "\n\n".join(parts)


def stratus_row(technique: Technique) -> tuple[str, str, str]:
    return f"`{technique.id}`", coded(technique.rules), technique.note and f"data events: {technique.note}"


def coded(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(lines(columns, rows))


def lines(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for cells in (columns, ("---",) * len(columns), *rows):
        yield f"| {' | '.join(cells)} |"
