"""The demo: a simulated organisation, an attack in it, and the portal that investigates it."""

import argparse
import json
import os
import secrets
import socket
import sys
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cases.actions.incidents import set_member
from cases.actor import Actor
from cases.models import AwsAccount, Membership, User
from operations import investigation, lock, portal, progress, tables
from operations.supervisor import Service, StartFailed
from phases import readiness
from phases.requests import request_role_checks
from simulation import scenario
from simulation.people import ask_for_report, hand_over_indicators, tell


class Command(BaseCommand):
    """``manage.py demo``: started by ``python -m simulation.demo``, which sets its environment."""

    help = "Play an attack in a simulated AWS organisation and investigate it."
    requires_system_checks: list[str] = []  # the database is migrated first

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--exit", action="store_true", help="end after the summary; status 0: all work complete")
        parser.add_argument("--port", type=int, default=8000, help="where the web server answers (default: 8000)")

    def handle(self, *_: Any, **options: Any) -> None:
        if not settings.SIMULATION:
            raise CommandError("start it with `make demo`: it needs an environment of its own")
        try:
            with lock.held(settings.DATA_DIR, "demo"):
                status = self.perform(options)
        except (StartFailed, lock.Held) as problem:
            raise CommandError(str(problem)) from problem
        sys.exit(status)

    def perform(self, options: dict[str, Any]) -> int:
        cloud = simulated_aws()
        os.environ["AWS_ENDPOINT_URL"] = endpoint = f"http://127.0.0.1:{cloud[1]}"
        self.stdout.write("starting broker, simulated AWS, web server, workers and beat ...")
        plan = portal.Plan(options["port"], (cloud[0],), tables.migrate, {"AWS_ENDPOINT_URL": endpoint})
        with portal.running(plan, self.stdout.write) as running:
            return self.investigate(running, is_ending=options["exit"])

    def investigate(self, running: portal.Portal, *, is_ending: bool) -> int:
        facts = json.loads((settings.DATA_DIR / "simulation" / "organisation.json").read_text())
        people = make_people()
        register(facts)
        ida, rin = people["ida"][0], people["rin"][0]
        incident = scenario.open_incident_for(facts, ida)
        set_member(incident=incident, user=rin, role=Membership.Role.RESPONDER, by=Actor(ida))
        self.stdout.write(f"{running.url} shows it already: ida / {people['ida'][1]}   rin / {people['rin'][1]}")
        hand_over_indicators(incident, datetime.fromisoformat(facts["attack"][1]), rin)
        scenario.collect_all(incident, facts, rin)
        progress.follow(incident, Watch(running), self.stdout.write)
        scenario.acknowledge_known(incident, facts, ida)
        tell(incident, facts, ida, rin)
        ask_for_report(incident, rin)
        progress.follow(incident, Watch(running), self.stdout.write)
        if not is_ending:
            ask_what_nobody_waits_for(Actor(ida))
        outcome = investigation.outcome_of(incident, None)
        self.stdout.write(f"\n{investigation.summary(outcome)}\n")
        unknown = scenario.unexpected(incident, facts)
        for problem in unknown:
            self.stdout.write(f"NOT EXPECTED: {problem}")
        self.stdout.write(f"Open {running.url}incidents/{incident.reference}/")
        self.stdout.write(
            f"Sign in as ida (commander) with {people['ida'][1]} or as rin (responder) with {people['rin'][1]}"
        )
        self.stdout.write(f"For other commands over this demo set DATA_DIR={settings.DATA_DIR}")
        if is_ending:
            return 1 if unknown else 0
        self.stdout.write("Ctrl-C stops everything.")
        running.supervisor.wait()
        return 0


def ask_what_nobody_waits_for(by: Actor) -> None:
    """Workers look whether the organisation is ready, and try each role."""
    readiness.ask(by)
    request_role_checks(accounts=list(AwsAccount.objects.all()), by=by)


class Watch:
    """Lets the progress of the demo keep an eye on its processes."""

    def __init__(self, running: portal.Portal) -> None:
        self.running = running

    def check(self) -> None:
        self.running.supervisor.check()
        if self.running.supervisor.is_stopping:
            raise StartFailed("asked to stop before the four phases were complete")


def simulated_aws() -> tuple[Service, int]:
    """The service of the simulated AWS and its port; it is ready when its organisation stands."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = settings.DATA_DIR / "simulation"
    command = [sys.executable, "-m", "simulation", "--data", str(folder), "--port", str(port)]
    env = {"PYTHONPATH": str(portal.ROOT)}
    return Service("aws", command, ready=(folder / "organisation.json").exists, env=env), port


def make_people() -> dict[str, tuple[User, str]]:
    """Ida, who commands and runs the portal, and Rin, who responds, each with a password of this demo's own."""
    named = {"ida": ("Ida", "Moreau"), "rin": ("Rin", "Tanaka")}
    people = {}
    for username, (first, last) in named.items():
        password = secrets.token_urlsafe(9)
        user = User.objects.create_user(username, password=password, first_name=first, last_name=last)
        people[username] = (user, password)
    ida = people["ida"][0]
    ida.is_staff = True  # a small team: who commands also looks after the machine
    ida.save(update_fields=["is_staff"])
    return people


def register(facts: dict[str, Any]) -> None:
    for row in facts["accounts"]:
        AwsAccount.objects.create(**row)
    scenario.allow_places()
