"""Which jurisdiction's evidence may lie in which place, for every incident: allowed, listed, withdrawn."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.actions.places import allow_policy, withdraw_policy
from cases.models import Policy
from cases.places import WrongPlaces, all_places, jurisdictions, unknown
from operations.management.commands.investigate import make_ready, shell_actor


class Command(BaseCommand):
    """``manage.py policy [list | allow JURISDICTION PLACE | withdraw JURISDICTION PLACE] --reason ...``."""

    requires_system_checks: list[str] = []  # a new embedded database is migrated first
    help = "Say which jurisdiction's evidence may lie in which place; the portal's log keeps who said it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", metavar="list | allow | withdraw")
        verbs.add_parser("list", help="all policies, also withdrawn ones, and what there is to allow (default)")
        for verb, help_text in (("allow", "let it lie there"), ("withdraw", "let no more come there")):
            made = verbs.add_parser(verb, help=help_text)
            made.add_argument("jurisdiction", help="as accounts are registered with it, or local")
            made.add_argument("place", help="a name of VAULT_URL, or ACCOUNT/REGION of a forensics account")
            made.add_argument("--reason", required=True, help="why; it goes into the portal's log")
            made.add_argument("--as", dest="username", default="local", help="who is acting (default: local)")

    def handle(self, *_: Any, **options: Any) -> None:
        make_ready()
        try:
            {"allow": self.allow, "withdraw": self.withdraw}.get(options["verb"], self.list)(options)
        except WrongPlaces as problem:
            raise CommandError(str(problem)) from problem

    def list(self, _: dict[str, Any]) -> None:
        for policy in Policy.objects.for_lists():
            self.stdout.write(line_of(policy))
        self.stdout.write(f"jurisdictions: {', '.join(jurisdictions())}")
        self.stdout.write(f"places: {', '.join(all_places())}")

    def allow(self, given: dict[str, Any]) -> None:
        if problem := unknown(given["jurisdiction"], given["place"]):
            raise CommandError(problem)
        policy = allow_policy(
            jurisdiction=given["jurisdiction"],
            place=given["place"],
            reason=given["reason"],
            by=shell_actor(given["username"]),
        )
        self.stdout.write(line_of(policy))

    def withdraw(self, given: dict[str, Any]) -> None:
        policy = Policy.objects.standing().filter(jurisdiction=given["jurisdiction"], place=given["place"]).first()
        if policy is None:
            raise CommandError(f"no policy allows {given['jurisdiction']} to {given['place']}; see `manage.py policy`")
        withdraw_policy(policy=policy, reason=given["reason"], by=shell_actor(given["username"]))
        self.stdout.write(line_of(Policy.objects.for_lists().get(pk=policy.pk)))


def line_of(policy: Policy) -> str:
    made = f"{policy.jurisdiction} to {policy.place}, by {policy.made_by.shown_name} {policy.made_at:%Y-%m-%d}"
    if policy.withdrawn_at is None or policy.withdrawn_by is None:
        return f"{made}: {policy.reason}"
    ended = f"withdrawn by {policy.withdrawn_by.shown_name} {policy.withdrawn_at:%Y-%m-%d}: {policy.withdrawn_reason}"
    return f"{made}; {ended}"
