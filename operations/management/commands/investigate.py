"""All four phases over a folder, archive or file of AWS logs, from the shell."""

import argparse
import getpass
import json
import socket
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from analyzers.stix import MOST_BYTES, Reading, Unreadable, read_file
from cases.actions.incidents import Particulars, open_incident
from cases.actor import Actor
from cases.models import Incident, User
from operations import investigation, progress, tables
from operations.workers import Workers
from phases.indicators import Intake, take_in
from phases.requests import Wish, request_collection
from plugins import Refused
from plugins.text import visible

STOPPED = 130  # as shells say of a process that Ctrl-C ended
DESCRIPTION = "Opened by the command investigate."


class Command(BaseCommand):
    """``manage.py investigate PATH``: exit 0 without gaps, 3 complete with gaps or quarantine, 1 failed, 2 usage."""

    help = "Open an incident over PATH and run collection, examination, analysis and reporting."
    requires_system_checks: list[str] = []  # the embedded database is migrated first

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("path", type=named, help="a folder, archive or file of AWS logs")
        parser.add_argument("--title", help="the incident's title (default: the path's name)")
        parser.add_argument("--report", type=Path, metavar="FILE.pdf", help="where to write the report")
        parser.add_argument(
            "--indicators",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            help="known indicators: a STIX 2.1 bundle or a CSV with a column value; may be given repeatedly",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a summary")
        parser.add_argument("--as", dest="username", default="local", help="who is acting (default: local)")

    def handle(self, *_: Any, **options: Any) -> None:
        check(options)
        lists = [read_list(path) for path in options["indicators"]]
        make_ready()
        actor = shell_actor(options["username"])
        incident = opened(options, actor)
        intakes = [self.handed_over(incident, one, actor) for one in lists]
        try:
            with Workers(self.stderr.write) as workers:
                request_collection(incident=incident, wish=wish_of(options["path"]), by=actor)
                progress.follow(incident, workers, self.stderr.write)
        except KeyboardInterrupt:
            self.stderr.write(f"stopped; what was made of {incident} stays, and goes on with `manage.py run`")
            sys.exit(STOPPED)
        outcome = investigation.outcome_of(incident, options["report"])
        outcome["indicators"] = [investigation.intake_of(intake) for intake in intakes]
        self.stdout.write(json.dumps(outcome, indent=2) if options["json"] else investigation.summary(outcome))
        if status := investigation.exit_status(incident):
            sys.exit(status)

    def handed_over(self, incident: Incident, reading: Reading, actor: Actor) -> Intake:
        try:
            intake = take_in(incident=incident, reading=reading, by=actor)
        except Refused as problem:
            raise CommandError(f"{reading.origin}: {problem}") from problem
        self.stderr.write(investigation.intake_words(intake))
        return intake


def make_ready() -> None:
    """A new embedded database gets its tables by itself; a shared one is migrated by whoever runs it."""
    if connection.vendor == "sqlite":
        tables.migrate()


def check(options: dict[str, Any]) -> None:
    """Usage errors, before anything is made: exit status 2."""
    if problem := why_not(options["path"]):
        raise CommandError(f"{visible(str(options['path']))} {problem}", returncode=2)
    if (report := options["report"]) and not report.resolve().parent.is_dir():
        raise CommandError(f"{report.parent} is not a folder; make it first or choose another place", returncode=2)


def why_not(path: Path) -> str:
    """Empty for a path that can be investigated; else what is wrong with it, and the remedy."""
    try:
        str(path).encode()
        return "" if path.exists() else "does not exist; name a folder, archive or file"
    except UnicodeEncodeError:
        return "has a name that is not UTF-8; rename it, or name the folder that it lies in"
    except OSError as problem:
        return f"cannot be looked at ({problem.strerror}); name a folder, archive or file"


def named(text: str) -> Path:
    """An empty name is what an unset variable of a shell leaves, and would mean the folder one happens to be in."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty; name a folder, archive or file")
    return Path(text)


def read_list(path: Path) -> Reading:
    """A list of indicators; one that cannot be read is a usage error."""
    try:
        with path.open("rb") as stream:
            return read_file(stream.read(MOST_BYTES + 1), path.name, timezone.now())
    except (OSError, Unreadable) as problem:
        raise CommandError(f"{path} cannot be read as indicators: {problem}", returncode=2) from problem


def shell_actor(username: str) -> Actor:
    """Who acts: the portal user, with the login and host of the shell in each entry."""
    user, is_new = User.objects.get_or_create(username=username, defaults={"first_name": username.title()})
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return Actor(user, "shell", f"{user.shown_name} ({getpass.getuser()}@{socket.gethostname()})")


def opened(options: dict[str, Any], actor: Actor) -> Incident:
    title = options["title"] or options["path"].resolve().name or "investigation"
    incident, _ = open_incident(particulars=Particulars(title[:300], DESCRIPTION), by=actor)
    return incident


def wish_of(path: Path) -> Wish:
    return Wish(source="folder", resources=(str(path.resolve()),), is_trusted=True)
