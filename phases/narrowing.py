"""What a session may do: what its source declares and, where it is known, only with what the run asks about.

Session policies: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST = 2048  # characters that AWS takes; https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[\w!.()'/=+@,:-]*)?", re.ASCII)
INSTANCE = re.compile(r"i-[0-9a-f]{8,17}")
ON_OBJECTS = re.compile(r"s3:(?:Get|Put|List|Restore|Delete)Object|s3:ListMultipartUploadParts")
# Actions that AWS grants for an instance, with what else each must be allowed for.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
ON_INSTANCES = {
    "ec2:CreateSnapshots": ("volume/*", "snapshot/*"),
    "ec2:DescribeInstanceAttribute": (),
    "ec2:GetConsoleOutput": (),
    "ec2:GetConsoleScreenshot": (),
}
# What a service calls KMS for in the session's name, where its data is encrypted; and through which service.
IMPLIED = {
    "s3:GetObject": ("kms:Decrypt",),
    "s3:PutObject": ("kms:GenerateDataKey",),
    "ebs:GetSnapshotBlock": ("kms:Decrypt",),
    # https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html
    "ec2:CopySnapshot": (
        *("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"),
        *("kms:ReEncryptFrom", "kms:ReEncryptTo"),
    ),
}
THROUGH = {"s3": "s3.*.amazonaws.com*"}
EVERYTHING = ("*",)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a session is for: IAM actions; ``resources``, where they are known, are its only ``buckets`` or
    ``instances`` (``narrowed_by``).
    """

    permissions: tuple[str, ...]
    narrowed_by: str = ""
    resources: tuple[str, ...] = ()


def session_policy(needs: Needs, partition: str = "aws") -> str:
    """The policy as AssumeRole takes it. Where naming each resource would be too long, it names none.

    Raises ValueError if the actions alone do not fit: that is a mistake of the source that declares them.
    """
    for tried in (needs, Needs(needs.permissions)):
        text = compact(policy_for(tried, partition))
        if len(text) <= LONGEST:
            return text
    raise ValueError(f"a session policy for {len(needs.permissions)} actions has {len(text)} characters of {LONGEST}")


def compact(policy: dict[str, Any]) -> str:
    """Without blanks: each of them counts."""
    return json.dumps(policy, separators=(",", ":"))


def policy_for(needs: Needs, partition: str = "aws") -> dict[str, Any]:
    """Nothing but what is declared and what that implies, whatever else the role allows."""
    allowed: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for action in sorted({*needs.permissions, "sts:GetCallerIdentity"}):
        allowed[arns_of(action, needs, partition)].append(action)
    statements = [{"Effect": "Allow", "Action": did, "Resource": list(arns)} for arns, did in allowed.items()]
    return {"Version": "2012-10-17", "Statement": [*statements, *keys_used(needs)]}


def keys_used(needs: Needs) -> Iterator[dict[str, Any]]:
    """Reading an object of an encrypted bucket is a call to KMS as well, which S3 makes in the session's name."""
    through: dict[str, set[str]] = defaultdict(set)
    for action in sorted({*needs.permissions} & {*IMPLIED}):
        through[action.partition(":")[0]] |= {*IMPLIED[action]}
    for service, actions in through.items():
        statement = {"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}
        only = {"Condition": {"StringLike": {"kms:ViaService": THROUGH[service]}}} if service in THROUGH else {}
        yield statement | only


def arns_of(action: str, needs: Needs, partition: str) -> tuple[str, ...]:
    """What the action may be done with. A name that is not of the kind that is declared narrows nothing."""
    if needs.narrowed_by == "buckets" and needs.resources and all(map(BUCKET.fullmatch, needs.resources)):
        return bucket_arns(action, needs.resources, partition)
    if needs.narrowed_by == "instances" and needs.resources and all(map(INSTANCE.fullmatch, needs.resources)):
        return instance_arns(action, needs.resources, partition)
    return EVERYTHING


def bucket_arns(action: str, names: tuple[str, ...], partition: str) -> tuple[str, ...]:
    if not action.startswith("s3:") or action == "s3:ListAllMyBuckets":
        return EVERYTHING
    start = f"arn:{partition}:s3:::"
    if ON_OBJECTS.match(action):
        return tuple(f"{start}{bucket}/{prefix}*" for bucket, _, prefix in (name.partition("/") for name in names))
    return tuple(sorted({f"{start}{name.partition('/')[0]}" for name in names}))


def instance_arns(action: str, names: tuple[str, ...], partition: str) -> tuple[str, ...]:
    if action not in ON_INSTANCES:
        return EVERYTHING
    start = f"arn:{partition}:ec2:*:*:"
    return tuple(f"{start}{name}" for name in (*(f"instance/{one}" for one in names), *ON_INSTANCES[action]))
