"""Check that the custody logs are whole and in order."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.custody_check import Checked, check, check_all, names
from custody import PROVES
from plugins.text import counted, visible


class Command(BaseCommand):
    """``manage.py verify_custody [LOG ...]``: exit 0 when every log is whole and in order, 1 when one is not.

    An incident without its log, or without the entries in it, is not in order.
    """

    help = "Recompute every custody log (or the named ones) and say whether it is whole and in order."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("log", nargs="*", help="an incident's reference, or portal (default: all logs)")

    def handle(self, *_: Any, **options: Any) -> None:
        for name in set(options["log"]) - names():
            raise CommandError(f"there is no custody log {name!r}; name an incident's reference, or portal")
        checked = [check(name) for name in options["log"]] or list(check_all())
        for one in checked:
            self.report(one)
        self.stdout.write(f"\n{PROVES}")
        if any(one.problems for one in checked):
            sys.exit(1)

    def report(self, checked: Checked) -> None:
        verdict = "NOT in order" if checked.problems else "whole and in order"
        head = f"{checked.log}: {counted(checked.size, 'entry', 'entries')}, root {checked.root}"
        self.stdout.write(f"{visible(head)}: {verdict}")
        for problem in checked.problems:
            where = f"entry {problem.seq}" if problem.seq else "the log"
            self.stdout.write(f"  {where}: {problem.kind}: {visible(problem.detail)}")
