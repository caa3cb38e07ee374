"""Server access logs of buckets: each request that S3 logged, on a best-effort basis.

Keys: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from collectors.answers import REFUSALS, gap_of
from collectors.base import BUCKET, Artifact, Scope, source
from collectors.delivered import Folder, files, folders_below
from plugins import Gap, GapKind

LAG = timedelta(days=1)  # most come within hours, and their names tell when they came
WORDS = "S3 delivers access logs as well as it can: a record may be late, twice or missing"


@source(
    "s3_access_logs",
    title="S3 server access logs",
    permissions=("s3:GetBucketLogging", "s3:ListBucket", "s3:GetObject"),
    resources="buckets that were read or written",
    pattern=BUCKET,
    kind="service_logs",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the access logs of each bucket from the window's days and the day after, wherever they are delivered.

    A bucket whose logging is off is a gap. Where several buckets share a prefix their files are taken too.
    """
    s3 = aws.client("s3")
    for bucket in scope.resources:
        try:
            target = s3.get_bucket_logging(Bucket=bucket).get("LoggingEnabled")
            folders = folders_of(s3, scope, bucket, target) if target else []
        except REFUSALS as problem:
            yield gap_of(problem, f"access logs of s3://{bucket}")
            continue
        if not target:
            yield Gap(GapKind.NOT_ENABLED, f"access logs of s3://{bucket}", "server access logging is off")
        for folder in folders:
            yield from files(s3, folder, scope, lambda key: {"delivery": WORDS})


def folders_of(s3: Any, scope: Scope, bucket: str, target: dict[str, Any]) -> list[Folder]:
    """Where the files lie: all beside each other, or partitioned by account, region, bucket and day."""
    place, prefix = target["TargetBucket"], target["TargetPrefix"]
    if "PartitionedPrefix" not in target.get("TargetObjectKeyFormat", {}):
        return [Folder(place, prefix, "{day:%Y-%m-%d}-", LAG)]
    below = f"{prefix}{scope.account}/"
    regions = folders_below(s3, place, below) or [f"{below}{scope.region}/"]
    return [Folder(place, f"{region}{bucket}/", lag=LAG) for region in regions]
