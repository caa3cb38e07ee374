"""Find the accounts of an AWS organisation and register them."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.actions.accounts import Organisation, Taken
from operations.management.commands.investigate import make_ready, shell_actor
from phases.organisation import Entrance, discover
from plugins import NotReady, Refused


class Command(BaseCommand):
    """``manage.py organisation discover``: exit 0 when all was seen, 3 when AWS did not tell everything."""

    requires_system_checks: list[str] = []  # a new embedded database is migrated first
    help = "Walk an AWS organisation and register its accounts; what a person typed stays."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("what", choices=["discover"], help="walk the organisation")
        parser.add_argument("--role", default="", metavar="ARN", help="whose eyes to use (default: the portal's own)")
        parser.add_argument("--external-id", default="", help="as the role's trust policy wants it")
        parser.add_argument("--home", default="us-east-1", metavar="REGION", help="where STS is asked")
        parser.add_argument("--region", dest="regions", nargs="+", default=(), metavar="REGION", help="regions in use")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a summary")
        parser.add_argument("--as", dest="username", default="local", help="who is acting (default: local)")

    def handle(self, *_: Any, **options: Any) -> None:
        make_ready()
        entrance = Entrance(options["home"], options["role"], options["external_id"], tuple(options["regions"]))
        try:
            organisation, taken = discover(entrance, shell_actor(options["username"]))
        except (Refused, NotReady) as problem:
            raise CommandError(str(problem)) from problem
        said = outcome_of(organisation, taken)
        self.stdout.write(json.dumps(said, indent=2) if options["json"] else "\n".join(lines_of(said)))
        if organisation.gaps:
            raise SystemExit(3)


def outcome_of(organisation: Organisation, taken: Taken) -> dict[str, Any]:
    return {
        "organisation": organisation.id,
        "accounts": len(organisation.accounts),
        "added": list(taken.added),
        "changed": {number: sorted(fields) for number, fields in taken.changed.items()},
        "gone": list(taken.gone),
        "not_seen": [{"what": gap.subject, "why": gap.detail} for gap in organisation.gaps],
    }


def lines_of(said: dict[str, Any]) -> list[str]:
    changed = [f"changed  {number}: {', '.join(fields)}" for number, fields in said["changed"].items()]
    return [
        f"organisation {said['organisation']}, accounts: {said['accounts']}",
        *(f"added    {number}" for number in said["added"]),
        *changed,
        *(f"gone     {number}: no longer named by AWS; what was collected there stays" for number in said["gone"]),
        *(f"not seen {gap['what']}: {gap['why']}" for gap in said["not_seen"]),
        "`manage.py account` lists them with their ExternalIds; `manage.py roles` tries their roles",
    ]
