"""EBS snapshots of every volume of the named instances; their bytes stay in AWS.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshots.html
"""

import json
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any

from collectors.answers import REFUSALS, gap_of, is_throttled
from collectors.base import INSTANCE, Artifact, Scope, source
from collectors.pace import LATEST, seconds_until_next_look
from plugins import Gap, GapKind, NotReady

TAG = "forensics-portal:run"


@source(
    "ebs_snapshots",
    title="EBS volume snapshots",
    permissions=("ec2:CreateSnapshots", "ec2:CreateTags", "ec2:DescribeSnapshots"),
    acts=True,
    resources="instance ids",
    pattern=INSTANCE,
    kind="snapshot",
    narrowed_by="instances",
    volatility=50,
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the description of each complete snapshot as JSON; all are begun before any is waited for.

    Crash-consistent across an instance's volumes. A repeat finds the snapshots by their tag and takes no more. Raises
    NotReady while any is pending.
    """
    ec2 = aws.client("ec2")
    pending: list[dict[str, Any]] = []
    for instance in scope.resources:
        try:
            found = tagged(ec2, scope, instance) or taken(ec2, scope, instance)
        except REFUSALS as problem:
            if is_throttled(problem):
                raise NotReady(LATEST, f"AWS answers too many calls: {problem}") from problem
            yield gap_of(problem, instance)
            continue
        pending.extend(snapshot for snapshot in found if snapshot["State"] == "pending")
        yield from (described(snapshot, scope) for snapshot in found if snapshot["State"] != "pending")
    if pending:
        names = ", ".join(snapshot["SnapshotId"] for snapshot in pending)
        begun = min(snapshot["StartTime"] for snapshot in pending)
        raise NotReady(seconds_until_next_look(begun), f"AWS is still taking {names}")


def tagged(ec2: Any, scope: Scope, instance: str) -> list[dict[str, Any]]:
    """The snapshots that this run took of the instance before, as AWS sees them now."""
    filters = [{"Name": f"tag:{TAG}", "Values": [f"{scope.label}:{instance}"]}]
    pages = ec2.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], Filters=filters)
    return sorted((found for page in pages for found in page["Snapshots"]), key=lambda found: found["VolumeId"])


def taken(ec2: Any, scope: Scope, instance: str) -> list[dict[str, Any]]:
    """Take them, marked, and look at them once more: the answer to the call may be older than their state."""
    tags = [{"Key": TAG, "Value": f"{scope.label}:{instance}"}]
    ec2.create_snapshots(
        InstanceSpecification={"InstanceId": instance},
        Description=f"forensics {scope.label}",
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": tags}],
        CopyTagsFromSource="volume",
    )
    return tagged(ec2, scope, instance)


def described(snapshot: dict[str, Any], scope: Scope) -> Artifact | Gap:
    """The description as evidence; a snapshot that AWS gave up on is a gap."""
    arn = f"arn:aws:ec2:{scope.region}::snapshot/{snapshot['SnapshotId']}"
    if snapshot["State"] == "error":
        return Gap(GapKind.UNREADABLE, arn, snapshot.get("StateMessage") or "AWS could not complete the snapshot")
    data = json.dumps(snapshot, sort_keys=True, default=str).encode()
    name = f"{snapshot['SnapshotId']}.json"
    return Artifact(name, arn, partial(BytesIO, data), size=len(data), notes={"volume": snapshot["VolumeId"]})
