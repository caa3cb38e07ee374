"""Phase 3: put each question to the events and keep its answer, "no match" included."""

from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from analyzers import Asked, Finding, Indicator, Material, analyzers
from analyzers.results import result_hash
from analyzers.sigma import RulePack, load_rules
from cases.actions.findings import Analysis, AnswerRow, FoundRow, record_findings
from cases.actions.runs import plan_units
from cases.geography import geography
from cases.models import Incident, Unit
from cases.stores import reader_of
from phases.next_steps import rules_version
from phases.runs import Job
from plugins import Gap, GapKind, Refused


def analyze_events(job: Job) -> str:
    """Ask the run's question of the events and return the hash of the result: same inputs, same hash."""
    tool = analyzers.get(job.run.tool)
    plan_units(lease=job.lease, units=[Unit(number=1, label=tool.title)])
    unit = Unit.objects.get(run=job.run, number=1)
    if unit.finished_at:
        return job.run.result_hash
    job.say("asking the events")
    version = rules_version()
    material = material_of(job.incident, version)
    found: list[Finding] = []
    asked: list[Asked] = []
    for one in tool.analyze(material):
        job.check()
        if isinstance(one, Finding):
            found.append(one)
        else:
            asked.append(one)
    result = analysis_of(found, asked, version)
    record_findings(lease=job.lease, unit=unit, result=result)
    return result.result_hash


def material_of(incident: Incident, version: str) -> Material:
    events = reader_of(incident)
    if events is None:
        raise Refused("there are no events to analyse yet; collect and examine evidence first")
    pack = pack_of(version)
    return Material(
        events=events,
        rules=pack.rules,
        rule_errors=pack.errors,
        indicators=indicators_of(incident),
        geography=geography(),
    )


def indicators_of(incident: Incident) -> tuple[Indicator, ...]:
    rows = incident.indicators.order_by("kind", "value").values_list("kind", "value", "label", "origin")
    return tuple(Indicator(*row) for row in rows)


@lru_cache(maxsize=2)
def pack_of(version: str) -> RulePack:
    """The compiled rules as of one version of their files."""
    del version  # only the key: another version is another pack
    return load_rules(*(Path(folder) for folder in settings.RULES_DIRS))


def analysis_of(found: list[Finding], asked: list[Asked], version: str) -> Analysis:
    return Analysis(
        found=tuple(row_of(finding) for finding in found),
        answers=tuple(AnswerRow(a.question, a.version, a.matches, a.error) for a in asked),
        gaps=tuple(Gap(GapKind.UNSUPPORTED, a.question, a.error) for a in asked if a.error),
        result_hash=result_hash([*found, *asked]),
        version=version,
    )


def row_of(finding: Finding) -> FoundRow:
    """The finding in plain JSON values."""
    return FoundRow(
        question=finding.question,
        title=finding.title[:300],
        entity_kind=finding.entity.kind,
        entity=finding.entity.value,
        severity=finding.severity,
        count=finding.count,
        first_at=finding.first_at,
        last_at=finding.last_at,
        techniques=list(finding.techniques),
        principals=list(finding.principals),
        examples=[example_row(asdict(example)) for example in finding.examples],
        query=dict(finding.query),
        explanation=finding.explanation,
        next_steps=finding.next_steps,
        false_positives=list(finding.false_positives),
        author=finding.author[:300],
        licence=finding.licence[:200],
        facts=dict(finding.facts),
    )


def example_row(example: dict[str, Any]) -> dict[str, Any]:
    return example | {"at": example["at"].isoformat() if example["at"] else None}
