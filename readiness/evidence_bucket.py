"""A bucket in each forensic account in which nobody can delete or overwrite evidence: Object Lock with a retention.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
"""

from collections.abc import Iterator

from readiness.base import check
from readiness.buckets import block_seen, lock_of, lock_seen, rank_of
from readiness.organisation import Kind, Organisation, Place, each
from readiness.verdicts import Observation, Verdict, judged

MOST = 50  # buckets that are asked in one account
TODO = "Make a bucket with Object Lock and a default retention in each forensic account, and block public access to it."


@check(
    "evidence_bucket",
    title="Evidence buckets are locked",
    practice="SEC10-BP03",
    permissions=("s3:ListAllMyBuckets", "s3:GetBucketObjectLockConfiguration", "s3:GetBucketPublicAccessBlock"),
    weight=5,
)
def look(organisation: Organisation) -> Verdict:
    """Ask each bucket of each forensic account for its lock; one that is locked by default is enough."""
    return judged(each(organisation.homes(Kind.FORENSICS), bucket_seen), TODO)


def bucket_seen(place: Place) -> Iterator[Observation]:
    buckets = place.ask("s3", "list_buckets")
    names = [bucket["Name"] for bucket in buckets.data["Buckets"]][:MOST]
    locks = {name: lock_of(place, name) for name in names}
    ranked = sorted(names, key=lambda name: rank_of(locks[name]), reverse=True)
    if not ranked or not rank_of(locks[ranked[0]]):
        yield buckets.failed(f"No bucket of {place.account} has Object Lock.", names or "no bucket")
        return
    best = ranked[0]
    yield lock_seen(best, locks[best])
    yield block_seen(place, best)
