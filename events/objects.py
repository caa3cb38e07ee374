"""What was done to the objects of each bucket, by whom: read, written, put under another key, deleted; with bytes.

CloudTrail tells of objects only where data events are on. ``bytesTransferredOut`` and ``SSEApplied`` are fields of
S3's ``additionalEventData``: https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.columns import column
from events.engine import first_values
from events.questions import LONGEST, inside
from events.reader import Reader
from plugins import Window

MOST = 200  # pairs of bucket and principal
SOME = 8  # examples of each deed

_KMS = "x-amz-server-side-encryption-aws-kms-key-id"
_READ = "event_name IN ('GetObject', 'SelectObjectContent', 'GetObjectTorrent')"
_WRITTEN = "event_name IN ('PutObject', 'CopyObject', 'CompleteMultipartUpload', 'CreateMultipartUpload')"
_DELETED = "event_name IN ('DeleteObject', 'DeleteObjects', 'DeleteObjectVersion')"
# Calls about a bucket that let objects out, or make their loss final.
_EXPOSED = (
    "event_name IN ('PutBucketPolicy', 'PutBucketAcl', 'PutObjectAcl', 'PutBucketReplication', 'DeleteBucket', "
    "'PutBucketVersioning', 'PutBucketLifecycle', 'PutBucketLifecycleConfiguration', 'DeleteBucketPolicy', "
    "'PutBucketPublicAccessBlock', 'DeleteBucketPublicAccessBlock', 'PutBucketEncryption')"
)
_PLACE = (
    "struct_pack(event_time := event_time, evidence := evidence, part := part, member := member, src_row := src_row, "
    "src_file := src_file, what := event_name)"
)
_ORDER = "event_time, evidence, part, member, src_row"
_SSE = column("additionalEventData.SSEApplied")
# One row per call; ``seen`` is whether the object was spoken of before, ``sealed_by`` the key it is written under.
_CALLS = f"""SELECT *, coalesce(sealed_by = 'SSE_C' OR owner <> recipient_account_id OR sealed_by <> first_key, false)
        AS is_other, row_number() OVER (PARTITION BY bucket, object ORDER BY {_ORDER}) > 1
        OR ends_with(coalesce(copied_from, ''), bucket || '/' || object) AS seen
    FROM (SELECT *, first_value(sealed_by IGNORE NULLS) OVER (PARTITION BY bucket
            ORDER BY {_ORDER}) AS first_key,
            CASE WHEN starts_with(sealed_by, 'arn:') THEN split_part(sealed_by, ':', 5) END AS owner
        FROM (SELECT *, {column("requestParameters.bucketName")} AS bucket, {column("requestParameters.key")} AS object,
                {column("requestParameters.x-amz-copy-source")} AS copied_from, {_PLACE} AS place,
                TRY_CAST({column("additionalEventData.bytesTransferredOut")} AS BIGINT) AS sent,
                coalesce(error_code, '') = '' AS worked,
                CASE WHEN {_WRITTEN} AND coalesce(error_code, '') = '' THEN coalesce(
                    {column(f"requestParameters.{_KMS}")}, {column(f"responseElements.{_KMS}")},
                    CASE WHEN ends_with({_SSE}, 'SSE_S3') THEN 'SSE_S3' ELSE nullif({_SSE}, 'SSE_KMS') END)
                    END AS sealed_by
            FROM logs WHERE event_source = 's3.amazonaws.com' AND user_identity_invoked_by IS NULL
                AND coalesce(user_identity_type, '') <> 'AWSService' AND {{within}})
        WHERE bucket IS NOT NULL)"""  # noqa: S608  names are ours


@dataclass(frozen=True, slots=True)
class Handling:
    """What one principal did in one bucket. Counts of deeds are of calls that worked; objects are different names.

    ``rekeyed`` are writes under a key other than the bucket's first, of another account, or held by the caller
    (SSE-C); ``overwritten`` those of them whose object was known before. ``bytes_out`` is None where no record tells.
    ``pairs`` is how many there are in all.
    """

    bucket: str
    principal: str
    events: int
    reads: int
    objects_read: int
    bytes_out: int | None
    writes: int
    rekeyed: int
    overwritten: int
    keys: list[str]
    deletes: int
    objects_deleted: int
    refused: int
    exposures: list[str]
    addresses: list[str]
    first_at: datetime
    last_at: datetime
    examples_read: list[dict[str, Any]]
    examples_rekeyed: list[dict[str, Any]]
    examples_deleted: list[dict[str, Any]]
    examples_exposed: list[dict[str, Any]]
    pairs: int


def handlings(reader: Reader, window: Window | None = None) -> Iterator[Handling]:
    """Who handled objects: the gravest first (other keys, deletions, bytes carried out, reads), at most 200."""
    within, bound = inside(window)
    other = f"{_WRITTEN} AND worked AND is_other"
    rows = reader.select(
        f"""SELECT *, count(*) OVER () FROM (SELECT bucket, coalesce(principal, ''), count(*),
            count(*) FILTER ({_READ} AND worked) AS reads, count(DISTINCT object) FILTER ({_READ} AND worked),
            sum(sent) FILTER ({_READ} AND worked) AS sent, count(*) FILTER ({_WRITTEN} AND worked) AS writes,
            count(*) FILTER ({other}) AS rekeyed, count(DISTINCT object) FILTER ({other} AND seen),
            coalesce(list(DISTINCT sealed_by ORDER BY sealed_by) FILTER ({other}), [])[1:5],
            count(*) FILTER ({_DELETED} AND worked) AS deletes,
            count(DISTINCT object) FILTER ({_DELETED} AND worked), count(*) FILTER (NOT worked),
            coalesce(list(DISTINCT event_name ORDER BY event_name) FILTER ({_EXPOSED} AND worked), []) AS exposed,
            {first_values("source_ip_address", 5)},
            min(event_time), max(event_time), {some(f"{_READ} AND worked")}, {some(other)},
            {some(f"{_DELETED} AND worked")}, {some(f"{_EXPOSED} AND worked")}
        FROM ({_CALLS.replace("{within}", within)}) GROUP BY bucket, principal
        HAVING min(event_time) IS NOT NULL AND (reads > 0 OR writes > 0 OR deletes > 0 OR len(exposed) > 0))
        ORDER BY rekeyed DESC, deletes DESC, sent DESC NULLS LAST, reads DESC, bucket, 2 LIMIT {MOST}""",  # noqa: S608
        bound,
        seconds=LONGEST,
    )
    return (Handling(*row) for row in rows)


def some(condition: str) -> str:
    return f"coalesce(min(place, {SOME}) FILTER ({condition}), [])"
