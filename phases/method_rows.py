"""Which tools made what a report speaks of, and their versions."""

import tomllib
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from analyzers import analyzers
from cases.models import LEADS, Answer, Incident, Phase, Run
from collectors import sources
from examiners import examiners

PROJECT = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = f"portal {PROJECT['version']}"


def method_rows(incident: Incident) -> Iterator[dict[str, Any]]:
    """The tools that were run, each once, with version and how its runs ended; without one of its own, the portal's."""
    runs = incident.runs.newest().exclude(phase="reporting").order_by("pk")
    versions = {tool.name: str(tool.version) for tool in [*examiners, *analyzers]}
    titles = {tool.name: tool.title for tool in [*sources, *examiners, *analyzers]}
    by_tool: dict[str, list[Run]] = {}
    for run in runs:
        by_tool.setdefault(run.tool, []).append(run)
    for name, same in by_tool.items():
        done = sum(run.state == Run.State.COMPLETE for run in same)
        yield {
            "phase": same[0].get_phase_display(),
            "name": name,
            "version": versions.get(name, OURS),
            "detail": f"{titles.get(name, name)}: {done} of {len(same)} runs complete",
        }
    yield from database_rows(incident)


def database_rows(incident: Incident) -> Iterator[dict[str, Any]]:
    """The databases of addresses that the leads were made with: the analysis answers by name and hash for each."""
    newest = Answer.objects.filter(run__incident=incident, run__is_newest=True, run__tool=LEADS)
    for asked in newest.exclude(question=LEADS).exclude(version="").order_by("question"):
        yield {
            "phase": str(Phase.ANALYSIS.label),
            "name": asked.question,
            "version": asked.version,
            "detail": f"country and network of {asked.matches:,} addresses; the version is the file's SHA-256",
        }
