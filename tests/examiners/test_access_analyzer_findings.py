"""Access Analyzer's findings of both operations and of EventBridge."""

import json
from datetime import datetime

import pytest

from examiners.access_analyzer_findings import FORM, looks_like_access_analyzer
from tests.examiners.findings import ACCOUNT, as_answer, as_event, as_lines, read, row_of

RECORD = {
    "id": "a1",
    "resource": "arn:aws:s3:::acme-exports",
    "resourceType": "AWS::S3::Bucket",
    "resourceOwnerAccount": ACCOUNT,
    "principal": {"AWS": "999999999999"},
    "action": ["s3:GetObject"],
    "condition": {},
    "isPublic": False,
    "status": "ACTIVE",
    "createdAt": "2026-03-01T08:00:00+00:00",
    "analyzedAt": "2026-03-01T12:00:00+00:00",
    "updatedAt": "2026-03-01T09:00:00+00:00",
}
UNUSED = {
    **{name: RECORD[name] for name in ("resourceOwnerAccount", "status", "createdAt", "analyzedAt", "updatedAt")},
    "id": "a2",
    "resource": f"arn:aws:iam::{ACCOUNT}:user/rin",
    "resourceType": "AWS::IAM::User",
    "findingType": "UnusedIAMUserAccessKey",
    "findingDetails": [{"unusedIamUserAccessKeyDetails": {"accessKeyId": "AKIAEXAMPLE"}}],
}


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return as_lines(RECORD, UNUSED), "acme/findings.jsonl", {}, 2


def test_who_from_outside_can_reach_what():
    row = row_of(FORM, RECORD, region="eu-central-1")
    assert (row["event_id"], row["product"], row["type"]) == ("a1", "IAM Access Analyzer", "ExternalAccess")
    assert (row["principal"], row["resource_id"], row["resource_arn"]) == (
        *("999999999999", "acme-exports", "arn:aws:s3:::acme-exports"),
    )
    assert (row["account_id"], row["region"], row["status"]) == (ACCOUNT, "eu-central-1", "ACTIVE")
    assert (row["event_time"], row["updated_at"]) == (datetime(2026, 3, 1, 12), datetime(2026, 3, 1, 9))
    assert (row["title"], row["severity"], json.loads(row["detail"])) == (None, None, RECORD)


def test_access_that_nobody_uses():
    row = row_of(FORM, UNUSED)
    assert (row["type"], row["access_key_id"], row["principal"]) == ("UnusedIAMUserAccessKey", "AKIAEXAMPLE", None)
    assert row["resource_id"] == "user/rin"


@pytest.mark.parametrize(
    ("principal", "shown"),
    [
        ({"Federated": "accounts.google.com"}, "accounts.google.com"),
        ({"AWS": "*"}, "*"),
        ({"AWS": "1", "Service": "x"}, '{"AWS":"1","Service":"x"}'),
        ({}, None),
        (None, None),
    ],
)
def test_the_principal_as_far_as_there_is_one(principal, shown):
    assert row_of(FORM, {**RECORD, "principal": principal})["principal"] == shown


def test_the_newer_operation_tells_the_principal_in_the_details():
    details = [{"externalAccessDetails": {"principal": {"AWS": "444455556666"}}}]
    assert (
        row_of(FORM, {**UNUSED, "findingType": "ExternalAccess", "findingDetails": details})["principal"]
        == "444455556666"
    )


def test_an_event_names_account_and_region():
    detail = {key: value for key, value in RECORD.items() if key != "resourceOwnerAccount"}
    data = as_lines(as_event("Access Analyzer Finding", {**detail, "accountId": ACCOUNT, "region": "eu-west-1"}))
    (row,) = read(FORM, data).rows
    assert (row["account_id"], row["region"]) == (ACCOUNT, "eu-west-1")
    assert looks_like_access_analyzer(data, "x") == 95


def test_the_answer_of_the_operation():
    data = as_answer(RECORD, UNUSED, key="findings")
    assert len(read(FORM, data).rows) == 2
    assert looks_like_access_analyzer(data, "x") == 95


def test_what_has_no_id_is_quarantined():
    assert read(FORM, as_lines({"resource": "x"})).reasons == [
        "an object without an id is no finding of Access Analyzer"
    ]


@pytest.mark.parametrize("data", [b"", b"{}", b'{"analyzedAt":"x","status":"y"}'])
def test_it_claims_nothing_else(data):
    assert looks_like_access_analyzer(data, "findings.jsonl") == 0
