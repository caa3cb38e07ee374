"""Snapshots of prod-web that wait to be copied: one under the default key for EBS, and one in the second region."""

from datetime import datetime
from typing import Any

from simulation.organisation import FORENSICS_EU, FORENSICS_US, HOME_REGION, PROD_WEB, SECOND_REGION, Cloud, Estate


def furnish(cloud: Cloud, estate: Estate, window: tuple[datetime, datetime]) -> dict[str, Any]:
    """Make the two snapshots, complete, and say which account keeps copies in which region."""
    del estate, window
    return {
        "snapshot": snapshot_of(cloud, HOME_REGION, encrypted=True),
        "abroad": snapshot_of(cloud, SECOND_REGION, encrypted=False),
        "havens": {HOME_REGION: FORENSICS_US.number, SECOND_REGION: FORENSICS_EU.number},
    }


def snapshot_of(cloud: Cloud, region: str, *, encrypted: bool) -> str:
    ec2 = cloud.client("ec2", PROD_WEB, region)
    volume = ec2.create_volume(AvailabilityZone=f"{region}a", Size=8, Encrypted=encrypted)["VolumeId"]
    name: str = ec2.create_snapshot(VolumeId=volume, Description="nightly")["SnapshotId"]
    while ec2.describe_snapshots(SnapshotIds=[name])["Snapshots"][0]["State"] == "pending":
        continue
    return name
