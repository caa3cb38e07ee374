"""Try the roles by which the portal enters accounts, and say what is missing."""

import argparse
import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cases.models import AwsAccount, RoleCheck
from cases.role_words import problems_of, state_of
from operations.management.commands.investigate import make_ready, shell_actor
from phases.role_checks import check_roles
from plugins import Refused

WORDS = {"ok": "works", "warn": "works, but", "failed": "DOES NOT WORK"}


class Command(BaseCommand):
    """``manage.py roles [ACCOUNT ...]``: exit 0 when every role is sound, 3 when something is missing or not known."""

    requires_system_checks: list[str] = []  # a new embedded database is migrated first
    help = "Try the roles of the accounts (default: all) and say what is missing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="twelve digits each (default: all)")
        parser.add_argument("--json", action="store_true", help="print one JSON list instead of words")
        parser.add_argument("--as", dest="username", default="local", help="who is acting (default: local)")

    def handle(self, *_: Any, **options: Any) -> None:
        make_ready()
        chosen = accounts_named(options["accounts"])
        try:
            checks = check_roles(chosen, shell_actor(options["username"]))
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        said = [outcome_of(check) for check in checks]
        self.stdout.write(json.dumps(said, indent=2) if options["json"] else "\n".join(map(words_of, said)))
        if any(outcome["state"] != "ok" for outcome in said):
            raise SystemExit(3)


def accounts_named(numbers: list[str]) -> list[AwsAccount]:
    """Raises CommandError naming what is not registered."""
    if not numbers:
        return list(AwsAccount.objects.exclude(status=AwsAccount.Status.GONE))
    found = list(AwsAccount.objects.filter(account__in=numbers))
    if unknown := set(numbers) - {account.account for account in found}:
        raise CommandError(f"not registered: {', '.join(sorted(unknown))}; `manage.py account` lists those that are")
    return found


def outcome_of(check: RoleCheck) -> dict[str, Any]:
    problems = problems_of(check, is_simulated=settings.SIMULATION)
    return {
        "account": check.account.account,
        "name": check.account.name,
        "role": check.role,
        "arn": check.role_arn,
        "state": state_of(check, problems),
        "problems": [{"what": problem.words, "remedy": problem.remedy} for problem in problems],
        "missing_actions": check.missing_actions,
        "aws_said": check.said,
        "checked_at": check.checked_at.isoformat(),
    }


def words_of(said: dict[str, Any]) -> str:
    lines = [f"{said['account']}  {said['name']}  {said['role']} role {WORDS[said['state']]}"]
    lines += [f"    {problem['what']} {problem['remedy']}" for problem in said["problems"]]
    return "\n".join([*lines, *([f"    AWS said: {said['aws_said']}"] if said["aws_said"] else [])])
