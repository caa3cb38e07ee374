"""Hash every part of evidence in the vault anew, and say which is not what was stored."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.actions.evidence import mark_integrity_failed
from cases.actor import Actor
from cases.models import EvidencePart, Incident
from cases.stores import vault_holding
from vault import Corrupt, MissingObject


class Command(BaseCommand):
    """``manage.py verify_evidence [REFERENCE]``: exit status 0 all is as it was stored, 1 something is not."""

    help = "Read every part of evidence back from the vault and compare its SHA-256 with the one in the database."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("reference", nargs="?", help="one incident (default: all of them)")

    def handle(self, *_: Any, **options: Any) -> None:
        parts = EvidencePart.objects.select_related("evidence__incident").order_by("evidence", "number")
        if reference := options["reference"]:
            if not Incident.objects.filter(reference=reference).exists():
                raise CommandError(f"there is no incident {reference}", returncode=2)
            parts = parts.filter(evidence__incident__reference=reference)
        problems = [problem for part in parts.iterator() if (problem := self.problem_of(part))]
        self.stdout.write(f"{parts.count():,} parts read back, {len(problems):,} not as they were stored")
        if problems:
            sys.exit(1)

    def problem_of(self, part: EvidencePart) -> str:
        """What is wrong with the part, marked and said; nothing if it is whole."""
        try:
            vault_holding(part).verify(part.sha256, part.size)
        except (Corrupt, MissingObject) as problem:
            mark_integrity_failed(part=part, detail=str(problem), by=Actor.of_portal())
            self.stdout.write(f"{part.evidence.exhibit} part {part.number}: {problem}")
            return str(problem)
        return ""
