"""What was prepared for forensics: keys, evidence buckets, the trail, recorders, backups; some of it badly.

On purpose: the log archive lets a pipeline of ci-build delete and has no lock, the European evidence bucket has no
default retention, a vault is open, a restore is old, and a log group forgets after a month.
"""

import json
from datetime import timedelta
from typing import Any

from moto.backup.models import backup_backends
from moto.cloudtrail.models import Trail, cloudtrail_backends

from simulation.organisation import (
    CI_BUILD,
    FORENSICS_EU,
    FORENSICS_US,
    HOME_REGION,
    LOG_ARCHIVE,
    MANAGEMENT,
    PROD_WEB,
    SECOND_REGION,
    TOOLING,
    TRAIL_BUCKET,
    TRAIL_NAME,
    Account,
    Cloud,
    Estate,
)
from simulation.services import Window

EVIDENCE = {FORENSICS_US: "acme-evidence-us-east-1", FORENSICS_EU: "acme-evidence-eu-central-1"}
SHUT = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
LOCKED = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}}}
ARCHIVE = f"arn:aws:s3:::{TRAIL_BUCKET}/*"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Delivery",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": ARCHIVE,
        },
        {
            "Sid": "LeftFromMigration",
            "Effect": "Allow",
            "Principal": {"AWS": CI_BUILD.role("log-migration")},
            "Action": ["s3:GetObject", "s3:DeleteObject"],
            "Resource": ARCHIVE,
        },
    ],
}


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    """Furnish forensic accounts, log archive, security services and backups."""
    del estate
    for account in EVIDENCE:
        forensic_account(cloud, account)
    archive(cloud)
    trail()
    services(cloud)
    disks(cloud)
    backups(cloud, window)
    return {"evidence_buckets": sorted(EVIDENCE.values()), "may_delete_logs": CI_BUILD.number}


def forensic_account(cloud: Cloud, account: Account) -> None:
    """A key and a bucket that can lock; only the American one locks what is stored in it."""
    region = account.regions[0]
    kms, s3 = cloud.client("kms", account, region), cloud.client("s3", account)
    key = kms.create_key(Description="evidence")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/evidence", TargetKeyId=key)
    s3.create_bucket(Bucket=EVIDENCE[account], ObjectLockEnabledForBucket=True)
    s3.put_public_access_block(Bucket=EVIDENCE[account], PublicAccessBlockConfiguration=SHUT)
    if account is FORENSICS_US:
        s3.put_object_lock_configuration(Bucket=EVIDENCE[account], ObjectLockConfiguration=LOCKED)


def archive(cloud: Cloud) -> None:
    s3 = cloud.client("s3", LOG_ARCHIVE)
    s3.put_bucket_policy(Bucket=TRAIL_BUCKET, Policy=json.dumps(POLICY))
    s3.put_public_access_block(Bucket=TRAIL_BUCKET, PublicAccessBlockConfiguration=SHUT)


class OrganisationTrail(Trail):
    """moto wants a trail's bucket in the trail's own account; an organisation's is in the log archive."""

    def check_bucket_exists(self) -> None:
        return


def trail() -> None:
    made = OrganisationTrail(
        account_id=MANAGEMENT.number,
        region_name=HOME_REGION,
        trail_name=TRAIL_NAME,
        bucket_name=TRAIL_BUCKET,
        s3_key_prefix="",
        sns_topic_name="",
        is_global=True,
        is_multi_region=True,
        log_validation=True,
        is_org_trail=True,
        cw_log_group_arn="",
        cw_role_arn="",
        kms_key_id="",
    )
    everything = [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]
    made.put_event_selectors([{"ReadWriteType": "All", "DataResources": everything}], [])
    made.start_logging()
    cloudtrail_backends[MANAGEMENT.number][HOME_REGION].trails[TRAIL_NAME] = made


def services(cloud: Cloud) -> None:
    """GuardDuty, Security Hub and Config in security tooling; a flow log there, and a forgetful log group in prod."""
    cloud.client("guardduty", TOOLING).create_detector(Enable=True)
    cloud.client("securityhub", TOOLING).enable_security_hub()
    config = cloud.client("config", TOOLING)
    role = TOOLING.role("aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": role})
    channel = {"name": "default", "s3BucketName": TRAIL_BUCKET}
    config.put_delivery_channel(DeliveryChannel=channel)
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    logs = cloud.client("logs", PROD_WEB)
    logs.create_log_group(logGroupName="/acme/audit")
    logs.put_retention_policy(logGroupName="/acme/audit", retentionInDays=30)


def disks(cloud: Cloud) -> None:
    """A snapshot to try sharing with in each region of prod-web, and one disk under a key of the customer's own."""
    for region in (HOME_REGION, SECOND_REGION):
        ec2 = cloud.client("ec2", PROD_WEB, region)
        volume = ec2.create_volume(AvailabilityZone=f"{region}a", Size=8)
        ec2.create_snapshot(VolumeId=volume["VolumeId"], Description="left by a rehearsal")
    key = cloud.client("kms", PROD_WEB, SECOND_REGION).create_key()["KeyMetadata"]["Arn"]
    ec2.create_volume(AvailabilityZone=f"{SECOND_REGION}a", Size=8, Encrypted=True, KmsKeyId=key)


def backups(cloud: Cloud, window: Window) -> None:
    """Backups of last night in one region, an open vault, and a restore of last summer."""
    night = window[1] - timedelta(hours=5)
    backup: Any = backup_backends[PROD_WEB.number][HOME_REGION]
    database = f"arn:aws:rds:{HOME_REGION}:{PROD_WEB.number}:db:customers"
    backup.protected = [{"ResourceArn": database, "ResourceType": "RDS", "LastBackupTime": night.timestamp()}]
    restored = (window[1] - timedelta(days=140)).timestamp()
    backup.restored = [{"RestoreJobId": "restore-1", "Status": "COMPLETED", "CompletionDate": restored}]
    client = cloud.client("backup", PROD_WEB)
    for name in ("nightly", "weekly"):
        client.create_backup_vault(BackupVaultName=name)
    client.put_backup_vault_lock_configuration(BackupVaultName="weekly", MinRetentionDays=35)
