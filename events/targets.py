"""What an event was done to: read from the names that AWS gives to parameters, whatever rule asks.

Source: request parameters and resources of a CloudTrail record,
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

MOST = 6  # of one event
DEEPEST = 6  # levels of nesting; a shared snapshot's accounts lie at the fourth
LONGEST = 300  # characters; object keys have up to 1,024, and an attacker chooses them
MANY = 500  # values looked at in one event

# Parameter (AWS's spelling, first letter small) -> what kind of thing its value names.
KINDS: Mapping[str, str] = {
    "bucketName": "bucket",
    "key": "object",
    "userName": "user",
    "roleName": "role",
    "roleArn": "role",
    "groupName": "group",
    "groupId": "group",
    "accessKeyId": "access key",
    "serialNumber": "device",
    "instanceProfileName": "instance profile",
    "policyArn": "policy",
    "policyName": "policy",
    "policyId": "policy",
    "instanceId": "instance",
    "imageId": "image",
    "volumeId": "volume",
    "snapshotId": "snapshot",
    "networkInterfaceId": "interface",
    "vpcId": "VPC",
    "dBInstanceIdentifier": "database",
    "dBClusterIdentifier": "database",
    "dBSnapshotIdentifier": "snapshot",
    "dBClusterSnapshotIdentifier": "snapshot",
    "secretId": "secret",
    "keyId": "key",
    "functionName": "function",
    "layerName": "layer",
    "trailName": "trail",
    "detectorId": "detector",
    "logGroupName": "log group",
    "flowLogId": "flow log",
    "configurationRecorderName": "recorder",
    "alarmName": "alarm",
    "modelId": "model",
    "backupVaultName": "backup vault",
    "recoveryPointArn": "recovery point",
    "clusterName": "cluster",
    "cluster": "cluster",
    "documentName": "document",
    "target": "target",
    "targetId": "target",
    "accountId": "account",
    "identityStoreId": "directory",
    "resourceArn": "resource",
    "principal": "shared with",
    "name": "name",
}
# Whom something is shared with, below createVolumePermission, launchPermission, valuesToAdd and the like.
GIVEN = frozenset({"add", "valuesToAdd"})
SHARED = frozenset({"userId", "group", "organizationArn", "organizationalUnitArn"})
# Names too plain to say anything deeper down, where tags and filters have them too.
OUTERMOST = frozenset({"key", "name", "target", "cluster", "principal"})


def targets_of(event: Mapping[str, Any]) -> tuple[str, ...]:
    """Return up to 6 targets such as "user svc-backup"; the parameters tell, else the resources. Hostile text as it is.

    ``event`` has request_parameters and resources as JSON text or None; what is no JSON names nothing.
    """
    named = first(dict.fromkeys(named_in(parsed(event.get("request_parameters")))))
    return named or first(dict.fromkeys(arns_in(parsed(event.get("resources")))))


def counted(events: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Return (target, in how many of the events), most often first."""
    counts = Counter(target for event in events for target in targets_of(event))
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def first(targets: Iterable[str]) -> tuple[str, ...]:
    return tuple(list(targets)[:MOST])


def parsed(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):  # no JSON, or nested to break who reads it
        return None


def named_in(parameters: Any) -> Iterator[str]:
    for path, value in list(leaves(parameters, ()))[:MANY]:
        if word := word_of(path):
            yield f"{word} {shortened(value)}"


def word_of(path: tuple[str, ...]) -> str:
    """What kind of thing the value at ``path`` is; empty for what names no target. A list is named by the plural."""
    own = path[-1][:1].lower() + path[-1][1:]
    if GIVEN.intersection(path) and (own in SHARED or own == "valuesToAdd"):
        return "shared with"
    singular = own if own in KINDS else own.removesuffix("s")
    return "" if singular in OUTERMOST and len(path) > 1 else KINDS.get(singular, "")


def leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """(path of names, value) for each text or number; the places of list items are no names."""
    if len(path) > DEEPEST:
        return
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*path, str(name)))
    elif isinstance(value, list):
        for each in value[:MANY]:
            yield from leaves(each, path)
    elif path and isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        yield path, str(value)


def arns_in(resources: Any) -> Iterator[str]:
    for one in resources if isinstance(resources, list) else ():
        if isinstance(one, dict) and (name := one.get("ARN") or one.get("arn")):
            yield shortened(str(name))


def shortened(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
