"""Rehearse a collection with an instance that is there for it."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations.management.commands.investigate import make_ready, shell_actor
from phases.rehearsal import rehearse
from plugins import Refused


class Command(BaseCommand):
    """``manage.py rehearse ACCOUNT INSTANCE --region REGION``: the workers of a running portal do the rest."""

    requires_system_checks: list[str] = []  # a new embedded database is migrated first
    help = "Open an incident that is an exercise and collect snapshots of a test instance in it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("account", metavar="ACCOUNT", help="twelve digits; a registered account")
        parser.add_argument("instance", metavar="INSTANCE", help="a test instance: its disks are snapshotted")
        parser.add_argument("--region", required=True, help="where the instance runs")
        parser.add_argument("--as", dest="username", default="local", help="who is acting (default: local)")

    def handle(self, *_: Any, **options: Any) -> None:
        make_ready()
        asked = {name: options[name] for name in ("account", "instance", "region")}
        try:
            incident, run = rehearse(**asked, by=shell_actor(options["username"]))
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{incident.reference}, run r{run.pk}: the check “rehearsal” counts it once it has ended")
