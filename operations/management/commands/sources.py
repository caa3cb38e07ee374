"""Which evidence sources there are, and the IAM policy that a role needs for them."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collectors import Source, sources
from plugins import UnknownName

COLUMNS = ("source", "what", "role", "resources", "IAM actions")


class Command(BaseCommand):
    """``manage.py sources [--policy [NAME ...]]``: a Markdown table, or one IAM policy as JSON."""

    help = "List the evidence sources, or print the IAM policy that a role needs for them."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--policy", nargs="*", metavar="NAME", help="the IAM policy for these sources (default: all)"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if options["policy"] is None:
            self.stdout.write(table())
            return
        try:
            chosen = [sources.get(name) for name in options["policy"]] or list(sources)
        except UnknownName as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(json.dumps(policy_of(chosen), indent=2))


def policy_of(chosen: list[Source]) -> dict[str, Any]:
    """What a role must allow so that the chosen sources can be collected; resources are for the account to narrow."""
    actions = sorted({action for source in chosen for action in (*source.permissions, *source.permissions_there)})
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}


def table() -> str:
    """A Markdown table of all sources, as docs/sources.md holds it."""
    return "\n".join(line(cells) for cells in (COLUMNS, ("---",) * len(COLUMNS), *map(cells_of, sources)))


def line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def cells_of(source: Source) -> tuple[str, ...]:
    actions = ", ".join(f"`{action}`" for action in source.permissions) or "none"
    if source.permissions_there:
        actions += f"; in the forensics account {', '.join(f'`{action}`' for action in source.permissions_there)}"
    return f"`{source.name}`", source.title, role_of(source), source.resources or "none", actions


def role_of(source: Source) -> str:
    """Which role of which account a collection enters."""
    if not source.needs_aws:
        return "none"
    kind = "acquire" if source.acts else "read"
    there = " and forensics account" if source.permissions_there else ""
    return f"{kind}, {source.enters.replace('_', ' ')}{there}"
