"""CloudFormation templates for the organisation: roles, units, policies, evidence buckets."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations.stacks.catalogue import texts


class Command(BaseCommand):
    """``manage.py templates [NAME | --output DIR]``: list them, print one, or write all of them."""

    help = "Print or write the CloudFormation templates, made from what the installed sources declare."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", metavar="NAME", help="print this one (default: list them)")
        parser.add_argument("--output", type=Path, metavar="DIR", help="write all of them there")

    def handle(self, *_: Any, **options: Any) -> None:
        made = texts()
        if options["output"]:
            self.write_all(options["output"], made)
        elif options["name"] is None:
            self.stdout.write("\n".join(made))
        elif options["name"] in made:
            self.stdout.write(made[options["name"]], ending="")
        else:
            raise CommandError(f"there is no template {options['name']}; there are: {', '.join(made)}")

    def write_all(self, folder: Path, made: dict[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (folder / name).write_text(text)
            self.stdout.write(str(folder / name))
