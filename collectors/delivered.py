"""Logs that AWS's services deliver into buckets, filed by day. No source lives here.

Where each service files them: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, BinaryIO

from collectors.answers import REFUSALS, gap_of
from collectors.base import Artifact, Scope
from plugins import Gap, GapKind

LAG = timedelta(minutes=15)  # most services deliver within 5 minutes; allow three times that
Notes = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Folder:
    """Where files of each day lie: ``prefix`` is all of the key before the day, ``by_day`` how the day is written.

    ``lag`` is how long after the end of the window a file may come that tells of it.
    """

    bucket: str
    prefix: str
    by_day: str = "{day:%Y/%m/%d}/"
    lag: timedelta = LAG

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    def of(self, day: date) -> str:
        return self.prefix + self.by_day.format(day=day)


def folder_in(arn: str, below: str) -> Folder:
    """The folder ``below`` the place that a destination's ARN names: arn:aws:s3:::BUCKET, with a prefix or without."""
    bucket, _, prefix = arn.split(":::", 1)[-1].partition("/")
    return Folder(bucket, joined(prefix, below))


def joined(prefix: str, below: str) -> str:
    return f"{prefix.strip('/')}/{below}" if prefix.strip("/") else below


def files(s3: Any, folder: Folder, scope: Scope, notes: Notes = lambda key: {}) -> Iterator[Artifact | Gap]:
    """Every file of the window's days; ``notes`` says of a key what the manifest should hold.

    A refusal is a gap, and so is that there is no file at all: silence may be a wrong place.
    """
    is_silent = True
    for found in entries(s3, folder, scope):
        is_silent = False
        yield found if isinstance(found, Gap) else artifact(s3, folder.bucket, found, notes(found["Key"]))
    if is_silent:
        *_, last = days(scope, folder.lag)
        words = f"logs should be delivered there, but from {scope.start.date()} to {last} there is none"
        yield Gap(GapKind.NOT_FOUND, str(folder), words)


def entries(s3: Any, folder: Folder, scope: Scope) -> Iterator[dict[str, Any] | Gap]:
    """What S3 lists of the window's days; where it refuses, a gap and the end."""
    for day in days(scope, folder.lag):
        try:
            yield from listed(s3, folder.bucket, folder.of(day))
        except REFUSALS as problem:
            yield gap_of(problem, f"s3://{folder.bucket}/{folder.of(day)} and later days")
            return


def days(scope: Scope, lag: timedelta = LAG) -> Iterator[date]:
    """The UTC days that files of the scope can be filed under."""
    day, last = scope.start.date(), (scope.end + lag).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def listed(s3: Any, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", ())


def folders_below(s3: Any, bucket: str, prefix: str) -> list[str]:
    """The prefixes one level below ``prefix``, which ends in a slash or in how their names begin."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
    return [found["Prefix"] for page in pages for found in page.get("CommonPrefixes", ())]


def artifact(s3: Any, bucket: str, entry: dict[str, Any], notes: Mapping[str, Any]) -> Artifact:
    """One object; the name of its version is its ETag, which S3 gives with every listing."""
    key, etag = entry["Key"], entry["ETag"].strip('"')
    return Artifact(
        name=key.rsplit("/", 1)[-1],
        origin=f"s3://{bucket}/{key}",
        open=partial(opened, s3, bucket, key),
        version=etag,
        size=entry["Size"],
        modified=entry["LastModified"],
        notes={"bucket": bucket, "key": key, "etag": etag, **notes},
    )


def opened(s3: Any, bucket: str, key: str) -> BinaryIO:
    body: BinaryIO = s3.get_object(Bucket=bucket, Key=key)["Body"]
    return body
