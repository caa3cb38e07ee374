"""Where a service's logs go by the ARN of their destination: a bucket, a log group, or a stream. No source lives here.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from collectors import log_groups
from collectors.answers import answered
from collectors.base import Artifact, Scope
from collectors.delivered import Folder, files
from plugins import Gap, GapKind

Folders = Callable[[Any], Iterable[Folder]]


def delivered_to(aws: Any, scope: Scope, arn: str, subject: str, folders: Folders) -> Iterator[Artifact | Gap]:
    """What lies at a destination: files of ``folders`` (asked with an S3 client), or slices of a log group.

    A stream holds nothing to collect, which is a gap of ``subject``.
    """
    service = arn.split(":")[2]
    if service == "s3":
        s3 = aws.client("s3")
        yield from answered(subject, lambda: (found for folder in folders(s3) for found in files(s3, folder, scope)))
    elif service == "logs":
        yield from log_groups.collected(aws.client("logs"), scope, group_in(arn))
    else:
        yield stream(subject, arn)


def group_in(arn: str) -> str:
    """The log group's name in its ARN, with the star that some services write behind it or without."""
    return arn.split(":log-group:", 1)[-1].removesuffix(":*")


def stream(subject: str, arn: str) -> Gap:
    return Gap(GapKind.UNSUPPORTED, subject, f"it goes to {arn}; collect it from where that stream is delivered")
