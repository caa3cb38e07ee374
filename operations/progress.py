"""Follow an incident from the shell until its four phases stand still."""

import time
from collections.abc import Callable
from typing import Protocol

from cases.board import PhaseState, WorkState, board
from cases.models import Incident
from phases import next_steps, runs
from plugins.text import counted

POLL = 0.2  # seconds
SWEEP = 5.0  # seconds; beat does it where it runs, this keeps a lone worker going


class Watched(Protocol):
    """Whoever does the work while it is followed."""

    def check(self) -> None: ...


def follow(incident: Incident, workers: Watched, say: Callable[[str], object]) -> None:
    """Print a line whenever something moved; returns when nothing is queued or running any more."""
    last, swept, change = "", time.monotonic(), -1
    states: list[PhaseState] = []
    while True:
        if (now := changes_of(incident)) != change:
            change, states = now, board(incident)
            line = " | ".join(words(state) for state in states)
            if line != last:
                say(line)
                last = line
        if is_settled(incident, states):
            return
        workers.check()
        if time.monotonic() - swept > SWEEP:
            runs.sweep()
            swept = time.monotonic()
        time.sleep(POLL)


def changes_of(incident: Incident) -> int:
    """How often anything about the incident was written: one value, where the board takes the workers' time."""
    return Incident.objects.values_list("change", flat=True).get(pk=incident.pk)


def is_settled(incident: Incident, states: list[PhaseState]) -> bool:
    """Nothing is at work or due, and reporting, the last step, has been asked for."""
    is_idle = all(state.work != WorkState.IN_PROGRESS for state in states)
    return is_idle and states[-1].work != WorkState.NOT_STARTED and next_steps.is_at_rest(incident)


def words(state: PhaseState) -> str:
    units = f"{state.units_done}/{state.units_planned}"
    gaps = f" {counted(state.gaps, 'gap')}" if state.gaps else ""
    return f"{state.phase.label} {units}{gaps}"
