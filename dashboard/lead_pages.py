"""What the page of leads shows: who and what to look at first, and each reason of a score with its events."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from cases.models import LEADS, Answer, Finding, Incident
from dashboard.cited import Cited, cited
from dashboard.entity_kinds import KINDS, kind_words
from dashboard.located import Located, located
from plugins.text import visible

TOP = 3
HEATS = (30, 50, 70)  # scores from which a lead is drawn darker


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal: how many points it would give alone, its sentence, and the events that show it."""

    points: int
    words: str
    events: list[Cited]


@dataclass(frozen=True, slots=True)
class Lead:
    """One row of the list. ``timeline`` and ``entity`` are the query strings of its events and of its own page;
    ``located`` says where an address is, as far as it is known."""

    finding: Finding
    kind: str
    value: str
    score: float
    heat: int
    reasons: list[Reason]
    timeline: str
    entity: str
    located: Located | None

    @classmethod
    def of(cls, finding: Finding) -> "Lead":
        events = list(cited(finding, {}))
        return cls(
            finding=finding,
            kind=kind_words(finding.entity_kind),
            value=visible(finding.entity),
            score=finding.facts["score"],
            heat=1 + sum(finding.facts["score"] >= least for least in HEATS),
            reasons=[reason_of(signal, events) for signal in finding.facts["signals"]],
            timeline="?" + urlencode(finding.query),
            entity="?" + urlencode({"kind": finding.entity_kind, "value": finding.entity}),
            located=located(finding.entity) if finding.entity_kind == "address" else None,
        )


def reason_of(signal: Mapping[str, Any], events: list[Cited]) -> Reason:
    return Reason(round(100 * signal["part"]), visible(signal["words"]), [events[number] for number in signal["cited"]])


def context_of(incident: Incident, query: Mapping[str, str]) -> dict[str, Any]:
    """The list, narrowed to a kind; a word that is no kind narrows nothing. Two queries."""
    kind = query.get("kind", "") if query.get("kind", "") in KINDS else ""
    found = list(incident.findings.leads())
    return {
        "kind": kind,
        "tabs": list(tabs(found)),
        "leads": [Lead.of(finding) for finding in found if kind in ("", finding.entity_kind)],
        "was_asked": Answer.objects.filter(run__incident=incident, run__is_newest=True, question=LEADS).exists(),
    }


def tabs(found: list[Finding]) -> Iterator[tuple[str, str, int]]:
    """(kind, its word, how many), all kinds first."""
    yield "", str(_("All")), len(found)
    for kind, word in KINDS.items():
        yield kind, str(word), sum(finding.entity_kind == kind for finding in found)


def first_of(incident: Incident) -> list[Lead]:
    """The few that the incident's page shows; one query."""
    return [Lead.of(finding) for finding in incident.findings.leads()[:TOP]]
