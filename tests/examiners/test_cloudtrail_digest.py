import gzip
import json
from collections import Counter
from datetime import timedelta

import pytest
from awscli.customizations.cloudtrail.validation import DigestTraverser
from botocore.exceptions import ClientError

from examiners import VERDICTS
from examiners.cloudtrail_digest import examine, validate
from tests.examiners.making import DATA, Outcome, event, member, trail
from tests.examiners.test_archives import zipped
from tests.examiners.trails import ACCOUNT, BUCKET, FINGERPRINT, REGION, START, Bucket, public_keys


@pytest.fixture
def bucket():
    return Bucket()


def states(verdicts):
    """Object key -> state; (what is not in the evidence is named by its URL)."""
    return {verdict.file.removeprefix(f"s3://{BUCKET}/"): verdict.state for verdict in verdicts}


def judged(bucket, **how):
    verdicts = list(validate(bucket.members(**how)))
    assert {verdict.state for verdict in verdicts} <= set(VERDICTS)
    assert len(states(verdicts)) == len(verdicts)
    return states(verdicts)


def test_an_untouched_trail_is_valid(bucket):
    assert judged(bucket) == dict.fromkeys([*bucket.logs, *bucket.digests], "valid")


def test_an_altered_log_file_is_found(bucket):
    bucket.edit(bucket.logs[3])
    found = judged(bucket)
    assert found.pop(bucket.logs[3]) == "altered"
    assert set(found.values()) == {"valid"}


def test_packing_a_log_file_anew_does_not_alter_it(bucket):
    bucket.edit(bucket.logs[0], lambda content: content)
    assert judged(bucket)[bucket.logs[0]] == "valid"


def test_a_log_file_that_cannot_be_unpacked_is_altered(bucket):
    bucket.objects[bucket.logs[0]] = (b"\x1f\x8bjunk", {})
    assert judged(bucket)[bucket.logs[0]] == "altered"


def test_a_missing_log_file_is_named_by_its_url(bucket):
    del bucket.objects[bucket.logs[2]]
    (missing,) = (one for one in validate(bucket.members()) if one.state == "missing")
    assert missing.file == f"s3://{BUCKET}/{bucket.logs[2]}"
    assert (missing.evidence, missing.index) == ("FP-2026-000001-E0001", -1)


def test_a_listed_file_of_a_day_that_was_not_collected_is_not_missing(bucket):
    late = Bucket(hours=0)
    early = late.write_log(START - timedelta(days=1))
    late.write_digest(START, [early, late.write_log(START)], None)
    del late.objects[early["s3Object"]]
    assert set(judged(late).values()) == {"valid"}


def test_a_log_file_that_was_slipped_in_is_unlisted(bucket):
    bucket.write_log(START + timedelta(minutes=20))
    assert judged(bucket)[bucket.logs[-1]] == "unlisted"


def test_a_log_file_outside_the_digests_has_no_digest(bucket):
    bucket.write_log(START + timedelta(hours=9))
    assert judged(bucket)[bucket.logs[-1]] == "no_digest"


def test_removing_the_newest_digests_does_not_hide(bucket):
    del bucket.objects[bucket.digests[-1]]
    found = judged(bucket)
    assert [found[log] for log in bucket.logs[-2:]] == ["no_digest", "no_digest"]


def test_an_altered_digest_vouches_for_nothing(bucket):
    bucket.edit(bucket.digests[1], lambda content: content.replace(b"org-trail", b"org-tra1l", 1))
    found = judged(bucket)
    assert found[bucket.digests[1]] == "altered"
    assert [found[log] for log in bucket.logs[2:4]] == ["unverifiable", "unverifiable"]


def test_a_digest_exchanged_together_with_its_signature_is_found_by_its_successor(bucket):
    other = Bucket(hours=1)
    other.write_digest(START + timedelta(hours=1), [], None)
    bucket.objects[bucket.digests[1]] = other.objects[other.digests[1]]
    assert judged(bucket)[bucket.digests[1]] == "altered"


def test_a_missing_digest_is_named_and_its_time_is_uncovered(bucket):
    gone = bucket.digests[1]
    del bucket.objects[gone]
    found = judged(bucket)
    assert found.pop(gone) == "missing"
    hole = next(file for file in found if file.startswith(f"{ACCOUNT} {REGION} org-trail"))
    assert (hole.split()[-1], found[hole]) == ("2026-03-01T11:00:00Z/2026-03-01T12:00:00Z", "no_digest")


def test_a_moved_digest_is_invalid(bucket):
    key = bucket.digests[2]
    moved = key.replace("org-trail", "copy-trail")
    bucket.objects[moved] = bucket.objects.pop(key)
    found = judged(bucket)
    assert found[moved] == "altered"


def test_a_pause_of_the_trail_is_a_hole_and_starts_a_chain_anew(bucket):
    bucket.write_hour(START + timedelta(hours=6), forget=True)
    found = judged(bucket)
    assert Counter(found.values()) == {"valid": 15, "no_digest": 1}


def test_a_digest_that_is_no_json_is_altered(bucket):
    bucket.objects[bucket.digests[0]] = (b"{", {})
    assert judged(bucket)[bucket.digests[0]] == "altered"


def test_without_public_keys_nothing_can_be_verified_and_altered_files_still_show(bucket):
    bucket.edit(bucket.logs[0])
    found = judged(bucket, with_keys=False)
    assert found.pop(bucket.logs[0]) == "altered"
    assert set(found.values()) == {"unverifiable"}


@pytest.mark.parametrize(
    "change",
    [
        {"ValidityEndTime": "2026-02-01T00:00:00Z"},
        {"Value": "bm90IGEga2V5"},
        {"Fingerprint": "00"},
        {"Value": 5},
    ],
)
def test_a_key_that_does_not_fit_verifies_nothing(bucket, change):
    keys = public_keys()
    keys["PublicKeyList"][0] |= change
    members = [*bucket.members(with_keys=False), member(json.dumps(keys).encode(), "public-keys.json", 99)]
    assert {verdict.state for verdict in validate(members)} == {"unverifiable"}


def test_a_plain_copy_of_the_bucket_is_verified_but_for_the_newest_signature(bucket):
    found = judged(bucket, plain_copy=True)
    assert found.pop(bucket.digests[-1]) == "unverifiable"
    assert [found.pop(log) for log in bucket.logs[-2:]] == ["unverifiable"] * 2
    assert set(found.values()) == {"valid"}


def test_a_zip_of_the_bucket_is_judged_file_by_file(bucket):
    packed = zipped({key: data for key, (data, _) in bucket.objects.items()})
    found = list(validate([member(packed, "bucket.zip"), bucket.members()[-1]]))
    assert Counter(verdict.state for verdict in found) == {"valid": 9, "unverifiable": 3}


def test_backfill_digests_are_a_chain_of_their_own(bucket):
    backfill = Bucket(hours=1, suffix="_backfill")
    backfill.objects = {key: found for key, found in backfill.objects.items() if "Digest" in key}
    bucket.objects |= backfill.objects
    found = judged(bucket)
    assert found[backfill.digests[0]] == "valid"
    assert "no_digest" not in found.values()


def test_logs_in_a_plain_folder_have_no_digest():
    found = list(validate([member(trail(event()), "mine.json"), member(b"notes", "notes.txt", 1)]))
    assert [(verdict.file, verdict.state) for verdict in found] == [("mine.json", "no_digest")]


def test_real_log_files_without_digests_have_none():
    files = sorted((DATA / "invictus").glob("*"))
    if not files:
        pytest.skip("the sample data of ../shared/data is not here")
    found = validate([member(file.read_bytes(), file.name, index) for index, file in enumerate(files)])
    assert [verdict.state for verdict in found] == ["no_digest"] * len(files)


def test_a_digest_file_has_no_events_and_is_quarantined_by_nobody(bucket):
    outcome = Outcome(examine(iter(bucket.members())))
    assert (outcome.rows, outcome.quarantined, len(outcome.tallies)) == ([], [], 13)


class Cli:
    """``aws cloudtrail validate-logs`` walking the same bucket: the oracle for digests."""

    trail_home_region = REGION

    def __init__(self, bucket):
        self.objects = bucket.objects
        self.said = Counter()

    def load_digest_keys_in_range(self, **_):
        return sorted(key for key in self.objects if "CloudTrail-Digest" in key)

    def fetch_digest(self, bucket, key):
        if key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        packed, metadata = self.objects[key]
        content = gzip.decompress(packed)
        return json.loads(content) | {"_signature": metadata["signature"]}, content

    def get_public_keys(self, *_):
        return {FINGERPRINT: public_keys()["PublicKeyList"][0]}

    def valid(self):
        hear = {
            name: lambda name=name, **_: self.said.update([name]) for name in ("on_invalid", "on_gap", "on_missing")
        }
        walk = DigestTraverser(self, BUCKET, "", self, **hear)
        return {one["digestS3Object"] for one in walk.traverse_digests(START, START + timedelta(days=1))}


DAMAGES = {
    "clean": lambda bucket: None,
    "altered": lambda bucket: bucket.edit(bucket.digests[1], lambda content: content.replace(b"eu-", b"us-", 1)),
    "missing": lambda bucket: bucket.objects.pop(bucket.digests[1]),
    "moved": lambda bucket: bucket.objects.update({bucket.digests[1]: bucket.objects[bucket.digests[0]]}),
    "gap": lambda bucket: bucket.write_hour(START + timedelta(hours=6), forget=True),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_it_finds_the_same_digests_valid_as_the_aws_cli(bucket, damage):
    damage(bucket)
    found = judged_digests(bucket)
    assert found == Cli(bucket).valid()


def judged_digests(bucket):
    verdicts = validate(bucket.members())
    return {key for key, state in states(verdicts).items() if state == "valid" and "Digest" in key}
