"""Are the log files what CloudTrail delivered? Signatures, chains, hashes, coverage, from the evidence alone.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
"""

from collections.abc import Iterator

from examiners.archives import members_of
from examiners.base import Examined, Member, Tally, Verdict, examiner, validator
from examiners.chains import Chains, verdict
from examiners.cloudtrail import DIGEST, looks_like_cloudtrail
from examiners.coverage import Coverage
from examiners.digests import DIGEST_NAME, KEYS_FILE, LOG_NAME, Digest, in_name, place_of, read_digest, read_keys
from examiners.sniffing import head
from examiners.streams import Unreadable


def looks_like_digest(head: bytes, name: str) -> int:
    """Score a digest file by its own field, the public keys that go with it by their name."""
    if DIGEST in head and b'"logFiles"' in head:
        return 95
    return 95 if name.endswith(KEYS_FILE) and b'"PublicKeyList"' in head else 0


@examiner(
    "cloudtrail_digest_files",
    title="CloudTrail digests and public keys",
    version=1,
    family="cloudtrail",
    sniff=looks_like_digest,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Digests hold no events: they are claimed, so that nobody quarantines them, and judged by the validator.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
    """
    for member in members:
        yield Tally(member.index, member.file, 0, 0, 0)


@validator("cloudtrail_digest", title="CloudTrail digest validation", version=1)
def validate(members: list[Member]) -> Iterator[Verdict]:
    """One verdict for each digest and log file, for each listed file that is not there, and for each uncovered time.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
    """
    members = [inner for member in members for inner in members_of(member) if isinstance(inner, Member)]
    keys = read_keys(member for member in members if member.file.endswith(KEYS_FILE))
    digests: list[Digest] = []
    unreadable: list[Member] = []
    for member in filter(is_digest, members):
        try:
            digests.append(read_digest(member))
        except Unreadable as error:
            unreadable.append(member)
            yield verdict(member, "altered", str(error))
    chains = Chains(digests, keys, unreadable)
    yield from chains.verdicts()
    yield from Coverage(chains, list(filter(is_log, members))).verdicts()


def is_digest(member: Member) -> bool:
    return in_name(DIGEST_NAME, place_of(member)[1]) is not None


def is_log(member: Member) -> bool:
    """By its name if CloudTrail gave it one, else by its content."""
    if in_name(LOG_NAME, place_of(member)[1]):
        return True
    return not is_digest(member) and looks_like_cloudtrail(head(member), member.file) > 0
