"""What the log archive holds: files, digests with signatures, and what was spoilt on purpose."""

import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from simulation.noise import ordinary
from simulation.organisation import TRAIL_BUCKET
from simulation.records import record_of
from simulation.trail import Signer, deliver, whole_hour
from tests.simulation.running import bucket_of, session_in

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
END = START + timedelta(hours=3)


@pytest.fixture(scope="module")
def signer():
    return Signer()


@pytest.fixture(scope="module")
def archive(signer):
    return deliver(ordinary(START, END), START, END, signer)


def test_there_is_a_digest_for_every_hour_of_every_place(archive):
    places = {place for place, _ in archive.logs}
    assert len(archive.digests) == len(places) * 3


def test_an_hour_without_events_has_a_digest_too(signer):
    quiet = deliver(ordinary(START, START + timedelta(hours=1)), START, END, signer)
    last = json.loads(quiet.digests[2].content)
    assert last["logFiles"] == []
    assert last["previousDigestS3Object"] == quiet.digests[1].key


def test_every_file_is_listed_once_with_its_hash(archive):
    listed = [entry for digest in archive.digests for entry in json.loads(digest.content)["logFiles"]]
    files = [file for files in archive.logs.values() for file in files]
    assert {entry["s3Object"]: entry["hashValue"] for entry in listed} == {file.key: file.sha256 for file in files}
    assert len(listed) == len(files)


def test_a_signature_is_over_the_words_that_aws_documents(archive, signer):
    digest = archive.digests[1]
    said = json.loads(digest.content)
    hashed = hashlib.sha256(digest.content).hexdigest()
    text = "\n".join((said["digestEndTime"], f"{TRAIL_BUCKET}/{digest.key}", hashed, said["previousDigestSignature"]))
    key = load_der_public_key(signer.public)
    key.verify(bytes.fromhex(digest.metadata["signature"]), text.encode(), PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(digest.metadata["signature"]), text.encode() + b" ", PKCS1v15(), SHA256())


def test_digests_name_the_one_before_by_key_and_hash(archive):
    first, second = archive.digests[:2]
    said = json.loads(second.content)
    assert (said["previousDigestS3Object"], said["previousDigestHashValue"]) == (first.key, first.sha256)
    assert json.loads(first.content)["previousDigestS3Object"] is None


def test_ordinary_days_repeat():
    first, second = (list(ordinary(START, END)) for _ in range(2))
    assert [record_of(call, 0) for call in first] == [record_of(call, 0) for call in second]


def test_files_are_filed_under_the_day_of_their_events(archive):
    for file in (file for files in archive.logs.values() for file in files):
        days = {record["eventTime"][:10].replace("-", "/") for record in json.loads(file.content)["Records"]}
        assert days == {"/".join(file.key.split("/")[5:8])}


def test_a_moment_is_cut_to_its_hour_in_utc():
    assert whole_hour(datetime(2026, 3, 1, 10, 59, 59, 5, tzinfo=UTC)) == START


class TestInTheArchive:
    @pytest.fixture
    def s3(self, simulated):
        return session_in("100000000002").client("s3")

    def test_it_stays_small(self, simulated):
        assert 300 < simulated["objects"] <= 1200

    def test_the_altered_file_is_not_what_its_digest_lists(self, simulated, s3):
        key = simulated["on_purpose"]["altered"]
        body = s3.get_object(Bucket=bucket_of(simulated), Key=key)["Body"].read()
        assert hashlib.sha256(gzip.decompress(body)).hexdigest() != listed_hash(s3, simulated, key)

    def test_the_deleted_file_is_listed_and_gone(self, simulated, s3):
        key = simulated["on_purpose"]["missing"]
        found = s3.list_objects_v2(Bucket=bucket_of(simulated), Prefix=key)
        assert found["KeyCount"] == 0
        assert listed_hash(s3, simulated, key)

    def test_objects_carry_the_time_of_their_delivery(self, simulated, s3):
        key = simulated["on_purpose"]["altered"]
        found = s3.head_object(Bucket=bucket_of(simulated), Key=key)["LastModified"]
        start, end = (datetime.fromisoformat(moment) for moment in simulated["window"])
        assert start < found < end


def listed_hash(s3, facts, key):
    """The hash that a digest of the key's account lists for it."""
    bucket = bucket_of(facts)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="/".join(key.split("/")[:3]))
    digests = [e["Key"] for page in pages for e in page["Contents"] if "/CloudTrail-Digest/" in e["Key"]]
    for digest in digests:
        body = s3.get_object(Bucket=bucket, Key=digest)["Body"].read()
        for entry in json.loads(gzip.decompress(body))["logFiles"]:
            if entry["s3Object"] == key:
                return entry["hashValue"]
    return None
