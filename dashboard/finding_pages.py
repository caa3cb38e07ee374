"""What the findings pages show: what was found, how grave, by which techniques, and the events behind one finding."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import Http404

import charts
from analyzers import analyzers
from cases.models import SUMMARIES, Answer, Finding, Incident, Run
from charts import Edge, Node, Svg
from dashboard import attack
from dashboard.cited import cited, events_behind
from dashboard.note_pages import panel_of_finding
from dashboard.story_pages import standing_of_finding
from events import targets
from exports import FINDINGS, export_formats
from phases.analysis import pack_of
from phases.next_steps import rules_version

LABEL = re.compile(r"([FPLS])-(\d{2,9})")
SHELF = 100
TARGETS = 8  # named on a finding's page; the others are counted
ENTITIES = frozenset({"principal", "access_key", "address", "resource"})
# Kinds of indicators that are entities by another name.
INDICATED = {"ipv4-addr": "address", "ipv6-addr": "address", "x-aws-access-key": "access_key"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the list is narrowed to: a status, a technique; empty means all."""

    status: str = ""
    technique: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Choice":
        """Read an address; a word that is no status or technique narrows nothing."""
        status, technique = query.get("status", ""), query.get("technique", "")
        is_technique = re.fullmatch(r"T\d{4}(\.\d{3})?", technique)
        return cls(status if status in (*Finding.Status.values, "past") else "", technique if is_technique else "")

    def address(self, **change: str) -> str:
        kept = {"status": self.status, "technique": self.technique} | change
        return "?" + urlencode({key: value for key, value in kept.items() if value})


def context_of(incident: Incident, query: Mapping[str, str]) -> dict[str, Any]:
    """The list, the matrix over all standing findings, and what was asked: a fixed number of queries."""
    choice = Choice.of(query)
    found = list(incident.findings.detections().for_lists())
    standing = [finding for finding in found if finding.is_current and finding.status != Finding.Status.DISMISSED]
    answers = answers_of(incident)
    start = int(query["from"]) if query.get("from", "").isdecimal() and len(query["from"]) < 7 else 0
    chosen = [finding for finding in found if is_chosen(finding, choice)]
    return {
        "choice": choice,
        "rows": chosen[start : start + SHELF],
        "chosen": len(chosen),
        "first": start + 1,
        "last": min(start + SHELF, len(chosen)),
        "next": choice.address(**{"from": str(start + SHELF)}) if len(chosen) > start + SHELF else "",
        "standing": len(standing),
        "statuses": status_tabs(found, choice),
        "formats": [form for form in export_formats if form.of == FINDINGS],
        "matrix": attack.matrix([(f.techniques, f.count) for f in standing], asked_techniques(incident, answers)),
        "answers": answers,
        "errors": list(failed_answers(incident)),
        "technique_name": attack.name_of(choice.technique) if choice.technique else "",
    }


def is_chosen(finding: Finding, choice: Choice) -> bool:
    """Without a choice the dismissed and the past ones are left out; the tabs lead to them."""
    if choice.technique and choice.technique not in finding.techniques:
        return False
    if choice.status == "past":
        return not finding.is_current
    if choice.status:
        return finding.is_current and finding.status == choice.status
    return finding.is_current and finding.status != Finding.Status.DISMISSED


def status_tabs(found: list[Finding], choice: Choice) -> list[tuple[str, str, int]]:
    """(status, address, how many) for each status that the list can be narrowed to."""
    return [
        (status, choice.address(status=status), sum(is_chosen(finding, Choice(status)) for finding in found))
        for status in ("", *Finding.Status.values, "past")
    ]


def answers_of(incident: Incident) -> dict[str, int]:
    """How many questions were answered, and how many could not be asked, by the newest analyses."""
    newest = Answer.objects.filter(run__incident=incident, run__is_newest=True)
    return newest.aggregate(asked=Count("pk"), failed=Count("pk", filter=~Q(error="")))


def failed_answers(incident: Incident) -> Any:
    newest = Answer.objects.filter(run__incident=incident, run__is_newest=True)
    return newest.exclude(error="").order_by("question")[:50]


def asked_techniques(incident: Incident, answers: Mapping[str, int]) -> set[str]:
    """The techniques that the newest analysis asked for and got an answer, "no match" included."""
    if not answers["asked"]:
        return set()
    newest = Answer.objects.filter(run__incident=incident, run__is_newest=True, error="")
    questions = set(newest.values_list("question", flat=True))
    rules = pack_of(rules_version()).rules
    of_rules = {technique for rule in rules if rule.id in questions for technique in rule.techniques}
    return of_rules | {one for tool in analyzers if tool.name in questions for one in tool.techniques}


def finding_or_404(incident: Incident, label: str) -> Finding:
    """The finding of this incident by its label (F-03), or what is counted apart (P-03, L-03, S-03)."""
    given = LABEL.fullmatch(label)
    found = numbered(incident, given[1], int(given[2])) if given else None
    if found is None or found.label != label:
        raise Http404("no such finding")
    return found


def numbered(incident: Incident, series: str, number: int) -> Finding | None:
    letters = {letter: question for question, letter in SUMMARIES.items()}
    own = incident.findings.filter(question=letters[series]) if series in letters else incident.findings.detections()
    return own.select_related("decided_by", "run", "incident").filter(number=number).first()


def page_of(finding: Finding) -> dict[str, Any]:
    """What the page of one finding shows beside its own columns."""
    events = events_behind(finding)
    touched = targets.counted(events.values())
    return {
        "finding": finding,
        "cited": list(cited(finding, events)),
        "touched": touched[:TARGETS],
        "touched_more": max(0, len(touched) - TARGETS),
        "address": "?" + urlencode(finding.query) if finding.query else "",
        "techniques": [(one, attack.name_of(one), attack.tactic_of(one)) for one in finding.techniques],
        "entity": entity_of(finding.entity_kind, finding.entity),
        "principals": [
            (one, entity_of("principal", one)) for one in finding.principals if one not in finding.entity_parts
        ],
        "graph": graph_of(finding),
        "hops": finding.facts.get("hops", []),
        "told": standing_of_finding(finding),
        **panel_of_finding(finding),
        "is_behind": not Run.objects.filter(pk=finding.run_id, is_newest=True).exists(),
    }


def entity_of(kind: str, value: str) -> str:
    """The query string of an entity's page; empty for what has none, such as a group of several values."""
    kind = INDICATED.get(kind, kind) if "/" not in value else kind
    has_page = kind in ENTITIES and not value.startswith(("[", "(")) and "… (sha256 " not in value
    return "?" + urlencode({"kind": kind, "value": value}) if has_page else ""


def graph_of(finding: Finding) -> Svg | None:
    """The picture of who became whom, where the finding carries one."""
    facts = finding.facts.get("graph", finding.facts)
    if not facts.get("edges"):
        return None
    nodes = [Node(one["id"], one["label"], one["kind"], bool(one.get("hot"))) for one in facts["nodes"]]
    edges = [Edge(one["source"], one["target"], one.get("label", ""), bool(one.get("hot"))) for one in facts["edges"]]
    return charts.chain(nodes, edges, title=finding.title)
