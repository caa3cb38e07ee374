"""Copies of EBS snapshots in the forensics account of their region, under that account's own key, and locked there.

Copy: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html
Share, and which keys cannot be shared: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html
Lock: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-snapshot-lock.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any

from collectors.answers import REFUSALS, answered, as_json, gap_of, is_throttled, without_metadata
from collectors.base import SNAPSHOT, Artifact, Crossing, Haven, Scope, source
from collectors.ebs_snapshots import TAG
from collectors.pace import LATEST, seconds_until_next_look
from plugins import Gap, GapKind, NotReady

# What is only there for the time of a copy carries SINCE, and one of the two that say what it is and whose run's.
SINCE, TEMPORARY, SHARED = (f"forensics-portal:{name}" for name in ("since", "temporary", "shared-with-"))
LEFTOVER_AGE = timedelta(hours=48)  # twice as long as any run waits for AWS
TO = " to "


@source(
    "ebs_snapshot_copies",
    title="Copies of EBS snapshots",
    permissions=(
        *("ec2:DescribeSnapshots", "kms:DescribeKey", "ec2:CopySnapshot", "ec2:CreateTags"),
        *("ec2:ModifySnapshotAttribute", "ec2:DeleteTags", "ec2:DeleteSnapshot"),
    ),
    permissions_there=(
        *("ec2:DescribeSnapshots", "ec2:CopySnapshot", "ec2:CreateTags"),
        *("ec2:DescribeLockedSnapshots", "ec2:LockSnapshot"),
    ),
    acts=True,
    resources="snapshot ids, or snapshot id to region",
    pattern=SNAPSHOT + rf"({TO}[a-z0-9-]+)?",
    kind="snapshot",
)
def collect(scope: Scope, aws: Crossing) -> Iterator[Artifact | Gap]:
    """Yield the description of each copy, its lock and its original as JSON; all are begun before any is waited for.

    A repeat finds by tags what it began, and a later run tidies up what one that died left in the account. Raises
    NotReady while AWS is copying.
    """
    here = aws.home.client("ec2")
    yield from answered(f"leftovers of copies in {scope.account}", partial(sweep, here))
    waits: list[NotReady] = []
    for resource in scope.resources:
        name, _, region = resource.partition(TO)
        haven = aws.enter(region.strip() or scope.region, name.strip())
        if isinstance(haven, Gap):
            yield haven
        else:
            there = haven.session.client("ec2", region_name=haven.region)
            yield from Copying(scope, aws, haven, here, there, name.strip()).advance(waits)
    if waits:
        raise NotReady(min(wait.seconds for wait in waits), "; ".join(map(str, waits)))


@dataclass(frozen=True, slots=True)
class Copying:
    """One snapshot on its way: ``here`` and ``there`` are EC2 clients of its own account and of the forensics one."""

    scope: Scope
    aws: Crossing
    haven: Haven
    here: Any
    there: Any
    name: str

    @property
    def mark(self) -> str:
        return f"{self.scope.label}:{self.name}"

    @property
    def shared_with(self) -> str:
        return f"{SHARED}{self.haven.account}"

    def advance(self, waits: list[NotReady]) -> Iterator[Artifact | Gap]:
        """Go as far as AWS lets us today; what it is still working on goes into ``waits``."""
        try:
            original = self.original()
            copy = self.copy() or self.begun(original)
            if isinstance(copy, Gap):
                yield copy
            else:
                self.aws.made(self.haven, self.name, copy["SnapshotId"])
                yield self.locked(ready(copy), original)
        except NotReady as wait:
            waits.append(wait)
            return
        except REFUSALS as problem:
            if is_throttled(problem):
                waits.append(NotReady(LATEST, f"AWS answers too many calls: {problem}"))
                return
            yield gap_of(problem, self.name)
        yield from answered(f"{self.name}: what was made for its copy and should go", self.tidied)

    def original(self) -> dict[str, Any]:
        """The snapshot as AWS sees it. Raises NotReady while it is being taken."""
        found: dict[str, Any] = self.here.describe_snapshots(SnapshotIds=[self.name])["Snapshots"][0]
        return ready(found)

    def copy(self) -> dict[str, Any] | None:
        """The copy that this run began before."""
        found = tagged(self.there, TAG, self.mark)
        return found[0] if found else None

    def begun(self, original: dict[str, Any]) -> dict[str, Any] | Gap:
        """Ask the guard, share, and begin the copy under the forensics account's own key."""
        if refusal := self.aws.permit(self.haven, self.name):
            return refusal
        shareable = original if self.can_be_shared(original) else self.stand_in(original)
        self.share(shareable["SnapshotId"])
        self.there.copy_snapshot(**self.order(shareable, {TAG: self.mark}, self.aws.terms.key))
        return tagged(self.there, TAG, self.mark)[0]

    def can_be_shared(self, original: dict[str, Any]) -> bool:
        """Not under a key that AWS manages: no other account can ever use that one."""
        if not original.get("Encrypted"):
            return True
        kms = self.aws.home.client("kms")
        return bool(kms.describe_key(KeyId=original["KmsKeyId"])["KeyMetadata"]["KeyManager"] != "AWS")

    def stand_in(self, original: dict[str, Any]) -> dict[str, Any]:
        """A copy in the same account under a key that can be shared, for the time of ours. Raises NotReady."""
        if not (found := tagged(self.here, TEMPORARY, self.mark)):
            tags = {TEMPORARY: self.mark, SINCE: now()}
            self.here.copy_snapshot(**self.order(original, tags, self.aws.terms.share_key))
            found = tagged(self.here, TEMPORARY, self.mark)
        return ready(found[0])

    def order(self, snapshot: dict[str, Any], tags: dict[str, str], key: str) -> dict[str, Any]:
        """What CopySnapshot is asked: always encrypted; without ``key`` under the account's default one for EBS."""
        asked: dict[str, Any] = {
            "SourceRegion": self.scope.region,
            "SourceSnapshotId": snapshot["SnapshotId"],
            "Description": f"forensics {self.mark}",
            "Encrypted": True,
            "TagSpecifications": [{"ResourceType": "snapshot", "Tags": listed(tags)}],
        }
        return asked | ({"KmsKeyId": key} if key else {})

    def share(self, snapshot: str) -> None:
        """Let the forensics account read it; the tag says so first, so that whoever comes later can undo it."""
        self.here.create_tags(Resources=[snapshot], Tags=listed({self.shared_with: self.mark, SINCE: now()}))
        change_share(self.here, snapshot, "add", self.haven.account)

    def locked(self, copy: dict[str, Any], original: dict[str, Any]) -> Artifact | Gap:
        """Lock the finished copy, unless it is, and describe it; one that is not what was copied is a gap."""
        arn = f"arn:aws:ec2:{self.haven.region}::snapshot/{copy['SnapshotId']}"
        if problem := self.flaw_of(copy, original):
            return Gap(GapKind.CHANGED, arn, problem)
        lock = self.lock_of(copy["SnapshotId"]) or self.lock(copy["SnapshotId"])
        data = as_json({"copy": copy, "lock": lock, "original": original})
        notes = {"copy_of": self.name, "place": f"{self.haven.account}/{self.haven.region}"}
        return Artifact(f"{copy['SnapshotId']}.json", arn, partial(BytesIO, data), size=len(data), notes=notes)

    def flaw_of(self, copy: dict[str, Any], original: dict[str, Any]) -> str:
        """What is wrong with the copy; empty when nothing is."""
        if copy["State"] != "completed":
            return copy.get("StateMessage") or f"AWS gave up on the copy of {self.name}: it is {copy['State']}"
        if copy["VolumeSize"] != original["VolumeSize"]:
            return f"the copy has {copy['VolumeSize']} GiB, {self.name} has {original['VolumeSize']}; copy it again"
        if copy["OwnerId"] != self.haven.account or not copy["Encrypted"]:
            return f"the copy belongs to {copy['OwnerId']}, encrypted: {copy['Encrypted']}; copy {self.name} again"
        return ""

    def lock_of(self, snapshot: str) -> dict[str, Any] | None:
        found = self.there.describe_locked_snapshots(SnapshotIds=[snapshot])["Snapshots"]
        return found[0] if found and found[0]["LockState"] != "expired" else None

    def lock(self, snapshot: str) -> dict[str, Any]:
        terms = self.aws.terms
        asked = {"SnapshotId": snapshot, "LockMode": terms.lock_mode, "LockDuration": terms.lock_days}
        return without_metadata(self.there.lock_snapshot(**asked))

    def tidied(self) -> list[Gap]:
        """Take back what this run shared and delete its stand-in, wherever an earlier attempt left off."""
        for snapshot in tagged(self.here, self.shared_with, self.mark):
            unshare(self.here, snapshot["SnapshotId"], self.shared_with)
        for snapshot in tagged(self.here, TEMPORARY, self.mark):
            self.here.delete_snapshot(SnapshotId=snapshot["SnapshotId"])
        return []


def sweep(here: Any) -> list[Gap]:
    """Undo what runs that died left in the account more than two days ago: shares, and stand-ins."""
    for snapshot in described(here, [{"Name": "tag-key", "Values": [SINCE]}]):
        tags = {tag["Key"]: tag["Value"] for tag in snapshot["Tags"]}
        if datetime.now(UTC) - datetime.fromisoformat(tags[SINCE]) < LEFTOVER_AGE:
            continue
        for key in tags:
            if key.startswith(SHARED):
                unshare(here, snapshot["SnapshotId"], key)
        if TEMPORARY in tags:
            here.delete_snapshot(SnapshotId=snapshot["SnapshotId"])
    return []


def unshare(here: Any, snapshot: str, tag: str) -> None:
    """Take the share back first, then the tag that speaks of it."""
    change_share(here, snapshot, "remove", tag.removeprefix(SHARED))
    here.delete_tags(Resources=[snapshot], Tags=[{"Key": tag}, {"Key": SINCE}])


def change_share(here: Any, snapshot: str, how: str, account: str) -> None:
    here.modify_snapshot_attribute(
        SnapshotId=snapshot, Attribute="createVolumePermission", OperationType=how, UserIds=[account]
    )


def ready(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Raises NotReady while AWS is making it."""
    if snapshot["State"] == "pending":
        raise still_working(snapshot)
    return snapshot


def still_working(snapshot: dict[str, Any]) -> NotReady:
    return NotReady(seconds_until_next_look(snapshot["StartTime"]), f"AWS is still making {snapshot['SnapshotId']}")


def tagged(ec2: Any, tag: str, value: str) -> list[dict[str, Any]]:
    return described(ec2, [{"Name": f"tag:{tag}", "Values": [value]}])


def described(ec2: Any, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The account's own snapshots that the filters let through, as AWS sees them now."""
    pages = ec2.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], Filters=filters)
    return [snapshot for page in pages for snapshot in page["Snapshots"]]


def listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
