"""How ready the forensic environment is: every check now, or what the checks ask and need."""

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.actions.readiness import request_readiness
from cases.models import ReadinessRun
from operations.management.commands.investigate import make_ready, shell_actor
from phases.readiness import work
from plugins.text import visible
from readiness import Check, Outcome, Role, checks

NOT_READY = 3
COLUMNS = ("check", "what", "practice", "weight", "role", "IAM actions")
WORDS = {
    Outcome.PASSED: "passed",
    Outcome.PARTLY: "PARTLY",
    Outcome.FAILED: "FAILED",
    Outcome.NOT_KNOWN: "NOT KNOWN",
}


class Command(BaseCommand):
    """``manage.py readiness [--json]``: exit status 0 when every check passed, 3 otherwise."""

    requires_system_checks: list[str] = []  # a new embedded database is migrated first
    help = "Check the forensic environment against AWS Well-Architected SEC10-BP03."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--json", action="store_true", help="print one JSON object instead of words")
        what.add_argument("--checks", action="store_true", help="list the checks and what they need; ask nothing")
        needs = "print the IAM policy that this role needs; ask nothing"
        what.add_argument("--policy", choices=[str(role) for role in Role], help=needs)
        parser.add_argument("--as", dest="username", default="local", help="who is acting (default: local)")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["checks"] or options["policy"]:
            self.stdout.write(table() if options["checks"] else json.dumps(policy(Role(options["policy"])), indent=2))
            return
        make_ready()
        run = looked(options["username"])
        self.stdout.write(json.dumps(as_object(run), indent=2) if options["json"] else "\n".join(words_of(run)))
        if not run.is_ready:
            sys.exit(NOT_READY)


def looked(username: str) -> ReadinessRun:
    """Look in this process. Raises CommandError where a worker is at it already."""
    request_readiness(by=shell_actor(username))
    run = work()
    if run is None:
        raise CommandError("a worker is looking already; its result will be on the page Readiness", returncode=1)
    return run


def as_object(run: ReadinessRun) -> dict[str, Any]:
    times = {"started_at": run.started_at.isoformat(), "ended_at": run.ended_at.isoformat()}
    return {**times, "score": run.score, "passed": run.passed, "checks": run.checks, "results": run.results}


def words_of(run: ReadinessRun) -> list[str]:
    lines = [f"{run.passed} of {run.checks} checks pass; score {run.score} of 100"]
    for result in run.results:
        lines.append(f"{WORDS[Outcome(result['outcome'])]:<10} {result['title']}: {result['summary']}")
        lines += [f"{'':<10}   {line}" for line in reasons(result)]
    return lines


def reasons(result: dict[str, Any]) -> list[str]:
    """What did not pass, in AWS's words, and what to do."""
    seen = [one for one in result["observations"] if one["outcome"] != Outcome.PASSED]
    lines = [visible(f"{one['says']} {one['asked']}: {one['answered']}") for one in seen]
    return [*lines, f"Next: {result['todo']}"] if result["todo"] else lines


def policy(role: Role) -> dict[str, Any]:
    """What one of an account's two roles must allow so that every check can ask."""
    actions = sorted({action for check in checks if role in check.roles for action in check.permissions})
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}


def table() -> str:
    """A Markdown table of all checks, as docs/readiness.md holds it."""
    return "\n".join(line(cells) for cells in (COLUMNS, ("---",) * len(COLUMNS), *map(cells_of, checks)))


def line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def cells_of(check: Check) -> tuple[str, ...]:
    actions = ", ".join(f"`{action}`" for action in check.permissions) or "none"
    roles = ", ".join(check.roles) or "none"
    return f"`{check.name}`", check.title, check.practice, str(check.weight), roles, actions
