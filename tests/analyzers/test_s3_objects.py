"""What was done to objects: read, put under another key, deleted, per bucket and principal."""

import json

import pytest

from analyzers import Asked, Material, analyzers
from events import Filters

from .building import ACCOUNT

MALLORY = f"arn:aws:iam::{ACCOUNT}:user/mallory"
OURS = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/ours"
THEIRS = "arn:aws:kms:us-east-1:999988887777:key/theirs"
HEADER = "x-amz-server-side-encryption-aws-kms-key-id"


def call(name, key=None, bucket="exports", **changes):
    asked = {"bucketName": bucket} | ({"key": key} if key else {}) | changes.pop("asked", {})
    return {"eventSource": "s3.amazonaws.com", "eventName": name, "requestParameters": asked} | changes


def read(key, size, **changes):
    return call("GetObject", key, additionalEventData={"bytesTransferredOut": size}, **changes)


def written(key, kms, name="PutObject", **changes):
    return call(name, key, responseElements={HEADER: kms}, additionalEventData={"SSEApplied": "SSE_KMS"}, **changes)


@pytest.fixture
def handled(events_of):
    def handle(*told):
        *findings, answer = analyzers.get("s3_objects").analyze(Material(events_of(*told)))
        assert answer == Asked("s3_objects", "2", len(findings))
        return findings

    return handle


def test_theft_is_reads_different_objects_and_bytes(handled):
    [finding] = handled(read("a", 1_000), read("a", 1_000, at=1), read("b", 500.0, at=2))
    facts = finding.facts
    assert (facts["reads"], facts["objects_read"], facts["bytes_out"]) == (3, 2, 2_500)
    assert (facts["bucket"], facts["principal"]) == ("exports", MALLORY)
    assert finding.explanation == "3 reads of 2 objects, 2,500 bytes carried out."


def test_where_no_record_tells_bytes_none_are_made_up(handled):
    [finding] = handled(call("GetObject", "a"))
    assert finding.facts["bytes_out"] is None
    assert "bytes not told" in finding.explanation


def test_ransom_is_known_objects_under_another_key(handled):
    told = [
        written("a", OURS, actor="deploy"),
        written("b", OURS, actor="deploy", at=1),
        written("a", THEIRS, at=60),
        written("b", THEIRS, at=61),
        written("note.txt", THEIRS, at=62),
    ]
    ransom, upkeep = handled(*told)
    assert (ransom.facts["rekeyed"], ransom.facts["overwritten"], ransom.facts["keys"]) == (3, 2, [THEIRS])
    assert (upkeep.facts["writes"], upkeep.facts["rekeyed"]) == (2, 0)
    assert [example.what for example in ransom.examples] == ["PutObject"] * 3


def test_a_copy_onto_itself_overwrites_what_was_never_seen(handled):
    copied = written("a", THEIRS, "CopyObject", asked={"x-amz-copy-source": "exports/a"})
    assert handled(copied)[0].facts["overwritten"] == 1


def test_a_key_that_the_caller_holds_is_another_key(handled):
    [finding] = handled(call("PutObject", "a", additionalEventData={"SSEApplied": "SSE_C"}))
    assert (finding.facts["rekeyed"], finding.facts["keys"]) == (1, ["SSE_C"])


def test_the_key_that_a_bucket_always_had_is_not(handled):
    assert handled(written("a", OURS), written("a", OURS, at=1))[0].facts["rekeyed"] == 0


def test_two_names_of_the_buckets_own_encryption_are_one(handled):
    told = [
        call("PutObject", "a", at=n, additionalEventData={"SSEApplied": f"{how}SSE_S3"})
        for n, how in enumerate(("", "Default_"))
    ]
    assert handled(*told)[0].facts["rekeyed"] == 0


def test_another_key_of_the_same_account_is(handled):
    assert handled(written("a", OURS), written("a", OURS + "2", at=1))[0].facts["rekeyed"] == 1


def test_deletions_are_counted_and_cited(handled):
    [finding] = handled(call("DeleteObject", "a"), call("DeleteObject", "b", at=1), call("DeleteObjects", at=2))
    assert (finding.facts["deletes"], finding.facts["objects_deleted"]) == (3, 2)
    assert [example.what for example in finding.examples] == ["DeleteObject", "DeleteObject", "DeleteObjects"]


def test_what_opens_a_bucket_is_named(handled):
    [finding] = handled(call("PutBucketPolicy"), call("PutBucketVersioning", at=1))
    assert finding.facts["exposures"] == ["PutBucketPolicy", "PutBucketVersioning"]


def test_what_failed_counts_as_nothing_but_a_refusal(handled):
    denied = {"errorCode": "AccessDenied"}
    [finding] = handled(read("a", 5), read("b", 5, at=1, **denied), call("DeleteObject", "a", at=2, **denied))
    assert (finding.facts["reads"], finding.facts["deletes"], finding.facts["refused"]) == (1, 0, 2)


def test_each_bucket_and_principal_stands_alone_the_gravest_first(handled):
    told = [
        read("a", 10),
        read("a", 9_000, bucket="b"),
        call("DeleteObject", "z", bucket="c", at=1),
        written("q", THEIRS, bucket="d", at=2),
        read("a", 10, actor="deploy"),
    ]
    found = [(finding.facts["bucket"], finding.facts["rank"]) for finding in handled(*told)]
    assert found == [("d", 1), ("c", 2), ("b", 3), ("exports", 4), ("exports", 5)]


def test_its_query_shows_all_of_the_events(events_of):
    told = [read("a", 1), call("ListObjects", at=1), call("GetBucketAcl", at=2), call("GetObject", "x", "other", at=3)]
    reader = events_of(*told)
    findings = list(analyzers.get("s3_objects").analyze(Material(reader)))[:-1]
    assert {reader.count(Filters.from_query(one.query)) == one.count for one in findings} == {True}
    assert [one.count for one in findings] == [3, 1]


def test_services_of_aws_and_other_services_are_left_out(handled):
    service = {"type": "AWSService", "arn": None, "invokedBy": "config.amazonaws.com"}
    assert handled(read("a", 1, userIdentity=service), {"eventName": "GetObject"}, call("ListBuckets")) == []


@pytest.mark.parametrize("odd", [{"a": 1}, ["x"], "' OR 1=1", "x" * 5_000, "<b>\u202e", ""])
def test_odd_names_and_sizes_break_nothing(handled, odd):
    told = [read(odd, odd), call("GetObject", "k", bucket=odd, at=1), written(odd, odd, at=2)]
    for finding in handled(*told):
        assert len(finding.entity.value) < 500
        assert json.loads(json.dumps(finding.facts)) == finding.facts
