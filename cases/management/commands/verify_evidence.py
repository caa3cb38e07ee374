"""Hash all evidence anew, compare it with the custody log, and say what is not what was stored, or said."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from cases.actions.evidence import mark_integrity_failed
from cases.actor import Actor
from cases.custody_check import UNREADABLE
from cases.evidence_check import disagreements, label
from cases.models import EvidencePart, Incident
from cases.places import WrongPlaces
from cases.stores import events_of, vault_holding
from events import NotOnDisk
from plugins.text import counted, visible
from vault import Corrupt, MissingObject


class Command(BaseCommand):
    """``manage.py verify_evidence [REFERENCE]``: exit status 0 all is as it was stored and as the log says, 1 not."""

    help = "Read all evidence back, compare it with the hashes in the database, and these with the custody log."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("reference", nargs="?", help="one incident (default: all of them)")

    def handle(self, *_: Any, **options: Any) -> None:
        incidents = chosen(options["reference"])
        untold = self.said(line for incident in incidents for line in disagreements(incident))
        parts = EvidencePart.objects.filter(evidence__incident__in=incidents)
        altered = self.said(line for incident in incidents for line in altered_parts(incident))
        self.stdout.write(f"{parts.count():,} parts read back, {altered:,} not as they were stored")
        logs = counted(len(incidents), "custody log", "custody logs")
        self.stdout.write(f"{logs} compared with the evidence, {counted(untold, 'disagreement')}")
        files = [line for incident in incidents.exclude(events_manifest="") for line in self.event_files(incident)]
        changed = self.said(filter(None, files))
        self.stdout.write(f"{counted(len(files), 'event file')} read back, {changed:,} not as they were indexed")
        if altered or untold or changed:
            sys.exit(1)

    def said(self, lines: Iterable[str]) -> int:
        """Print each line as it comes; returns how many."""
        count = 0
        for count, line in enumerate(lines, 1):  # noqa: B007 - the last number is the answer
            self.stdout.write(visible(line))
        return count

    def event_files(self, incident: Incident) -> Iterator[str]:
        """What is wrong with each file that questions about events read, empty where it is whole."""
        try:
            for problem in events_of(incident).read_back(incident.events_manifest):
                yield problem and f"{incident.reference}: {problem}"
        except NotOnDisk as reason:
            self.stdout.write(f"{incident.reference}: {reason}")
        except (WrongPlaces, OSError, *UNREADABLE) as problem:
            yield f"{incident.reference}: its event files cannot be read back: {problem}"


def chosen(reference: str | None) -> QuerySet[Incident]:
    incidents = Incident.objects.order_by("pk")
    if reference and not (incidents := incidents.filter(reference=reference)):
        raise CommandError(f"there is no incident {reference}", returncode=2)
    return incidents


def altered_parts(incident: Incident) -> Iterator[str]:
    """What is wrong with the bytes of each part."""
    parts = EvidencePart.objects.filter(evidence__incident=incident).select_related("evidence__incident")
    try:
        for part in parts.order_by("evidence", "number").iterator():
            if problem := problem_of(part):
                yield f"{label(part)}: {problem}"
    except UNREADABLE as problem:
        yield f"{incident.reference}: {problem}; its other parts were not read back, restore the database from a copy"


def problem_of(part: EvidencePart) -> str:
    """What is wrong with the part, marked on its exhibit where bytes are not what they were; nothing if it is whole."""
    try:
        vault_holding(part).verify(part.sha256, part.size)
    except (Corrupt, MissingObject) as problem:
        return f"{problem}{marked(part, str(problem))}"
    except (WrongPlaces, OSError, ValueError) as problem:
        return f"it cannot be read back: {problem}"
    return ""


def marked(part: EvidencePart, detail: str) -> str:
    """Flag the exhibit; returns why a log that is itself damaged does not take the entry, else nothing."""
    try:
        mark_integrity_failed(part=part, detail=detail, by=Actor.of_portal())
    except UNREADABLE as problem:
        return f"; the custody log does not take an entry about it: {problem}"
    return ""
