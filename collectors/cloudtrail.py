"""CloudTrail log files and their digests, as delivered to the log-archive bucket.

Keys: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
Digests: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from itertools import product
from typing import Any

from collectors.answers import REFUSALS, gap_of
from collectors.base import BUCKET, Artifact, Scope, source
from collectors.delivered import Folder, artifact, entries, folders_below, joined
from plugins import Gap, GapKind, Window

LOGS, DIGESTS = "CloudTrail", "CloudTrail-Digest"
# A file is named by the time of its delivery, to the minute, and holds events from before it. AWS delivers most files
# about 5 minutes after the call, and promises nothing.
EARLY = timedelta(minutes=5)
LATE = timedelta(hours=1)
LISTED = timedelta(hours=1, minutes=15)  # a digest ends at most an hour after the deliveries it lists; some to spare
TIME = re.compile(r"_(\d{8}T\d{4}(?:\d\d)?)Z[_.]")
KEYS_FILE = "public-keys.json"
DIGEST_HOME = re.compile(r"_CloudTrail-Digest_.+_([a-z0-9-]+)_\d{8}T\d{6}Z(?:_backfill)?\.json")


@source(
    "cloudtrail",
    title="CloudTrail log files",
    permissions=("s3:ListBucket", "s3:GetObject", "cloudtrail:ListPublicKeys"),
    resources="buckets of the log archive, or bucket/prefix",
    pattern=BUCKET,
    enters="log_archive",
    narrowed_by="buckets",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield log and digest files of the scope's account and region, oldest day first, and the keys that signed them.

    ``scope.resources`` are buckets, each with the trail's prefix behind a slash if it has one. Files are taken whole,
    by the time in their names: log files from 5 minutes before the start until an hour after the end, and the digests
    that can list them; what has another name is taken with its day. Digests carry their S3 metadata, where the
    signature is, and the times that were asked for. That there is no log file on these days at all is a gap, for
    silence may be a wrong bucket.
    """
    s3, logs, homes = aws.client("s3"), 0, set()
    for found in files_of(s3, scope):
        if isinstance(found, Gap):
            yield found
            continue
        logs += found.kind == LOGS
        if found.is_asked_in(scope):
            yield from artifact_of(s3, found, scope)
            home = DIGEST_HOME.search(found.name)
            homes |= {home[1]} if home else set()
    if not logs:
        subject = f"CloudTrail files of {scope.account} in {scope.region}"
        yield Gap(GapKind.NOT_FOUND, subject, f"no log file in {', '.join(scope.resources) or 'no bucket at all'}")
    yield from public_keys(scope, aws, sorted(homes) or [scope.region])


@dataclass(frozen=True, slots=True)
class Listed:
    """One object as a listing gives it."""

    bucket: str
    kind: str
    entry: dict[str, Any]

    @property
    def key(self) -> str:
        return str(self.entry["Key"])

    @property
    def name(self) -> str:
        return self.key.rsplit("/", 1)[-1]

    def is_asked_in(self, scope: Scope) -> bool:
        """By the time in its name; a name that tells none is asked for."""
        moment = time_in(self.name)
        return moment is None or moment in asked(scope)[self.kind]


def asked(scope: Scope) -> dict[str, Window]:
    """The times in the names of the files that can hold events of the scope, and of the digests that can list them."""
    start, end = scope.start - EARLY, scope.end + LATE
    return {LOGS: Window(start, end), DIGESTS: Window(start, end + LISTED)}


def time_in(name: str) -> datetime | None:
    found = TIME.search(name)
    try:
        return datetime.fromisoformat(f"{found[1]}Z") if found else None
    except ValueError:
        return None


def files_of(s3: Any, scope: Scope) -> Iterator[Listed | Gap]:
    """Every file of every place; what a listing was refused is a gap, and the other listings go on."""
    for place in scope.resources:
        bucket, _, prefix = place.partition("/")
        try:
            bases = roots(s3, bucket, prefix)
        except REFUSALS as problem:
            yield gap_of(problem, f"s3://{place}")
            continue
        for base, (kind, window) in product(bases, asked(scope).items()):
            folder = Folder(bucket, f"{base}{scope.account}/{kind}/{scope.region}/", lag=timedelta(0))
            for found in entries(s3, folder, replace(scope, start=window.start, end=window.end)):
                yield found if isinstance(found, Gap) else Listed(bucket, kind, found)


def roots(s3: Any, bucket: str, prefix: str) -> list[str]:
    """Where account folders lie: AWSLogs/ itself, and AWSLogs/o-.../ of an organisation's trail."""
    base = joined(prefix, "AWSLogs/")
    return [base, *folders_below(s3, bucket, f"{base}o-")]


def artifact_of(s3: Any, found: Listed, scope: Scope) -> Iterator[Artifact | Gap]:
    """One object; a digest with its S3 metadata, where the signature is, and with the times that were asked for."""
    bucket, key = found.bucket, found.key
    notes: dict[str, Any] = {}
    if found.kind == DIGESTS:
        # Digests list files of other times too: whoever checks them must know which of them were asked for.
        notes["asked"] = {
            kind: [window.start.isoformat(), window.end.isoformat()] for kind, window in asked(scope).items()
        }
        try:
            notes["metadata"] = s3.head_object(Bucket=bucket, Key=key)["Metadata"]
        except REFUSALS as problem:
            yield gap_of(problem, f"signature of s3://{bucket}/{key}")
    yield artifact(s3, bucket, found.entry, notes)


def public_keys(scope: Scope, aws: Any, homes: list[str]) -> Iterator[Artifact | Gap]:
    """The keys that CloudTrail signed digests with, kept as evidence: without them no digest can be checked later.

    ``homes`` are the home regions of the trails, as the names of their digests give them.
    """
    keys: dict[str, dict[str, str]] = {}
    for home in homes:
        try:
            keys |= {key["Fingerprint"]: key for key in keys_in(aws.client("cloudtrail", region_name=home), scope)}
        except REFUSALS as problem:
            yield gap_of(problem, f"public keys of CloudTrail in {home}")
    if keys:
        data = json.dumps({"PublicKeyList": list(keys.values())}, sort_keys=True).encode()
        origin = f"arn:aws:cloudtrail:{homes[0]}:{scope.account}:public-keys"
        yield Artifact(KEYS_FILE, origin, partial(BytesIO, data), version=sha256(data).hexdigest(), size=len(data))


def keys_in(client: Any, scope: Scope) -> list[dict[str, str]]:
    pages = client.get_paginator("list_public_keys").paginate(StartTime=scope.start, EndTime=scope.end)
    return [key_row(key) for page in pages for key in page.get("PublicKeyList", ())]


def key_row(key: dict[str, Any]) -> dict[str, str]:
    return {
        "Value": base64.b64encode(key["Value"]).decode(),
        "ValidityStartTime": key["ValidityStartTime"].isoformat(),
        "ValidityEndTime": key["ValidityEndTime"].isoformat(),
        "Fingerprint": key["Fingerprint"],
    }
