"""What the page of objects shows: who read, wrote under another key and deleted objects, bucket by bucket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cases.models import OBJECTS, Answer, Finding, Incident
from dashboard.event_lines import short
from plugins.text import visible


@dataclass(frozen=True, slots=True)
class Row:
    """One bucket and principal; ``facts`` are the analyzer's counts, ``timeline`` is the query string of its events."""

    finding: Finding
    bucket: str
    principal: str
    short_principal: str
    facts: Mapping[str, Any]
    timeline: str

    @classmethod
    def of(cls, finding: Finding) -> "Row":
        bucket, principal = visible(finding.facts["bucket"]), visible(finding.facts["principal"])
        return cls(finding, bucket, principal, short(principal), finding.facts, "?" + urlencode(finding.query))


def context_of(incident: Incident) -> dict[str, Any]:
    """All rows, the gravest first, and their sums; two queries."""
    rows = [Row.of(finding) for finding in incident.findings.objects()]
    counted = ("reads", "rekeyed", "overwritten", "deletes")
    return {
        "rows": rows,
        "sums": {name: sum(row.facts[name] for row in rows) for name in counted}
        | {"bytes_out": sum(row.facts["bytes_out"] or 0 for row in rows)},
        "was_asked": Answer.objects.filter(run__incident=incident, run__is_newest=True, question=OBJECTS).exists(),
    }
