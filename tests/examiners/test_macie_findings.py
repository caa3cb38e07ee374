"""Macie's findings as its API and EventBridge give them."""

import json
from datetime import datetime

import pytest

from examiners.macie_findings import FORM, looks_like_macie
from tests.examiners.findings import ACCOUNT, as_answer, as_event, as_lines, read, row_of

BUCKET = {"arn": "arn:aws:s3:::acme-exports", "name": "acme-exports"}
RECORD = {
    "schemaVersion": "1.0",
    "id": "m1",
    "accountId": ACCOUNT,
    "partition": "aws",
    "region": "eu-central-1",
    "category": "CLASSIFICATION",
    "type": "SensitiveData:S3Object/Personal",
    "title": "The S3 object contains personal information.",
    "description": "Names and addresses.",
    "severity": {"score": 3, "description": "High"},
    "createdAt": "2026-03-01T09:00:00.000Z",
    "updatedAt": "2026-03-01T10:00:00.000Z",
    "count": 2,
    "archived": False,
    "sample": False,
    "resourcesAffected": {"s3Bucket": BUCKET, "s3Object": {"key": "2026/a.csv", "path": "acme-exports/2026/a.csv"}},
}
POLICY = {
    **RECORD,
    "id": "m2",
    "category": "POLICY",
    "type": "Policy:IAMUser/S3BucketPublic",
    "severity": {"score": 2, "description": "Medium"},
    "resourcesAffected": {"s3Bucket": BUCKET},
    "policyDetails": {
        "action": {
            "actionType": "AWS_API_CALL",
            "apiCallDetails": {
                "api": "PutBucketPolicy",
                "firstSeen": "2026-03-01T08:00:00.000Z",
                "lastSeen": "2026-03-01T08:30:00.000Z",
            },
        },
        "actor": {
            "ipAddressDetails": {"ipAddressV4": "203.0.113.44"},
            "userIdentity": {
                "type": "AssumedRole",
                "assumedRole": {
                    "accessKeyId": "ASIAEXAMPLE",
                    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/DataPlatform/x",
                },
            },
        },
    },
}


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return as_lines(RECORD, POLICY), "macie/findings-m1.jsonl", {}, 2


def test_which_object_holds_what():
    row = row_of(FORM, RECORD)
    assert (row["event_id"], row["product"], row["type"]) == ("m1", "Macie", "SensitiveData:S3Object/Personal")
    assert (row["resource_type"], row["resource_id"]) == ("AWS::S3::Object", "acme-exports/2026/a.csv")
    assert row["resource_arn"] == "arn:aws:s3:::acme-exports/2026/a.csv"
    assert (row["severity"], row["severity_original"], row["times_seen"]) == ("HIGH", "High", 2)
    assert (row["event_time"], row["status"]) == (datetime(2026, 3, 1, 10), "ACTIVE")


def test_who_made_a_bucket_less_safe_from_where_and_when():
    row = row_of(FORM, POLICY)
    assert (row["principal"], row["access_key_id"]) == (
        f"arn:aws:sts::{ACCOUNT}:assumed-role/DataPlatform/x",
        "ASIAEXAMPLE",
    )
    assert (row["remote_ip"], row["event_time"]) == ("203.0.113.44", datetime(2026, 3, 1, 8, 30))
    assert (row["first_seen"], row["resource_type"]) == (datetime(2026, 3, 1, 8), "AWS::S3::Bucket")
    assert (row["resource_id"], row["resource_arn"]) == ("acme-exports", "arn:aws:s3:::acme-exports")


def test_an_object_in_a_bucket_without_an_arn_has_none():
    affected = {"s3Bucket": {"name": "b"}, "s3Object": {"key": "k"}}
    row = row_of(FORM, {**RECORD, "resourcesAffected": affected})
    assert (row["resource_id"], row["resource_arn"]) == ("b/k", None)


@pytest.mark.parametrize(
    ("identity", "principal"),
    [
        ({"iamUser": {"arn": "arn:u", "userName": "rin"}}, "arn:u"),
        ({"root": {"principalId": "1"}}, "1"),
        ({"awsService": {"invokedBy": "x.amazonaws.com"}}, "x.amazonaws.com"),
        ({}, None),
    ],
)
def test_every_kind_of_actor(identity, principal):
    details = {"actor": {"userIdentity": identity}}
    assert row_of(FORM, {**POLICY, "policyDetails": details})["principal"] == principal


@pytest.mark.parametrize(
    "data", [as_answer(RECORD, key="findings"), as_lines(as_event("Macie Finding", RECORD)), as_lines(RECORD)]
)
def test_every_way_of_handing_it_over(data):
    assert [json.loads(row["detail"]) for row in read(FORM, data).rows] == [RECORD]
    assert looks_like_macie(data, "x") == 95


def test_what_has_no_id_is_quarantined():
    assert read(FORM, as_lines({"type": "x"})).reasons == ["an object without an id is no finding of Macie"]


@pytest.mark.parametrize("data", [b"", b"{}", b'{"category":"x"}', b"id,type\n"])
def test_it_claims_nothing_else(data):
    assert looks_like_macie(data, "findings.jsonl") == 0
