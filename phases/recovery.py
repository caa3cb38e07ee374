"""Where restoring begins: the last recovery point of each resource before the first act of the attacker.

It is read from the lists of recovery points that are evidence, as AWS gave them:
https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RecoveryPointByBackupVault.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import msgspec
from django.db.models import Min

from cases.models import EvidencePart, Finding, Incident
from cases.stores import vault_of
from examiners import Member
from phases.exhibits import opened

SOURCE = "backup_recovery_points"
LIST = "recovery-points.jsonl"
MOST = 50_000  # points of one list; a page is no place to read more


class Listed(msgspec.Struct, rename="pascal"):
    """What of AWS's answer is looked at."""

    recovery_point_arn: str = ""
    resource_arn: str = ""
    creation_date: datetime | None = None


POINT = msgspec.json.Decoder(Listed)


@dataclass(frozen=True, slots=True)
class RecoveryPoint:
    """One point that a resource can be restored to."""

    resource: str
    arn: str
    created_at: datetime


def last_points(incident: Incident) -> list[RecoveryPoint]:
    """The last point of each resource before the first act, by resource; empty where either is not known."""
    first = first_act_at(incident)
    last: dict[str, RecoveryPoint] = {}
    for point in points_of(incident) if first else ():
        known = last.get(point.resource)
        if first and point.created_at < first and (known is None or known.created_at < point.created_at):
            last[point.resource] = point
    return [last[resource] for resource in sorted(last)]


def first_act_at(incident: Incident) -> datetime | None:
    """When it began, as people say; else the first event behind a finding that stands."""
    if incident.actual_start_at:
        return incident.actual_start_at
    standing = Finding.objects.detections().standing().filter(incident=incident)
    first: datetime | None = standing.aggregate(first=Min("first_at"))["first"]
    return first


def points_of(incident: Incident) -> Iterator[RecoveryPoint]:
    parts = EvidencePart.objects.filter(evidence__incident=incident, evidence__source=SOURCE)
    for part in parts.select_related("evidence").order_by("pk"):
        with opened(vault_of(incident), part) as members:
            for member in members:
                if member.file.endswith(LIST):
                    yield from points_in(member)


def points_in(member: Member) -> Iterator[RecoveryPoint]:
    """The points of one list; a line that is none is left to the examination, which quarantines it."""
    with member.open() as stream:
        for line in islice(stream, MOST):
            try:
                found = POINT.decode(line)
            except msgspec.MsgspecError:
                continue
            if found.resource_arn and found.creation_date and found.creation_date.tzinfo:
                yield RecoveryPoint(found.resource_arn, found.recovery_point_arn, found.creation_date)
