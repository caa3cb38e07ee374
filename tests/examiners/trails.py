"""A trail's bucket as CloudTrail would fill it: log files and signed hourly digests, then damaged by a test.

Signs with its own code, written from AWS's description of the digest file; it shares none with the validator.
"""

import base64
import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.examiners.making import event, member, trail

BUCKET, ACCOUNT, REGION = "log-archive", "111122223333", "eu-central-1"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
DER = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
FINGERPRINT = hashlib.md5(DER).hexdigest()
START = datetime(2026, 3, 1, 10, tzinfo=UTC)


class Bucket:
    """Objects by key: (bytes, metadata). ``hours`` digests, each listing two log files."""

    def __init__(self, hours=4, suffix=""):
        self.objects = {}
        self.suffix = suffix
        self.logs, self.digests = [], []
        for hour in range(hours):
            self.write_hour(START + timedelta(hours=hour))

    def write_hour(self, start, forget=False):
        listed = [self.write_log(start + timedelta(minutes=minute)) for minute in (5, 35)]
        self.write_digest(start, listed, None if forget or not self.digests else self.digests[-1])

    def write_log(self, at):
        key = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{at:%Y/%m/%d}/{ACCOUNT}_CloudTrail_{REGION}_{at:%Y%m%dT%H%MZ}_x.json.gz"
        content = trail(event(eventID=key))
        self.objects[key] = (gzip.compress(content), {})
        self.logs.append(key)
        digest = hashlib.sha256(content).hexdigest()
        return {"s3Bucket": BUCKET, "s3Object": key, "hashValue": digest, "hashAlgorithm": "SHA-256"}

    def write_digest(self, start, listed, previous):
        end = start + timedelta(hours=1)
        name = f"{ACCOUNT}_CloudTrail-Digest_{REGION}_org-trail_{REGION}_{end:%Y%m%dT%H%M%SZ}{self.suffix}.json.gz"
        key = f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/{end:%Y/%m/%d}/{name}"
        before = self.objects[previous] if previous else None
        body = {
            "awsAccountId": ACCOUNT,
            "digestStartTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "digestEndTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "digestS3Bucket": BUCKET,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": FINGERPRINT,
            "previousDigestS3Bucket": BUCKET if previous else None,
            "previousDigestS3Object": previous,
            "previousDigestHashValue": hashlib.sha256(gzip.decompress(before[0])).hexdigest() if before else None,
            "previousDigestSignature": before[1]["signature"] if before else None,
            "logFiles": listed,
        }
        content = json.dumps(body).encode()
        self.objects[key] = (gzip.compress(content), signed(body, content))
        self.digests.append(key)

    def members(self, with_keys=True, plain_copy=False):
        """The evidence: every object, with its place and metadata or as a plain copy without them."""
        found = []
        for index, (key, (data, metadata)) in enumerate(sorted(self.objects.items())):
            notes = {} if plain_copy else {"bucket": BUCKET, "key": key, "metadata": metadata}
            found.append(member(data, key if plain_copy else f"s3://{BUCKET}/{key}", index, **notes))
        return found + [member(json.dumps(public_keys()).encode(), "public-keys.json", 9_999)] * with_keys

    def edit(self, key, change=lambda content: content.replace(b"ListBuckets", b"HeadBuckets")):
        data, metadata = self.objects[key]
        self.objects[key] = (gzip.compress(change(gzip.decompress(data))), metadata)


def signed(body, content):
    text = "\n".join(
        [
            body["digestEndTime"],
            f"{body['digestS3Bucket']}/{body['digestS3Object']}",
            hashlib.sha256(content).hexdigest(),
            body["previousDigestSignature"] or "null",
        ]
    )
    signature = KEY.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    metadata = {"signature": signature.hex(), "signature-algorithm": "SHA256withRSA"}
    return metadata | {"backfill-generation-timestamp": "2026-03-02T00:00:00Z"}


def public_keys():
    value = base64.b64encode(DER).decode()
    times = {"ValidityStartTime": "2026-01-01T00:00:00Z", "ValidityEndTime": "2026-12-31T00:00:00+00:00"}
    return {"PublicKeyList": [{"Value": value, "Fingerprint": FINGERPRINT} | times]}
