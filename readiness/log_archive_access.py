"""Who can write to the log archive, delete from it or change its policy: bucket policy, ACL, public access block.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
"""

from collections.abc import Iterator

from readiness.base import check
from readiness.buckets import block_seen, bucket_names
from readiness.organisation import Account, Kind, Organisation, Place, each
from readiness.policies import Statement, statements_of
from readiness.verdicts import Observation, Verdict, judged

WRITE = "s3:PutObject"
CHANGES = (
    WRITE,
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:DeleteBucket",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
    "s3:BypassGovernanceRetention",
)
OTHERS = ("WRITE", "WRITE_ACP", "FULL_CONTROL")
TODO = "Let only AWS's log services write to the archive; take from its policy and ACL whatever lets others change it."


@check(
    "log_archive_access",
    title="Nobody can change the log archive",
    practice="SEC10-BP03",
    permissions=("s3:GetBucketPolicy", "s3:GetBucketAcl", "s3:GetBucketPublicAccessBlock"),
    weight=4,
)
def look(organisation: Organisation) -> Verdict:
    """Read policy, ACL and public access block of each bucket that is registered for the log archive.

    Roles of the log archive account itself are not judged: what they may do is written in that account's IAM.
    """
    return judged(each(organisation.homes(Kind.LOG_ARCHIVE), buckets_seen), TODO)


def buckets_seen(place: Place) -> Iterator[Observation]:
    for bucket in bucket_names(place.account):
        yield from policy_seen(place, bucket)
        yield acl_seen(place, bucket)
        yield block_seen(place, bucket)


def policy_seen(place: Place, bucket: str) -> Iterator[Observation]:
    answer = place.ask("s3", "get_bucket_policy", {"Bucket": bucket}, ("NoSuchBucketPolicy",))
    if answer.code:
        yield answer.passed(f"{bucket} has no policy: nobody outside its account is let in, not even CloudTrail.")
        return
    allowed = [one for one in statements_of(answer, answer.data["Policy"]) if one.is_allow]
    risky = [(one, words) for one in allowed if (words := dangers_of(one, place.account))]
    for statement, words in risky:
        yield answer.failed(f"In {bucket}, {words}.", statement.raw)
    if not risky:
        yield answer.passed(f"{bucket} lets only AWS's services write, and nobody delete.", writers_of(allowed))


def dangers_of(statement: Statement, owner: Account) -> str:
    """What the statement lets outsiders do to the archive, in words; empty where it is harmless."""
    outsiders = [name for name in statement.principals if not is_service(name) and owner.number not in name]
    actions = [action for action in CHANGES if statement.covers(action)]
    return f"{', '.join(outsiders)} may {', '.join(actions)}" if outsiders and actions else ""


def is_service(principal: str) -> bool:
    return principal.endswith(".amazonaws.com")


def writers_of(statements: list[Statement]) -> list[str]:
    return sorted({name for one in statements if one.covers(WRITE) for name in one.principals})


def acl_seen(place: Place, bucket: str) -> Observation:
    answer = place.ask("s3", "get_bucket_acl", {"Bucket": bucket})
    owner = answer.data["Owner"].get("ID")
    foreign = [
        grant
        for grant in answer.data["Grants"]
        if grant["Permission"] in OTHERS and grant["Grantee"].get("ID", "") != owner
    ]
    if foreign:
        return answer.failed(f"The ACL of {bucket} lets others write.", foreign)
    return answer.passed(f"The ACL of {bucket} lets nobody but its owner write.", answer.data["Grants"])
