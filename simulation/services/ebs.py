"""A snapshot in prod-web whose disk can be read: 8 MiB with holes, made up by the overlay of the same name."""

from typing import Any

from simulation.organisation import HOME_REGION, PROD_WEB, Cloud, Estate
from simulation.services import Window


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    """Names the snapshot."""
    del estate, window
    ec2 = cloud.client("ec2", PROD_WEB)
    volume = ec2.create_volume(AvailabilityZone=f"{HOME_REGION}a", Size=4)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume, Description="nightly")["SnapshotId"]
    ec2.delete_volume(VolumeId=volume)
    return {"snapshot": snapshot}
