"""An ATT&CK Navigator layer of the techniques that findings speak of.

Layer format 4.5: https://github.com/mitre-attack/attack-navigator/blob/master/layers/LAYERFORMATv4_5.md
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from exports.base import FINDINGS, Row, export

SCORES = {"informational": 10, "low": 25, "medium": 50, "high": 75, "critical": 100}
MATRIX = "enterprise-attack"
COLOURS = ["#ffffff", "#f4b183", "#c00000"]


@export("navigator", title="ATT&CK Navigator layer", of=FINDINGS, suffix="json")
def write(rows: Iterable[Row]) -> Iterator[bytes]:
    """A technique's score is that of its gravest finding, 0 to 100; its comment names them all.

    https://mitre-attack.github.io/attack-navigator/
    """
    by_technique: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for technique in row["techniques"]:
            by_technique[technique].append(row)
    techniques = [technique_of(name, by_technique[name]) for name in sorted(by_technique)]
    yield json.dumps(layer(techniques), indent=2).encode()


def technique_of(name: str, rows: list[Row]) -> dict[str, Any]:
    return {
        "techniqueID": name,
        "score": max(SCORES.get(str(row["severity"]), 0) for row in rows),
        "comment": "; ".join(f"{row['label']} {row['title']}" for row in rows),
        "enabled": True,
    }


def layer(techniques: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "Findings",
        "versions": {"attack": "18", "navigator": "5.1.0", "layer": "4.5"},
        "domain": MATRIX,
        "filters": {"platforms": ["IaaS"]},
        "techniques": techniques,
        "gradient": {"colors": COLOURS, "minValue": 0, "maxValue": 100},
    }
