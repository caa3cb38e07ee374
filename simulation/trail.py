"""From records to what lies in the log archive: gzipped log files every ten minutes, and hourly signed digests.

Digest structure and string to sign:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
Written from that page alone: it shares no code with the validator that is tested against it.
"""

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulation.organisation import HOME_REGION, LOG_ARCHIVE, ORGANISATION, TRAIL_BUCKET, TRAIL_NAME, deposit
from simulation.records import Call, record_of

FILE_MINUTES = 10
STAMP = "%Y-%m-%dT%H:%M:%SZ"
Place = tuple[str, str]  # account, region


@dataclass(frozen=True, slots=True)
class LogObject:
    """One object of the log archive."""

    key: str
    content: bytes
    at: datetime
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return gzip.compress(self.content, 6, mtime=0)

    @property
    def sha256(self) -> str:
        """Of the uncompressed content, as digests give it."""
        return hashlib.sha256(self.content).hexdigest()


class Signer:
    """The key that the simulated CloudTrail signs its digests with."""

    def __init__(self) -> None:
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.public = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
        self.fingerprint = hashlib.md5(self.public, usedforsecurity=False).hexdigest()

    def sign(self, text: str) -> str:
        return self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything that is delivered: log files by place and hour, and digests."""

    logs: dict[tuple[Place, datetime], list[LogObject]]
    digests: list[LogObject]

    def objects(self) -> Iterator[LogObject]:
        for files in self.logs.values():
            yield from files
        yield from self.digests


def deliver(calls: Iterable[Call], start: datetime, end: datetime, signer: Signer) -> Archive:
    """Cut the calls into files and sign a digest for every hour of [start, end), empty hours too."""
    logs = files_of(calls)
    places = sorted({place for place, _ in logs})
    digests = [digest for place in places for digest in chain_of(place, logs, (start, end), signer)]
    return Archive(logs, digests)


def files_of(calls: Iterable[Call]) -> dict[tuple[Place, datetime], list[LogObject]]:
    slots: dict[tuple[Place, datetime], list[dict[str, Any]]] = defaultdict(list)
    for number, call in enumerate(sorted(calls, key=lambda call: (call.at, call.caller.arn, call.name))):
        slot = call.at.replace(minute=call.at.minute // FILE_MINUTES * FILE_MINUTES, second=0, microsecond=0)
        slots[((call.caller.account.number, call.region), slot)].append(record_of(call, number))
    logs: dict[tuple[Place, datetime], list[LogObject]] = defaultdict(list)
    for (place, slot), records in sorted(slots.items()):
        logs[(place, slot.replace(minute=0))].append(log_file(place, slot, records))
    return logs


def log_file(place: Place, slot: datetime, records: list[dict[str, Any]]) -> LogObject:
    account, region = place
    content = json.dumps({"Records": records}).encode()
    mark = hashlib.sha256(content).hexdigest()[:16]
    at = slot + timedelta(minutes=FILE_MINUTES)
    name = f"{account}_CloudTrail_{region}_{at:%Y%m%dT%H%MZ}_{mark}.json.gz"
    return LogObject(f"{root(account)}/CloudTrail/{region}/{slot:%Y/%m/%d}/{name}", content, at)


def root(account: str) -> str:
    return f"AWSLogs/{ORGANISATION}/{account}"


def chain_of(
    place: Place, logs: dict[tuple[Place, datetime], list[LogObject]], window: tuple[datetime, datetime], signer: Signer
) -> Iterator[LogObject]:
    """The digests of one account and region, each signed over the one before it."""
    before: LogObject | None = None
    hour = window[0]
    while hour < window[1]:
        before = digest_of(place, hour, logs.get((place, hour), []), before, signer)
        yield before
        hour += timedelta(hours=1)


def digest_of(
    place: Place, hour: datetime, files: list[LogObject], before: LogObject | None, signer: Signer
) -> LogObject:
    (account, region), end = place, hour + timedelta(hours=1)
    name = f"{account}_CloudTrail-Digest_{region}_{TRAIL_NAME}_{HOME_REGION}_{end:%Y%m%dT%H%M%SZ}.json.gz"
    key = f"{root(account)}/CloudTrail-Digest/{region}/{end:%Y/%m/%d}/{name}"
    body = {
        "awsAccountId": account,
        "digestStartTime": hour.strftime(STAMP),
        "digestEndTime": end.strftime(STAMP),
        "digestS3Bucket": TRAIL_BUCKET,
        "digestS3Object": key,
        "digestPublicKeyFingerprint": signer.fingerprint,
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": None,
        "oldestEventTime": None,
        "previousDigestS3Bucket": TRAIL_BUCKET if before else None,
        "previousDigestS3Object": before.key if before else None,
        "previousDigestHashValue": before.sha256 if before else None,
        "previousDigestHashAlgorithm": "SHA-256" if before else None,
        "previousDigestSignature": before.metadata["signature"] if before else None,
        "logFiles": [listed(file) for file in files],
    }
    content = json.dumps(body).encode()
    previous = before.metadata["signature"] if before else "null"
    text = f"{body['digestEndTime']}\n{TRAIL_BUCKET}/{key}\n{hashlib.sha256(content).hexdigest()}\n{previous}"
    return LogObject(key, content, end, {"signature": signer.sign(text), "signature-algorithm": "SHA256withRSA"})


def listed(file: LogObject) -> dict[str, Any]:
    times = sorted(record["eventTime"] for record in json.loads(file.content)["Records"])
    return {
        "s3Bucket": TRAIL_BUCKET,
        "s3Object": file.key,
        "hashValue": file.sha256,
        "hashAlgorithm": "SHA-256",
        "newestEventTime": times[-1],
        "oldestEventTime": times[0],
    }


def store(archive: Archive) -> int:
    """Put every object into the log archive; returns how many."""
    objects = list(archive.objects())
    for found in objects:
        put(found)
    return len(objects)


def put(found: LogObject) -> None:
    """As CloudTrail delivers it: with the signature in the metadata, and with the time of its delivery."""
    stored = deposit(LOG_ARCHIVE, TRAIL_BUCKET, found.key, found.body)
    stored.set_metadata({f"x-amz-meta-{name}": value for name, value in found.metadata.items()})
    stored.last_modified = found.at.replace(tzinfo=None)


def tamper(s3: Any, archive: Archive, place: Place, hours: tuple[datetime, datetime]) -> dict[str, str]:
    """Alter one delivered log file and delete another, as someone with access to the bucket might."""
    altered, deleted = archive.logs[(place, hours[0])][0], archive.logs[(place, hours[1])][0]
    body = json.loads(altered.content)
    body["Records"] = body["Records"][1:]
    put(replace(altered, content=json.dumps(body).encode()))
    s3.delete_object(Bucket=TRAIL_BUCKET, Key=deleted.key)
    return {"altered": altered.key, "missing": deleted.key}


def moment_of(record: dict[str, Any]) -> datetime:
    return datetime.strptime(record["eventTime"], STAMP).replace(tzinfo=UTC)


def whole_hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
