"""Ask every analysis of an incident again, and compare."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.models import Incident
from phases.replays import CHANGED, DIFFERENT, Replay, replays
from plugins import Refused

WORDS = {
    CHANGED: "its events, rules, indicators or analyzer are others by now: nothing to compare; analyse again",
    DIFFERENT: "NOT the result that was recorded",
}


class Command(BaseCommand):
    """``manage.py replay REFERENCE``: exit status 0 same, 1 a result differs, 3 inputs have changed since."""

    help = "Ask every analysis of an incident again over the same events, and compare the hashes of the results."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("reference", help="the incident, such as FP-2026-000001")

    def handle(self, *_: Any, **options: Any) -> None:
        incident = Incident.objects.filter(reference=options["reference"]).first()
        if incident is None:
            raise CommandError(f"there is no incident {options['reference']}", returncode=2)
        try:
            done = [self.told(replay) for replay in replays(incident)]
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        states = {replay.state for replay in done}
        self.stdout.write(f"events {incident.events_inputs}")
        if DIFFERENT in states:
            sys.exit(1)
        if CHANGED in states:
            sys.exit(3)

    def told(self, replay: Replay) -> Replay:
        words = WORDS.get(replay.state, "the same result")
        self.stdout.write(f"{replay.state:10} {replay.run.tool:14} {replay.found or replay.recorded}  {words}")
        return replay
