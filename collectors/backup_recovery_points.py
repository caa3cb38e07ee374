"""AWS Backup: vaults, what can be restored from them, who may touch them, and what was restored.

Vault lock: https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
API: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRecoveryPointsByBackupVault.html
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from collectors.answers import answered, document, lines
from collectors.asking import asked_or_absent, held, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind


@source(
    "backup_recovery_points",
    title="AWS Backup vaults and recovery points",
    permissions=(
        "backup:ListBackupVaults",
        "backup:ListRecoveryPointsByBackupVault",
        "backup:GetBackupVaultAccessPolicy",
        "backup:ListRestoreJobs",
    ),
    kind="configuration",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield each vault with its lock, its access policy and all its recovery points, and the window's restore jobs.

    Recovery points are those that are there now, whenever they were made. A region without a vault is a gap.
    """
    backup, is_empty = aws.client("backup"), True
    subject = f"AWS Backup of {scope.account} in {scope.region}"
    for found in answered(subject, partial(paged, backup, "list_backup_vaults", "BackupVaultList")):
        is_empty = False
        if isinstance(found, Gap):
            yield found
        else:
            yield from of_vault(backup, found)
    if is_empty:
        yield Gap(GapKind.NOT_ENABLED, subject, "there is no vault: nothing is backed up by AWS Backup here")
    window = {"ByCreatedAfter": scope.start, "ByCreatedBefore": scope.end}
    jobs = partial(paged, backup, "list_restore_jobs", "RestoreJobs", **window)
    yield lines("restore-jobs.jsonl", f"arn:aws:backup:{scope.region}:{scope.account}:restore-jobs", jobs)


def of_vault(backup: Any, vault: dict[str, Any]) -> Iterator[Artifact]:
    name, arn = vault["BackupVaultName"], vault["BackupVaultArn"]
    yield held(f"{name}/vault.json", arn, vault)
    given = {"BackupVaultName": name}
    policy = partial(asked_or_absent, backup, "get_backup_vault_access_policy", "ResourceNotFoundException", **given)
    yield document(f"{name}/access-policy.json", f"{arn}/access-policy", policy)
    points = partial(paged, backup, "list_recovery_points_by_backup_vault", "RecoveryPoints", **given)
    yield lines(f"{name}/recovery-points.jsonl", f"{arn}/recovery-points", points)
