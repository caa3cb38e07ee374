"""Every version of every object of a bucket, delete markers included, and how the bucket is set up. No content.

Versions: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
Delete markers: https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from collectors.answers import REFUSALS, document, gap_of, lines
from collectors.asking import asked, asked_or_absent, held
from collectors.base import BUCKET, Artifact, Scope, source
from plugins import Gap, GapKind

SECTIONS = {"Versions": "version", "DeleteMarkers": "delete marker"}
# File, operation, and the code by which AWS says that the bucket has none.
SETTINGS = (
    ("policy", "get_bucket_policy", "NoSuchBucketPolicy"),
    ("policy-status", "get_bucket_policy_status", "NoSuchBucketPolicy"),
    ("acl", "get_bucket_acl", ""),
    ("public-access-block", "get_public_access_block", "NoSuchPublicAccessBlockConfiguration"),
    ("versioning", "get_bucket_versioning", ""),
    ("replication", "get_bucket_replication", "ReplicationConfigurationNotFoundError"),
    ("logging", "get_bucket_logging", ""),
    ("object-lock", "get_object_lock_configuration", "ObjectLockConfigurationNotFoundError"),
    ("notification", "get_bucket_notification_configuration", ""),
    ("lifecycle", "get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"),
    ("encryption", "get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError"),
)
# What AWS calls no region, or by an old name: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
REGIONS = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}


@source(
    "s3_object_versions",
    title="S3 object versions and bucket settings",
    permissions=(
        "s3:GetBucketLocation",
        "s3:ListBucketVersions",
        "s3:GetBucketPolicy",
        "s3:GetBucketPolicyStatus",
        "s3:GetBucketAcl",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketVersioning",
        "s3:GetReplicationConfiguration",
        "s3:GetBucketLogging",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketNotification",
        "s3:GetLifecycleConfiguration",
        "s3:GetEncryptionConfiguration",
    ),
    resources="buckets, or bucket/prefix",
    pattern=BUCKET,
    kind="configuration",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield, per bucket, a file for each setting, and per prefix the versions as JSON Lines, listed as they are read.

    A setting that the bucket does not have is told in its file and is no gap. A bucket of another region is one: what
    is in it may not be allowed to come here.
    """
    s3 = aws.client("s3")
    if not scope.resources:
        yield Gap(GapKind.NOT_FOUND, f"buckets of {scope.account}", "no bucket was named")
    for bucket, prefixes in by_bucket(scope.resources).items():
        try:
            location = asked(s3, "get_bucket_location", Bucket=bucket)
        except REFUSALS as problem:
            yield gap_of(problem, f"s3://{bucket}")
            continue
        region = REGIONS.get(location.get("LocationConstraint"), location.get("LocationConstraint"))
        if region != scope.region:
            yield Gap(GapKind.UNSUPPORTED, f"s3://{bucket}", f"the bucket lies in {region}; ask for that region")
            continue
        yield held(f"{bucket}/location.json", f"s3://{bucket}?location", location)
        yield from settings(s3, bucket)
        yield from (versions(s3, bucket, prefix) for prefix in prefixes)


def by_bucket(resources: tuple[str, ...]) -> dict[str, list[str]]:
    """The prefixes asked for, by bucket: a bucket's settings are asked once."""
    found: dict[str, list[str]] = {}
    for resource in resources:
        bucket, _, prefix = resource.partition("/")
        found.setdefault(bucket, []).append(prefix)
    return found


def settings(s3: Any, bucket: str) -> Iterator[Artifact]:
    for name, operation, absent in SETTINGS:
        ask = partial(asked_or_absent, s3, operation, absent, Bucket=bucket)
        yield document(f"{bucket}/{name}.json", f"s3://{bucket}?{name}", ask)


def versions(s3: Any, bucket: str, prefix: str) -> Artifact:
    name = f"{bucket}/{prefix}/versions.jsonl" if prefix else f"{bucket}/versions.jsonl"
    return lines(name.replace("//", "/"), f"s3://{bucket}/{prefix}?versions", partial(listed, s3, bucket, prefix))


def listed(s3: Any, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    """One line for each version and each delete marker, page by page, and what of the two it is."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for section, kind in SECTIONS.items():
            yield from ({"Kind": kind, **entry} for entry in page.get(section) or ())
