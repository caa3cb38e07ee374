"""The same questions once more over the same events: whoever has them gets the same result, hash for hash."""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzers import analyzers
from analyzers.results import result_hash
from cases.models import Incident, Phase, Run
from phases.analysis import material_of
from phases.next_steps import inputs_of, rules_version

SAME, DIFFERENT, CHANGED = "same", "different", "changed"


@dataclass(frozen=True, slots=True)
class Replay:
    """One analysis: its recorded result hash, and that of the replay.

    ``state`` is same, different, or changed: its events, rules, indicators, databases of addresses or analyzer are
    others by now, so that it cannot be compared.
    """

    run: Run
    state: str
    recorded: str
    found: str = ""


def replays(incident: Incident) -> Iterator[Replay]:
    """Every newest complete analysis, asked again; nothing is written. Raises Refused where there are no events."""
    incident.refresh_from_db(fields=["events_manifest", "events_inputs", "indicators_inputs"])
    version = rules_version()
    material = material_of(incident, version)
    runs = incident.runs.newest().of(Phase.ANALYSIS).filter(state=Run.State.COMPLETE)
    for run in runs.order_by("tool"):
        tool = analyzers.all().get(run.tool)
        if tool is None or run.inputs_hash != inputs_of(incident, tool, version):
            yield Replay(run, CHANGED, run.result_hash)
            continue
        found = result_hash(tool.analyze(material))
        yield Replay(run, SAME if found == run.result_hash else DIFFERENT, run.result_hash, found)
