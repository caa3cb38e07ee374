"""AWS Backup: each vault with its lock and points, and what was restored in the window."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from collectors import Scope
from collectors.backup_recovery_points import collect
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read

DAY = datetime(2026, 3, 1, tzinfo=UTC)
SCOPE = Scope("test", "111122223333", "us-east-1", DAY, DAY + timedelta(days=1))
VAULT = {"BackupVaultName": "nightly", "BackupVaultArn": "arn:nightly", "Locked": True, "MinRetentionDays": 7}
ANSWERS = {
    "ListBackupVaults": {"BackupVaultList": [VAULT]},
    "ListRecoveryPointsByBackupVault": {"RecoveryPoints": [{"RecoveryPointArn": "arn:point"}]},
    "GetBackupVaultAccessPolicy": {"Policy": "{}"},
    "ListRestoreJobs": {"RestoreJobs": []},
}
NAMES = ["nightly/vault.json", "nightly/access-policy.json", "nightly/recovery-points.jsonl", "restore-jobs.jsonl"]


def found(**answers):
    told = Told("backup", ANSWERS | answers)
    return list(collect(SCOPE, told.session)), told.asked


def kinds(found):
    return [one.kind if isinstance(one, Gap) else one.name for one in found]


def test_a_vault_comes_with_its_lock_policy_and_points():
    everything, _ = found()
    vault, policy, points, _ = everything
    assert kinds(everything) == NAMES
    assert json.loads(read(vault))["Locked"] is True
    assert json.loads(read(policy)) == {"Policy": "{}"}
    assert json.loads(read(points))["RecoveryPointArn"] == "arn:point"


def test_every_page_is_read_and_none_before_it_is_opened():
    pages = [{"RecoveryPoints": [{"n": 1}], "NextToken": "t"}, {"RecoveryPoints": [{"n": 2}]}]
    (_, _, points, _), asked = found(ListRecoveryPointsByBackupVault=pages)
    assert set(asked) == {"ListBackupVaults"}
    assert len(read(points).splitlines()) == 2


def test_a_vault_without_a_policy_is_no_gap():
    everything, _ = found(GetBackupVaultAccessPolicy=error("ResourceNotFoundException"))
    assert "ResourceNotFoundException" in json.loads(read(everything[1]))["absent"]
    assert kinds(everything) == NAMES


def test_restore_jobs_of_the_window_are_asked_for():
    everything, asked = found()
    read(everything[-1])
    [given] = asked["ListRestoreJobs"]
    assert (given["ByCreatedAfter"], given["ByCreatedBefore"]) == (SCOPE.start, SCOPE.end)


def test_no_vault_is_not_enabled_and_restore_jobs_are_asked_for():
    assert kinds(found(ListBackupVaults={"BackupVaultList": []})[0]) == [GapKind.NOT_ENABLED, "restore-jobs.jsonl"]


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("AccessDeniedException"), GapKind.DENIED),
        (error("ThrottlingException"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)
def test_vaults_that_cannot_be_listed_are_a_gap_and_the_rest_goes_on(problem, kind):
    assert kinds(found(ListBackupVaults=problem)[0]) == [kind, "restore-jobs.jsonl"]


def test_one_vault_that_is_refused_leaves_the_others():
    two = {"BackupVaultList": [VAULT, VAULT | {"BackupVaultName": "other", "BackupVaultArn": "arn:other"}]}
    refused = [error("AccessDeniedException"), {"RecoveryPoints": []}]
    everything, _ = found(ListBackupVaults=two, ListRecoveryPointsByBackupVault=refused)
    with pytest.raises(ClientError, match="AccessDenied"):
        read(everything[2])
    assert read(everything[5]) == b""
