"""The detection rules that are asked, and whether a folder of rules of one's own can be."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analyzers.coverage.pages import page
from analyzers.sigma import OWN, Rule, RuleError, RulePack, load_rules, refused
from plugins.text import counted, visible

COLUMNS = ("rule", "level", "techniques", "file", "author", "licence")


class Command(BaseCommand):
    """``manage.py rules [--check DIR ... | --coverage]``: exit status 1 where a file of the folders cannot be used."""

    requires_system_checks: list[str] = []  # rules need no database
    help = "List the detection rules, or say of every file in folders of Sigma rules whether it can be used."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        checked = "folders or files of Sigma rules, as for the setting RULES_DIRS"
        what.add_argument("--check", nargs="+", type=Path, metavar="DIR", help=checked)
        what.add_argument("--coverage", action="store_true", help="the techniques that our rules see, as Markdown")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["coverage"]:
            self.stdout.write(page(load_rules(OWN).rules))
            return
        if not options["check"]:
            self.stdout.write(table(load_rules(*map(Path, settings.RULES_DIRS))))
            return
        pack = load_rules(*options["check"])
        errors = [*pack.errors, *refused(pack.rules)]
        self.stdout.write("\n".join(map(visible, report(pack, errors))))
        if errors:
            raise CommandError(f"{len(errors)} cannot be used; the rest would be asked all the same", returncode=1)


def report(pack: RulePack, errors: list[RuleError]) -> Iterator[str]:
    """A line for every rule and every file that is none, then how many of each."""
    broken = {error.path for error in errors}
    for rule in pack.rules:
        if rule.source not in broken:
            yield f"ok     {rule.source}: {rule.title} ({rule.level})"
    for error in errors:
        yield f"ERROR  {error.path}: {error.reason}"
    for name in pack.elsewhere:
        yield f"other  {name}: for other logs than CloudTrail, never asked"
    wrong = f"{counted(len(errors), 'file')} with errors"
    yield f"{counted(len(pack.rules), 'rule')}, {wrong}, {len(pack.elsewhere)} for other logs"


def table(pack: RulePack) -> str:
    rows = [COLUMNS, ("---",) * len(COLUMNS), *map(cells_of, pack.rules)]
    return "\n".join(f"| {' | '.join(visible(cell).replace('|', '/') for cell in row)} |" for row in rows)


def cells_of(rule: Rule) -> tuple[str, ...]:
    return rule.title, rule.level, ", ".join(rule.techniques), rule.source, rule.author, rule.licence
