"""Register an AWS account with the roles by which the portal may enter it, or list the accounts there are."""

import argparse
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from cases.actions.accounts import register_account
from cases.models import AwsAccount
from operations.management.commands.investigate import make_ready, shell_actor

LISTS = ("regions", "trail_buckets")
LAWS = ("jurisdiction", "region_jurisdictions")
FIELDS = ("name", "kind", *LISTS, *LAWS, "read_role_arn", "acquire_role_arn", "external_id")


class Command(BaseCommand):
    """``manage.py account [NUMBER --name ...]``: what is given is set, the rest stays; the portal's log keeps it."""

    requires_system_checks: list[str] = []  # a new embedded database is migrated first
    help = "Register or change an AWS account, or list them all."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("account", nargs="?", metavar="NUMBER", help="twelve digits (default: list all accounts)")
        parser.add_argument("--name", help="what people call it")
        parser.add_argument("--kind", choices=AwsAccount.Kind.values, help="what it is for (default: workload)")
        parser.add_argument("--region", dest="regions", nargs="+", metavar="REGION", help="regions in use")
        buckets = "where its trails deliver: bucket or bucket/prefix"
        parser.add_argument("--bucket", dest="trail_buckets", nargs="+", metavar="BUCKET", help=buckets)
        parser.add_argument("--jurisdiction", help="whose law its evidence is under (default: local)")
        of_region = "regions under another law, such as eu-central-1=eu"
        parser.add_argument(
            "--region-jurisdiction", dest="region_jurisdictions", type=pair, nargs="+", metavar="R=J", help=of_region
        )
        parser.add_argument("--read-role", dest="read_role_arn", metavar="ARN", help="the role that looks")
        parser.add_argument("--acquire-role", dest="acquire_role_arn", metavar="ARN", help="the role that may snapshot")
        parser.add_argument("--external-id", help="as the roles' trust policies want it (default: a new one)")
        parser.add_argument("--as", dest="username", default="local", help="who is acting (default: local)")

    def handle(self, *_: Any, **options: Any) -> None:
        make_ready()
        if options["account"] is None:
            for account in AwsAccount.objects.all():
                self.describe(account)
            return
        given = {name: options[name] for name in FIELDS if options[name] is not None}
        if "region_jurisdictions" in given:
            given["region_jurisdictions"] = dict(given["region_jurisdictions"])
        try:
            by = shell_actor(options["username"])
            self.describe(register_account(number=options["account"], values=given, by=by))
        except ValidationError as problem:
            raise CommandError(
                "; ".join(f"{name}: {' '.join(words)}" for name, words in problem.message_dict.items())
            ) from problem

    def describe(self, account: AwsAccount) -> None:
        self.stdout.write(f"{account.account}  {account.kind}  {account.name}  {' '.join(account.regions)}")
        regions = (f"{region} {name}" for region, name in account.region_jurisdictions.items())
        facts = {
            "status": account.status,
            "units": account.ou_path,
            "jurisdiction": ", ".join((account.jurisdiction, *regions)),
            "read role": account.read_role_arn,
            "acquire role": account.acquire_role_arn,
            "ExternalId": account.external_id,
            "buckets": " ".join(account.trail_buckets),
        }
        for label, value in facts.items():
            self.stdout.write(f"  {label}: {value or 'none'}")


def pair(text: str) -> tuple[str, str]:
    """REGION=JURISDICTION. Raises ArgumentTypeError."""
    region, _, jurisdiction = text.partition("=")
    if not region or not 0 < len(jurisdiction) <= 32:
        raise argparse.ArgumentTypeError(f"{text!r} is not REGION=JURISDICTION, such as eu-central-1=eu")
    return region, jurisdiction
