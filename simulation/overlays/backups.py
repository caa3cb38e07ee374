"""AWS Backup: moto has vaults and nothing in them; ours have the recovery points and restore jobs that were furnished.

The shelf holds pairs of an operation's key and a row. No vault has an access policy; times are not looked at.
"""

from typing import Any

from moto.backup import urls
from moto.backup.exceptions import ResourceNotFoundException
from moto.backup.responses import BackupResponse

from simulation.overlays import Ground
from simulation.saying import route, say, shelf_of


def lay(ground: Ground) -> None:
    del ground
    vault = "/backup-vaults/(?P<backupVaultName>[^/]+)"
    route(urls, BackupResponse, f"{vault}/recovery-points/", f"{vault}/access-policy", "/restore-jobs/")
    answers = {
        "list_recovery_points_by_backup_vault": points,
        "list_restore_jobs": restore_jobs,
        "get_backup_vault_access_policy": access_policy,
    }
    say(BackupResponse, answers)


def points(response: Any) -> dict[str, Any]:
    rows = [row for key, row in shelf_of(response) if key == "RecoveryPoints"]
    return {"RecoveryPoints": [row for row in rows if row["BackupVaultName"] in response.path]}


def restore_jobs(response: Any) -> dict[str, Any]:
    return {"RestoreJobs": [row for key, row in shelf_of(response) if key == "RestoreJobs"]}


def access_policy(response: Any) -> dict[str, Any]:
    raise ResourceNotFoundException(f"Backup Vault {response.path.split('/')[-2]} has no associated policy")
