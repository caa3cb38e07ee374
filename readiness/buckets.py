"""What buckets say of themselves: lock and public access. No check lives here.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
"""

from readiness.organisation import Account, Answer, Place
from readiness.verdicts import Observation, Outcome

NO_LOCK = ("ObjectLockConfigurationNotFoundError", "ObjectLockConfigurationNotFound", "404")
NO_BLOCK = ("NoSuchPublicAccessBlockConfiguration",)


def bucket_names(account: Account) -> list[str]:
    """The buckets of an account's register, without prefixes."""
    return sorted({bucket.partition("/")[0] for bucket in account.buckets})


def lock_of(place: Place, bucket: str) -> Answer:
    return place.ask("s3", "get_object_lock_configuration", {"Bucket": bucket}, NO_LOCK)


def rank_of(answer: Answer) -> int:
    """2 locked by default, 1 able to lock, 0 neither."""
    found = answer.data.get("ObjectLockConfiguration", {})
    return 2 if found.get("Rule") else int(found.get("ObjectLockEnabled") == "Enabled")


def lock_seen(bucket: str, answer: Answer) -> Observation:
    if rank_of(answer) == 2:
        return answer.passed(f"{bucket} locks each object when it is stored.")
    if rank_of(answer):
        return answer.partly(f"{bucket} can lock objects, but has no default retention.")
    return answer.failed(f"{bucket} has no Object Lock.")


def block_seen(place: Place, bucket: str) -> Observation:
    answer = place.ask("s3", "get_public_access_block", {"Bucket": bucket}, NO_BLOCK)
    settings = answer.data.get("PublicAccessBlockConfiguration", {})
    is_shut = bool(settings) and all(settings.values())
    says = f"Public access to {bucket} is blocked." if is_shut else f"Public access to {bucket} is not wholly blocked."
    return answer.seen(Outcome.PASSED if is_shut else Outcome.FAILED, says)
