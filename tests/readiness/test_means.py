"""Checks of what forensics needs: keys, buckets, quotas, sharing, grants, backups, services, rehearsals."""

from dataclasses import replace
from datetime import timedelta

import pytest

from readiness import Kind, Outcome, Rehearsal
from tests.readiness.organisations import EVERY, NOW, looked, outcomes

LOCKED = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Days": 365}}}


def key(**changes):
    return {"Enabled": True, "KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT"} | changes


@pytest.mark.parametrize(
    ("alias", "changes", "outcome"),
    [
        ("alias/evidence", {}, Outcome.PASSED),
        ("alias/aws/ebs", {}, Outcome.FAILED),
        ("alias/evidence", {"Enabled": False}, Outcome.FAILED),
        ("alias/evidence", {"KeySpec": "RSA_2048"}, Outcome.FAILED),
    ],
)
def test_a_forensic_account_needs_an_enabled_key_of_its_own(alias, changes, outcome):
    aliases = {"Aliases": [{"AliasName": alias, "TargetKeyId": "k"}]}
    answers = {"kms.ListAliases": aliases, "kms.DescribeKey": {"KeyMetadata": key(**changes)}}
    assert looked("forensic_key", answers).outcome is outcome


@pytest.mark.parametrize(
    ("lock", "outcome"),
    [
        ({"ObjectLockConfiguration": LOCKED}, Outcome.PASSED),
        ({"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}, Outcome.PARTLY),
        ("ObjectLockConfigurationNotFoundError", Outcome.FAILED),
    ],
)
def test_evidence_needs_a_bucket_that_locks_by_itself(lock, outcome):
    answers = {
        "s3.ListBuckets": {"Buckets": [{"Name": "evidence"}]},
        "s3.GetObjectLockConfiguration": lock,
        "s3.GetPublicAccessBlock": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
    }
    assert looked("evidence_bucket", answers).outcome is outcome


def quotas(copies, tib, disks_gib=1024):
    listed = {
        "Concurrent snapshot copies per destination Region": copies,
        "Storage for General Purpose SSD (gp3) volumes, in TiB": tib,
    }
    answers = {
        "service-quotas.ListServiceQuotas": {"Quotas": [{"QuotaName": n, "Value": v} for n, v in listed.items()]},
        "ec2.DescribeVolumes": {"Volumes": [{"Size": disks_gib}]},
    }
    return looked("forensic_quotas", answers).outcome


def test_quotas_must_hold_the_disks_of_the_largest_account():
    assert quotas(20, 50) is Outcome.PASSED
    assert quotas(20, 50, disks_gib=60 * 1024) is Outcome.PARTLY
    assert quotas(2, 0.5) is Outcome.FAILED


def share(answer, snapshots=({"SnapshotId": "snap-1"},)):
    answers = {"ec2.DescribeSnapshots": {"Snapshots": list(snapshots)}, "ec2.ModifySnapshotAttribute": answer}
    return looked("snapshot_share", answers)


def test_a_share_that_would_succeed_passes():
    verdict = share("DryRunOperation")
    assert verdict.outcome is Outcome.PASSED
    assert '"DryRun": true' in verdict.observations[0].asked


def test_a_share_that_aws_refuses_has_failed():
    assert share("UnauthorizedOperation").outcome is Outcome.FAILED


def test_without_a_snapshot_nothing_is_known():
    assert share("DryRunOperation", snapshots=()).outcome is Outcome.NOT_KNOWN


def test_without_a_forensic_account_there_is_nobody_to_share_with():
    workloads = tuple(account for account in EVERY if account.kind == Kind.WORKLOAD)
    assert looked("snapshot_share", {}, accounts=workloads).outcome is Outcome.FAILED


def grant(answer, manager="CUSTOMER"):
    volume = {"VolumeId": "vol-1", "KmsKeyId": "key-1", "Encrypted": True}
    answers = {
        "ec2.DescribeVolumes": {"Volumes": [volume]},
        "kms.DescribeKey": {"KeyMetadata": {"KeyManager": manager}},
        "kms.CreateGrant": answer,
    }
    return looked("key_grant", answers).outcome


def test_a_grant_is_tried_on_keys_of_ones_own_and_never_possible_on_those_of_aws():
    assert grant("DryRunOperationException") is Outcome.PASSED
    assert grant("AccessDeniedException") is Outcome.FAILED
    assert grant("AccessDeniedException", manager="AWS") is Outcome.PARTLY


def backed_up(*ages):
    found = [{"ResourceArn": f"arn:{n}", "LastBackupTime": NOW - timedelta(days=days)} for n, days in enumerate(ages)]
    return looked("backups", {"backup.ListProtectedResources": {"Results": found}}).outcome


def test_backups_must_be_young():
    assert [backed_up(1), backed_up(1, 8), backed_up(8), backed_up()] == ["passed", "partly", "failed", "failed"]


@pytest.mark.parametrize(
    ("vault", "outcome"),
    [
        ({"Locked": True, "LockDate": NOW - timedelta(days=1)}, Outcome.PASSED),
        ({"Locked": True, "LockDate": NOW + timedelta(days=1)}, Outcome.PARTLY),
        ({"Locked": True}, Outcome.PARTLY),
        ({"Locked": False}, Outcome.FAILED),
    ],
)
def test_a_vault_is_locked_when_nobody_can_take_the_lock_off(vault, outcome):
    answers = {"backup.ListBackupVaults": {"BackupVaultList": [{"BackupVaultName": "v"} | vault]}}
    assert looked("vault_lock", answers).outcome is outcome


def restored(*ages):
    jobs = [{"Status": "COMPLETED", "CompletionDate": NOW - timedelta(days=days)} for days in ages]
    return looked("restore_tests", {"backup.ListRestoreJobs": {"RestoreJobs": jobs}}).outcome


def test_a_restore_that_is_too_old_counts_in_part():
    assert [restored(200, 89), restored(91), restored()] == ["passed", "partly", "failed"]


@pytest.mark.parametrize(
    ("detectors", "status", "outcome"),
    [(["d"], "ENABLED", "passed"), (["d"], "DISABLED", "failed"), ([], "", "failed")],
)
def test_guardduty_must_be_on(detectors, status, outcome):
    answers = {"guardduty.ListDetectors": {"DetectorIds": detectors}, "guardduty.GetDetector": {"Status": status}}
    assert looked("guardduty_everywhere", answers).outcome == outcome


def test_security_hub_must_be_on():
    on, off = {"securityhub.DescribeHub": {"HubArn": "arn"}}, {"securityhub.DescribeHub": "InvalidAccessException"}
    assert looked("security_hub_everywhere", on).outcome is Outcome.PASSED
    assert looked("security_hub_everywhere", off).outcome is Outcome.FAILED


GOOD = Rehearsal("FP-2026-000009", 41, "ebs_snapshots", NOW - timedelta(days=3), 2, 0, is_complete=True)


def rehearsed(*rehearsals):
    return looked("rehearsal", {}, rehearsals=rehearsals)


def test_a_young_rehearsal_that_succeeded_passes_and_says_which():
    verdict = rehearsed(GOOD)
    assert outcomes(verdict) == {"passed": ["The last rehearsal that succeeded is 3 days old."]}
    assert "FP-2026-000009" in verdict.observations[0].answered


def test_a_rehearsal_that_is_too_old_counts_in_part():
    assert rehearsed(replace(GOOD, ended_at=NOW - timedelta(days=91))).outcome is Outcome.PARTLY


def test_a_later_failure_does_not_undo_a_success():
    assert rehearsed(GOOD, replace(GOOD, ended_at=NOW, is_complete=False)).outcome is Outcome.PASSED


@pytest.mark.parametrize("change", [{"gaps": 1}, {"objects": 0}, {"is_complete": False}])
def test_a_rehearsal_that_missed_something_is_no_success(change):
    assert rehearsed(replace(GOOD, **change)).outcome is Outcome.FAILED


def test_nothing_rehearsed_has_failed():
    assert rehearsed().outcome is Outcome.FAILED
