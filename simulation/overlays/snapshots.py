"""EBS snapshots: moto completes them at once; ours stay pending for two looks, so that NotReady is really met."""

from typing import Any

from moto.ec2.models.elastic_block_store import EBSBackend

from simulation.overlays import Ground

PENDING_LOOKS = 2


def lay(ground: Ground) -> None:
    del ground
    ebs: Any = EBSBackend
    described, created = ebs.describe_snapshots, ebs.create_snapshot

    def create_snapshot(backend: Any, *given: Any, **named: Any) -> Any:
        snapshot = created(backend, *given, **named)
        snapshot.status, snapshot.looks = "pending", 0
        return snapshot

    def describe_snapshots(backend: Any, *given: Any, **named: Any) -> Any:
        found = described(backend, *given, **named)
        for snapshot in found:
            look_at(snapshot)
        return found

    ebs.create_snapshot, ebs.describe_snapshots = create_snapshot, describe_snapshots


def look_at(snapshot: Any) -> None:
    """Each look brings a pending snapshot nearer to its end."""
    if getattr(snapshot, "looks", None) is None:
        return
    snapshot.looks += 1
    if snapshot.looks > PENDING_LOOKS:
        snapshot.status = "completed"
