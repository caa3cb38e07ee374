"""CloudTrail digest files as evidence: what they list, how they are signed, with which keys.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from examiners.base import Member
from examiners.streams import Unreadable, plain

KEYS_FILE = "public-keys.json"
DIGEST_NAME = re.compile(
    r"(\d{12})_CloudTrail-Digest_([a-z0-9-]+)_(.+)_([a-z0-9-]+)_(\d{8}T\d{6}Z)(_backfill)?\.json(\.gz)?$"
)
LOG_NAME = re.compile(r"(\d{12})_CloudTrail_([a-z0-9-]+)_(\d{8}T\d{4,6}Z)_[^/]*\.json(\.gz)?$")
TIME_IN_NAME = re.compile(r"_CloudTrail(?:-Digest)?_[^/]*_(\d{8}T\d{4}(?:\d\d)?Z)[_.][^/]*$")
LONGEST_NAME = 1_024  # characters; an object's key has at most as many bytes, and searching takes their square
DAY_IN_KEY = re.compile(r"/(\d{4}/\d{2}/\d{2})/[^/]*$")

Place = tuple[str, str]


class ListedLog(msgspec.Struct):
    """One log file as a digest lists it; ``hashValue`` is the SHA-256 of its uncompressed content."""

    s3Bucket: str
    s3Object: str
    hashValue: str
    hashAlgorithm: str = "SHA-256"


class Document(msgspec.Struct):
    """A digest file's content."""

    awsAccountId: str
    digestStartTime: datetime
    digestEndTime: str
    digestS3Bucket: str
    digestS3Object: str
    digestPublicKeyFingerprint: str
    previousDigestS3Bucket: str | None = None
    previousDigestS3Object: str | None = None
    previousDigestHashValue: str | None = None
    previousDigestSignature: str | None = None
    logFiles: list[ListedLog] = []


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest file as it lies in the evidence: what it says, and the SHA-256 (hex) of its uncompressed content."""

    member: Member
    document: Document
    sha256: str
    start: datetime
    end: datetime

    @property
    def claimed(self) -> Place:
        """Where it says that it was written."""
        return self.document.digestS3Bucket, self.document.digestS3Object

    @property
    def place(self) -> Place:
        """Where it was read; of a plain copy, where it says that it was written."""
        bucket, key = place_of(self.member)
        return (bucket, key) if bucket else self.claimed

    @property
    def previous(self) -> Place | None:
        bucket, key = self.document.previousDigestS3Bucket, self.document.previousDigestS3Object
        return (bucket, key) if bucket and key else None

    @property
    def chain(self) -> tuple[str, ...]:
        """Account, region, trail, home region, and whether it is a backfill: digests of one chain follow each other."""
        found = in_name(DIGEST_NAME, self.place[1])
        return (found[1], found[2], found[3], found[4], found[6] or "") if found else (self.document.awsAccountId,)

    def signed_text(self) -> bytes:
        """The string to sign."""
        said = self.document
        lines = (said.digestEndTime, "/".join(self.claimed), self.sha256, said.previousDigestSignature or "null")
        return "\n".join(lines).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A trail's public key and the time in which it signed."""

    key: RSAPublicKey
    start: datetime
    end: datetime


class ListedKey(msgspec.Struct):
    """One entry of ListPublicKeys: ``Value`` is base64 of a DER PKCS#1 key."""

    Value: str
    Fingerprint: str
    ValidityStartTime: datetime
    ValidityEndTime: datetime


class KeyList(msgspec.Struct):
    """What ListPublicKeys answered."""

    PublicKeyList: list[ListedKey]


def read_digest(member: Member) -> Digest:
    """Raises Unreadable if the file cannot be unpacked or is not a digest."""
    content = content_of(member)
    try:
        document = msgspec.json.decode(content, type=Document)
        end = aware(datetime.fromisoformat(document.digestEndTime))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not a digest file: {error}") from error
    return Digest(member, document, hashlib.sha256(content).hexdigest(), aware(document.digestStartTime), end)


def read_keys(members: Iterable[Member]) -> dict[str, PublicKey]:
    """The keys of all key files by fingerprint; what is no RSA key is left out, so nothing verifies by it."""
    found: dict[str, PublicKey] = {}
    for member in members:
        try:
            listed = msgspec.json.decode(content_of(member), type=KeyList).PublicKeyList
        except (ValueError, RecursionError, Unreadable):
            continue
        found |= {entry.Fingerprint.lower(): key for entry in listed if (key := key_of(entry))}
    return found


def key_of(entry: ListedKey) -> PublicKey | None:
    try:
        key = load_der_public_key(base64.b64decode(entry.Value, validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return None
    if not isinstance(key, RSAPublicKey):
        return None
    return PublicKey(key, aware(entry.ValidityStartTime), aware(entry.ValidityEndTime))


def is_signed(digest: Digest, signature: str, key: PublicKey) -> bool:
    """RSA PKCS#1 v1.5 with SHA-256 over the string to sign; ``signature`` is hex."""
    try:
        key.key.verify(bytes.fromhex(signature), digest.signed_text(), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def content_of(member: Member) -> bytes:
    with member.open() as stream:
        return b"".join(plain(stream))


def content_hash(member: Member) -> str:
    """SHA-256 (hex) of the uncompressed content. Raises Unreadable."""
    digest = hashlib.sha256()
    with member.open() as stream:
        for chunk in plain(stream):
            digest.update(chunk)
    return digest.hexdigest()


def place_of(member: Member) -> Place:
    """Bucket and key where the object was read; from a plain copy only the key's end in its path, without a bucket."""
    if member.notes.get("key"):
        return str(member.notes.get("bucket", "")), str(member.notes["key"])
    path = member.file.rsplit("!", 1)[-1]
    start = f"/{path}".rfind("/AWSLogs/")
    return "", path[start:] if start >= 0 else name_of(path)


def name_of(key: str) -> str:
    return key.rsplit("/", 1)[-1]


def in_name(pattern: re.Pattern[str], key: str) -> re.Match[str] | None:
    """Where the key's last part fits; keys are as long and as odd as whoever wrote the evidence likes."""
    return pattern.search(name_of(key)[-LONGEST_NAME:])


def signature_of(member: Member) -> str:
    """The signature in the object's S3 metadata, if it was kept."""
    metadata = member.notes.get("metadata")
    kept = metadata if isinstance(metadata, Mapping) else {}
    return next((str(value) for name, value in kept.items() if str(name).lower() == "signature"), "")


def day_of(key: str) -> str:
    found = DAY_IN_KEY.search(key)
    return found[1] if found else ""


def time_in_name(key: str) -> datetime | None:
    """The time in the name of a log file or a digest: YYYYMMDDTHHMMZ, with seconds in some."""
    found = in_name(TIME_IN_NAME, key)
    try:
        return datetime.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def aware(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
