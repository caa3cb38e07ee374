"""Backup vaults are locked: who encrypts the disks cannot delete the backups as well.

https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from readiness.base import check
from readiness.organisation import Answer, Kind, Organisation, Place, each
from readiness.verdicts import Observation, Verdict, judged

TODO = "Lock the vaults named below in compliance mode (a lock date makes it one that nobody can take off)."


@check(
    "vault_lock",
    title="Backup vaults are locked",
    practice="SEC10-BP03",
    permissions=("backup:ListBackupVaults",),
    weight=3,
)
def look(organisation: Organisation) -> Verdict:
    """Ask each vault of the workload accounts whether it is locked, and whether the lock can still be taken off."""
    return judged(each(organisation.places(Kind.WORKLOAD), partial(vaults_seen, organisation)), TODO)


def vaults_seen(organisation: Organisation, place: Place) -> Iterator[Observation]:
    answer = place.ask("backup", "list_backup_vaults")
    if not answer.data["BackupVaultList"]:
        yield answer.failed(f"No backup vault in {place}.")
    for vault in answer.data["BackupVaultList"]:
        yield vault_seen(organisation, answer, place, vault)


def vault_seen(organisation: Organisation, answer: Answer, place: Place, vault: dict[str, Any]) -> Observation:
    name, fixed_at = vault["BackupVaultName"], vault.get("LockDate")
    if not vault.get("Locked"):
        return answer.failed(f"{name} in {place} is not locked.", vault)
    if fixed_at is None or fixed_at > organisation.now:
        return answer.partly(f"{name} in {place} is locked, but the lock can still be taken off.", vault)
    return answer.passed(f"{name} in {place} is locked for good.", vault)
