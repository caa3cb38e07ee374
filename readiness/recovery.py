"""Recovery points of AWS Backup, and the last one before a moment: what a resource can go back to.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRecoveryPointsByBackupVault.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

USABLE = frozenset({"COMPLETED", "AVAILABLE"})


@dataclass(frozen=True, slots=True)
class RecoveryPoint:
    """One backup of one resource; ``status`` is AWS's word, ``created_at`` aware UTC."""

    arn: str
    resource: str
    created_at: datetime
    status: str
    vault: str = ""

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "RecoveryPoint":
        """From an item of ListRecoveryPointsByBackupVault or ListRecoveryPointsByResource."""
        return cls(
            answer["RecoveryPointArn"],
            answer.get("ResourceArn", ""),
            answer["CreationDate"],
            answer.get("Status", ""),
            answer.get("BackupVaultName", ""),
        )


def last_before(points: Iterable[RecoveryPoint], moment: datetime) -> dict[str, RecoveryPoint | None]:
    """Resource -> its last usable recovery point begun before ``moment``; None where it has none from before.

    A backup that began at or after the moment may hold what the attacker did; one that is not whole restores nothing.
    """
    last: dict[str, RecoveryPoint | None] = {}
    for point in points:
        known = last.setdefault(point.resource, None)
        if point.status not in USABLE or point.created_at >= moment:
            continue
        if known is None or (point.created_at, point.arn) > (known.created_at, known.arn):
            last[point.resource] = point
    return dict(sorted(last.items()))
