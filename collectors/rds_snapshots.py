"""Snapshots of RDS database instances and Aurora clusters; their bytes stay in AWS.

API: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
Clusters: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBClusterSnapshot.html
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from collectors.answers import REFUSALS, code_of, gap_of, is_throttled
from collectors.asking import asked, held
from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind, NotReady

TAG = "forensics-portal:run"
WAIT, LONG_WAIT = 30, 60  # seconds; a database's first snapshot takes minutes to hours
COMING = frozenset({"creating", "pending", "backing-up"})


@dataclass(frozen=True, slots=True)
class Kind:
    """How AWS words snapshots of instances and of clusters: its operations, and the key of each answer."""

    snapshot: str
    describe: str
    key: str
    create: str
    source: str
    gone: str


INSTANCE = Kind(
    "DBSnapshotIdentifier",
    "describe_db_snapshots",
    "DBSnapshots",
    "create_db_snapshot",
    "DBInstanceIdentifier",
    "DBSnapshotNotFound",
)
CLUSTER = Kind(
    "DBClusterSnapshotIdentifier",
    "describe_db_cluster_snapshots",
    "DBClusterSnapshots",
    "create_db_cluster_snapshot",
    "DBClusterIdentifier",
    "DBClusterSnapshotNotFoundFault",
)


@source(
    "rds_snapshots",
    title="RDS database snapshots",
    permissions=(
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribeDBSnapshots",
        "rds:DescribeDBClusterSnapshots",
        "rds:CreateDBSnapshot",
        "rds:CreateDBClusterSnapshot",
        "rds:AddTagsToResource",
    ),
    acts=True,
    resources="DB instance or cluster identifiers",
    pattern=r"[A-Za-z][A-Za-z0-9-]{0,254}",
    kind="snapshot",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the description of each complete snapshot as JSON; all are begun before any is waited for.

    An instance of an Aurora cluster stands for its cluster: AWS only makes snapshots of the whole. A snapshot's name
    is made of the run's label, and it carries the label as a tag: a repeat finds it and makes no more. Raises NotReady
    while any is being made, or while a database is busy with a backup of its own.
    """
    rds, coming = aws.client("rds"), []
    for name in scope.resources:
        try:
            snapshot = snapshot_of(rds, scope, name)
        except REFUSALS as problem:
            if is_throttled(problem):
                raise NotReady(LONG_WAIT, f"AWS answers too many calls: {problem}") from problem
            yield gap_of(problem, name)
            continue
        if snapshot["Status"] in COMING:
            coming.append(name)
        else:
            yield described(snapshot, name)
    if coming:
        raise NotReady(WAIT, f"AWS is still making snapshots of {', '.join(coming)}")


def snapshot_of(rds: Any, scope: Scope, name: str) -> dict[str, Any]:
    """The run's own snapshot of the database, as AWS sees it now; made if there is none yet."""
    kind, database, status = target(rds, name)
    snapshot = named_for(scope.label, database)
    found = existing(rds, kind, snapshot)
    if found or status == "backing-up":
        return found or {"Status": status}
    tags = [{"Key": TAG, "Value": f"{scope.label}:{database}"}]
    asked(rds, kind.create, **{kind.snapshot: snapshot, kind.source: database, "Tags": tags})
    return existing(rds, kind, snapshot) or {"Status": "creating"}


def target(rds: Any, name: str) -> tuple[Kind, str, str]:
    """What is to be made a snapshot of: kind, identifier, and what the database is doing."""
    try:
        [instance] = asked(rds, "describe_db_instances", DBInstanceIdentifier=name)["DBInstances"]
    except ClientError as problem:
        if code_of(problem) != "DBInstanceNotFound":
            raise
        cluster = name
    else:
        if not instance.get("DBClusterIdentifier"):
            return INSTANCE, name, instance["DBInstanceStatus"]
        cluster = instance["DBClusterIdentifier"]
    [found] = asked(rds, "describe_db_clusters", DBClusterIdentifier=cluster)["DBClusters"]
    return CLUSTER, cluster, found["Status"]


def named_for(label: str, database: str) -> str:
    """The same name for the same run and database: at most 63 letters, digits and single hyphens."""
    words = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:36].strip("-")
    return f"forensics-{words}-{hashlib.sha256(f'{label}:{database}'.encode()).hexdigest()[:12]}"


def existing(rds: Any, kind: Kind, snapshot: str) -> dict[str, Any] | None:
    try:
        found: list[dict[str, Any]] = asked(rds, kind.describe, **{kind.snapshot: snapshot})[kind.key]
    except ClientError as problem:
        if code_of(problem) != kind.gone:
            raise
        return None
    return found[0] if found else None


def described(snapshot: dict[str, Any], database: str) -> Artifact | Gap:
    """The description as evidence; a snapshot that AWS gave up on is a gap."""
    name = snapshot.get(INSTANCE.snapshot) or snapshot[CLUSTER.snapshot]
    arn = snapshot.get("DBSnapshotArn") or snapshot["DBClusterSnapshotArn"]
    if snapshot["Status"] != "available":
        return Gap(GapKind.UNREADABLE, arn, f"the snapshot is {snapshot['Status']}: AWS could not complete it")
    return held(f"{name}.json", arn, snapshot, database=database)
