"""What should run now: compares what there is with what should be and makes the missing runs. Twice is harmless."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from analyzers import Analyzer, analyzers
from analyzers.sigma import rule_files
from cases.actions.runs import Order, hash_of, request_run
from cases.actor import Actor
from cases.geography import geography
from cases.models import EvidencePart, Incident, Phase, Run, StagedFile
from examiners import Examiner, Validator, examiners
from phases import bell
from phases.plan_runs import advance_plans

INDEX_PAUSE = timedelta(seconds=60)
LOOKS = 5
EXAMINE, INDEX, REPORT = "examine", "index", "report"


def advance(incident: Incident, *, by: Actor | None = None, only: Phase | None = None) -> list[Run]:
    """Make the runs that are due (of the phase ``only``, if it is given) and ring for them.

    ``by`` presses the button where ``auto_advance`` is off.
    """
    incident.refresh_from_db()
    if not incident.is_open:
        return []
    # A person has started the plan: its steps wait for no other button.
    asked = advance_plans(incident) if only in (None, Phase.COLLECTION) else []
    if not (incident.auto_advance or by):
        return asked
    actor = by or Actor.of_portal()
    orders = [order for order in due_at_once(incident) if only in (None, order.phase)]
    made = [request_run(incident=incident, order=order, by=actor) for order in orders]
    new = [run for run, is_new in made if is_new]
    for run in new:
        bell.ring_on_commit(run.queue)
    return [*asked, *new]


def due_at_once(incident: Incident) -> list[Order]:
    """What is due. A report is due only as of one moment: if the incident changed meanwhile, it is looked at again.

    A run that ended between two of the looks of ``due`` would else be followed by a report before its analysis.
    """
    for _ in range(LOOKS):
        incident.refresh_from_db()
        orders = due(incident)
        if not (orders and orders[-1].phase == Phase.REPORTING and has_changed(incident)):
            return orders
    return []  # it changes all the time, so something is at work; whatever ends it comes here again


def has_changed(incident: Incident) -> bool:
    """Something of the incident was written since ``incident`` was read."""
    return not Incident.objects.filter(pk=incident.pk, change=incident.change).exists()


def is_at_rest(incident: Incident) -> bool:
    """Nothing is at work, and nothing is due that goes on by itself, as of one moment."""
    incident.refresh_from_db()
    if incident.runs.active().exists():
        return False
    is_due = incident.is_open and incident.auto_advance and due(incident)
    return not is_due and not has_changed(incident)


def due(incident: Incident) -> list[Order]:
    """What is missing now. Nothing is due that would have to wait for something else that is."""
    parts = list(examinations_due(incident))
    index = [] if parts else list(index_due(incident))
    examinations = [*parts, *validations_due(incident), *index]
    return examinations or list(analyses_due(incident)) or list(report_due(incident))


def was_asked(incident: Incident, order: Order) -> bool:
    """The same work over the same inputs was asked for already, however it ended (a person may ask again)."""
    return incident.runs.filter(
        tool=order.tool, scope_hash=hash_of(order.scope), inputs_hash=order.inputs_hash
    ).exists()


def is_newest_asked(incident: Incident, order: Order) -> bool:
    """The newest run of the tool is over these inputs, however it ended; inputs that were so once may come back."""
    same = incident.runs.newest().filter(tool=order.tool, scope_hash=hash_of(order.scope))
    return same.filter(inputs_hash=order.inputs_hash).exists()


def is_busy(incident: Incident, *phases: Phase) -> bool:
    return incident.runs.filter(phase__in=phases, state__in=("queued", "running")).exists()


def tool_versions() -> dict[str, int]:
    return {tool.name: tool.version for tool in examiners if isinstance(tool, Examiner)}


def examinations_due(incident: Incident) -> Iterator[Order]:
    """One run for each part that the examiners as they are now have not seen."""
    versions = hash_of({"examiners": tool_versions()})
    have = set(incident.runs.filter(tool=EXAMINE).values_list("part", "inputs_hash"))
    parts = EvidencePart.objects.filter(evidence__incident=incident).values_list("pk", "sha256")
    inputs = {pk: hash_of({"part": sha256, "examiners": versions}) for pk, sha256 in parts}
    unseen = [pk for pk, hashed in inputs.items() if (pk, hashed) not in have]
    for part in EvidencePart.objects.filter(pk__in=unseen).select_related("evidence").order_by("pk"):
        yield Order(
            phase=Phase.EXAMINATION,
            tool=EXAMINE,
            title=f"Examine {part.evidence.short}, part {part.number}",
            scope={"exhibit": part.evidence.exhibit, "part": part.number},
            inputs_hash=inputs[part.pk],
            evidence=part.evidence,
            part=part,
        )


def validations_due(incident: Incident) -> Iterator[Order]:
    """Each validator once over all sealed exhibits, when nothing is being collected.

    One that still waits will see the newest parts too; what it should see by then is asked again behind it.
    """
    parts = sorted(EvidencePart.objects.filter(evidence__incident=incident).values_list("sha256", flat=True))
    if not parts or is_busy(incident, Phase.COLLECTION):
        return
    waiting = set(incident.runs.filter(state=Run.State.QUEUED).values_list("tool", flat=True))
    for tool in examiners:
        if isinstance(tool, Validator) and tool.name not in waiting:
            inputs = hash_of({"parts": parts, "version": tool.version})
            order = Order(Phase.EXAMINATION, tool.name, tool.title, {}, inputs)
            if not was_asked(incident, order):
                yield order


def staged_rows(incident: Incident) -> list[StagedFile]:
    """The staged files of the newest examinations, in a fixed order."""
    staged = StagedFile.objects.filter(incident=incident, run__is_newest=True, run__state=Run.State.COMPLETE)
    return list(staged.order_by("name"))


def staged_hash(staged: list[StagedFile]) -> str:
    return hash_of({"staged": [[row.name, row.sha256, row.rows] for row in staged]})


def index_due(incident: Incident) -> Iterator[Order]:
    """Index what is staged when all parts are examined; while collection goes on, at most once a minute."""
    if incident.runs.filter(tool=EXAMINE, state__in=("queued", "running")).exists():
        return
    if is_busy(incident, Phase.COLLECTION) and was_indexed_lately(incident):
        return
    if not incident.runs.filter(tool=EXAMINE, state=Run.State.COMPLETE).exists():
        return  # no part was examined; examined parts without any row make an empty index, so that analysis says so
    order = Order(Phase.EXAMINATION, INDEX, "Index events", {}, staged_hash(staged_rows(incident)))
    if not was_asked(incident, order):
        yield order


def was_indexed_lately(incident: Incident) -> bool:
    return incident.runs.filter(tool=INDEX, requested_at__gt=timezone.now() - INDEX_PAUSE).exists()


def analyses_due(incident: Incident) -> Iterator[Order]:
    """Each analyzer over the events, rules and indicators as they are, unless its newest run was over just these."""
    incident.refresh_from_db(fields=["events_manifest", "events_inputs", "indicators_inputs"])
    if not incident.events_manifest or is_busy(incident, Phase.EXAMINATION):
        return
    rules = rules_version()
    for tool in analyzers:
        order = Order(Phase.ANALYSIS, tool.name, tool.title, {}, inputs_of(incident, tool, rules))
        if not is_newest_asked(incident, order):
            yield order


def inputs_of(incident: Incident, tool: Analyzer, rules: str) -> str:
    """What an analysis depends on: the events, the rules, the analyzer itself, and whatever else it asks."""
    inputs: dict[str, Any] = {"events": incident.events_inputs, "rules": rules, "version": tool.version}
    if tool.asks_indicators:
        inputs["indicators"] = incident.indicators_inputs
    if tool.asks_geography and (identity := geography().identity()):
        inputs["geography"] = identity  # without databases everything is as it was before there could be any
    return hash_of(inputs)


def rules_version() -> str:
    """A hash over names and bytes of all rule files; cheap, because they are read again only when one changed."""
    folders = [Path(folder) for folder in settings.RULES_DIRS]
    files = [(str(folder), str(file)) for folder in folders for file in rule_files(folder)]
    missing = tuple(str(folder) for folder in folders if not folder.exists())
    return version_of_files(tuple((*pair, Path(pair[1]).stat().st_mtime_ns) for pair in files), missing)


@lru_cache(maxsize=4)
def version_of_files(files: tuple[tuple[str, str, int], ...], missing: tuple[str, ...]) -> str:
    digest = hashlib.sha256("".join(missing).encode())
    for folder, file, _ in files:
        digest.update(str(Path(file).relative_to(folder)).encode())
        digest.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return digest.hexdigest()


def report_due(incident: Incident) -> Iterator[Order]:
    """A draft once everything before it has ended and something of it is new."""
    if is_busy(incident, Phase.COLLECTION, Phase.EXAMINATION, Phase.ANALYSIS) or not incident.runs.newest().exists():
        return
    order = Order(Phase.REPORTING, REPORT, "Draft the report", {}, hash_of(report_inputs(incident)))
    if not was_asked(incident, order):
        yield order


def report_inputs(incident: Incident) -> dict[str, Any]:
    """What a report speaks of, as hashes: exhibits, events, results, gaps, and how each run ended."""
    runs = incident.runs.newest().exclude(phase=Phase.REPORTING).order_by("tool", "scope_hash")
    return {
        "evidence": list(incident.evidence.order_by("number").values_list("exhibit", "sha256")),
        "events": incident.events_inputs,
        "runs": [list(row) for row in runs.values_list("tool", "scope_hash", "inputs_hash", "result_hash", "state")],
        "gaps": incident.gaps.current().count(),
    }
