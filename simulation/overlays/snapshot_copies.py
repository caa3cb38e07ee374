"""EBS snapshots between accounts: moto copies within one account only, shares what AWS would not, and has no locks.

Ours copies what is shared with the account, refuses to share what is under a key that AWS manages, takes such keys for
what they are, and keeps locks. What is left different: no key policy is looked at, and a lock never runs out.
"""

from datetime import UTC, datetime
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_block_store import EBSBackend, Snapshot
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_snapshot_id
from moto.kms.models import kms_backends

from simulation.overlays import Ground

DEFAULT_KEY = "alias/aws/ebs"


class NotFound(ServiceException):
    """What EC2 answers of a snapshot that is not there, or not for the caller."""

    code = "InvalidSnapshot.NotFound"


class NotShareable(ServiceException):
    """What EC2 answers when a snapshot's key can be used in its own account only."""

    code = "OperationNotPermitted"


def lay(ground: Ground) -> None:
    del ground
    ebs: Any = EBSBackend
    response: Any = EC2Response
    created, shared, made = ebs.create_snapshot, ebs.add_create_volume_permission, ebs._create_default_encryption_key

    def create_snapshot(backend: Any, *given: Any, **named: Any) -> Any:
        snapshot = created(backend, *given, **named)
        snapshot.kms_key_id = snapshot.volume.kms_key_id
        return snapshot

    def add_create_volume_permission(backend: Any, snapshot_id: str, **named: Any) -> None:
        if is_default(backend, backend.get_snapshot(snapshot_id).kms_key_id):
            raise NotShareable("Encrypted snapshots with EBS default key cannot be shared")
        shared(backend, snapshot_id, **named)

    def default_key(backend: Any) -> Any:
        arn = made(backend)
        kms_backends[backend.account_id][backend.region_name].describe_key(DEFAULT_KEY).key_manager = "AWS"
        return arn

    ebs.create_snapshot, ebs.add_create_volume_permission = create_snapshot, add_create_volume_permission
    ebs.copy_snapshot, ebs._create_default_encryption_key = copy_snapshot, default_key
    response.lock_snapshot, response.describe_locked_snapshots = lock_snapshot, describe_locked_snapshots


def is_default(backend: Any, key: str | None) -> bool:
    return bool(key) and key == backend.default_kms_key_id


def copy_snapshot(
    backend: Any, source_snapshot_id: str, source_region: str, description: str, kms_key_id: str | None
) -> Any:
    """A pending copy of a snapshot of the caller's own, or of one that is shared with it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html
    """
    original = visible(backend.account_id, source_region, source_snapshot_id)
    key = kms_key_id or backend.default_kms_key_id or backend._create_default_encryption_key()
    copy: Any = Snapshot(backend, random_snapshot_id(), volume=original.volume, description=description, kms_key_id=key)
    copy.status, copy.looks = "pending", 0
    backend.snapshots[copy.id] = copy
    return copy


def visible(account: str, region: str, name: str) -> Any:
    """The snapshot, in whichever account it is. Raises NotFound where ``account`` may not see it."""
    found = (backends[region].snapshots.get(name) for backends in list(ec2_backends.values()))
    snapshot: Any = next((snapshot for snapshot in found if snapshot), None)
    may_see = snapshot and (snapshot.owner_id == account or account in snapshot.create_volume_permission_userids)
    if not may_see:
        raise NotFound(f"The snapshot '{name}' does not exist.")
    return snapshot


def lock_snapshot(response: Any) -> ActionResult:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LockSnapshot.html"""
    snapshot = response.ec2_backend.get_snapshot(response._get_param("SnapshotId"))
    snapshot.lock = {
        "SnapshotId": snapshot.id,
        "LockState": response._get_param("LockMode"),
        "LockDuration": int(response._get_param("LockDuration")),
        "LockCreatedOn": datetime.now(UTC),
    }
    return ActionResult(snapshot.lock)


def describe_locked_snapshots(response: Any) -> ActionResult:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLockedSnapshots.html"""
    names = response._get_param("SnapshotIds", [])
    found = [response.ec2_backend.get_snapshot(name) for name in names]
    locks = [getattr(snapshot, "lock", None) for snapshot in found]
    return ActionResult({"Snapshots": [lock | {"OwnerId": response.current_account} for lock in locks if lock]})
