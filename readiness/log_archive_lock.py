"""Logs in the archive stay as they were delivered: versioning, Object Lock, and MFA delete where nothing is locked.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
"""

from collections.abc import Iterator

from readiness.base import check
from readiness.buckets import bucket_names, lock_of, lock_seen, rank_of
from readiness.organisation import Answer, Kind, Organisation, Place, each
from readiness.verdicts import Observation, Verdict, judged

TODO = "Turn on versioning and Object Lock with a default retention in the buckets of the log archive."


@check(
    "log_archive_lock",
    title="Logs in the archive cannot be deleted or overwritten",
    practice="SEC10-BP03",
    permissions=("s3:GetBucketVersioning", "s3:GetBucketObjectLockConfiguration"),
    weight=4,
)
def look(organisation: Organisation) -> Verdict:
    """Ask each bucket of the log archive for versioning, MFA delete and Object Lock."""
    return judged(each(organisation.homes(Kind.LOG_ARCHIVE), buckets_seen), TODO)


def buckets_seen(place: Place) -> Iterator[Observation]:
    for bucket in bucket_names(place.account):
        lock = lock_of(place, bucket)
        yield lock_seen(bucket, lock)
        versions = place.ask("s3", "get_bucket_versioning", {"Bucket": bucket})
        yield versioning_seen(bucket, versions)
        yield mfa_seen(bucket, versions, is_locked=rank_of(lock) == 2)


def versioning_seen(bucket: str, answer: Answer) -> Observation:
    if answer.data.get("Status") == "Enabled":
        return answer.passed(f"{bucket} keeps every version.")
    return answer.failed(f"{bucket} keeps no versions: what is overwritten or deleted is gone.")


def mfa_seen(bucket: str, answer: Answer, *, is_locked: bool) -> Observation:
    if answer.data.get("MFADelete") == "Enabled":
        return answer.passed(f"Versions in {bucket} are deleted only with MFA.")
    if is_locked:
        return answer.passed(f"No MFA delete on {bucket}; its lock refuses what MFA would only slow down.")
    return answer.failed(f"Versions in {bucket} can be deleted without MFA.")
