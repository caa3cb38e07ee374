"""Phase 2 as well: validators judge whole exhibits, such as CloudTrail's digest chain. A verdict per file."""

from contextlib import ExitStack

from cases.actions.examinations import Judgement, record_verdicts
from cases.actions.runs import hash_of, plan_units
from cases.models import Evidence, EvidencePart, Unit
from cases.stores import vault_holding
from examiners import Member, Validator, Verdict, examiners
from phases.exhibits import opened
from phases.runs import Job
from plugins import Gap, GapKind, Refused

GAPS = {
    "altered": (GapKind.CHANGED, "its content is not what the digest says"),
    "missing": (GapKind.MISSING, "the digest lists it, but it is not there"),
    "unlisted": (GapKind.UNVERIFIED, "no digest lists it"),
    "unverifiable": (GapKind.UNVERIFIED, "it could not be verified"),
}


def validate_evidence(job: Job) -> str:
    """Let the run's validator judge every exhibit and return the hash of its verdicts. Safe to repeat."""
    tool = examiners.get(job.run.tool)
    if not isinstance(tool, Validator):
        raise Refused(f"{job.run.tool} is no validator; ask for the examination again")
    plan_units(lease=job.lease, units=[Unit(number=1, label=tool.title)])
    unit = Unit.objects.get(run=job.run, number=1)
    if unit.finished_at:
        return job.run.result_hash
    job.say("reading every file once more")
    verdicts = judged(job, tool)
    exhibits = dict(Evidence.objects.filter(incident=job.incident).values_list("exhibit", "pk"))
    rows = [Judgement(v.file, v.state, v.detail, exhibits.get(v.evidence), v.part, v.index) for v in verdicts]
    record_verdicts(lease=job.lease, unit=unit, verdicts=rows, gaps=[g for v in verdicts for g in gaps_of(v)])
    return hash_of({"verdicts": sorted([v.file, v.state, v.detail] for v in verdicts)})


def judged(job: Job, tool: Validator) -> list[Verdict]:
    members = list[Member]()
    parts = EvidencePart.objects.filter(evidence__incident=job.incident, evidence__kind="logs")
    with ExitStack() as stack:
        for part in parts.select_related("evidence").order_by("evidence__number", "number"):
            members += stack.enter_context(opened(vault_holding(part), part))
        verdicts = []
        for verdict in tool.validate(members):
            job.check()
            verdicts.append(verdict)
    return verdicts


def gaps_of(verdict: Verdict) -> list[Gap]:
    """What a verdict leaves open; valid files, and files that never had a digest, leave nothing.

    A verdict about no file of ours (index -1) that says no digest is an hour that the chain does not cover.
    """
    if verdict.state == "no_digest" and verdict.index == -1:
        return [Gap(GapKind.UNVERIFIED, verdict.file, verdict.detail)]
    if verdict.state not in GAPS:
        return []
    kind, words = GAPS[verdict.state]
    return [Gap(kind, verdict.file, verdict.detail or words)]
