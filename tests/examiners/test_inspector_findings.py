"""Inspector's findings as its API, its reports and EventBridge give them."""

import json
from datetime import datetime

import pytest

from examiners.inspector_findings import FORM, looks_like_inspector
from tests.examiners.findings import ACCOUNT, as_answer, as_event, as_lines, read, row_of

RECORD = {
    "findingArn": f"arn:aws:inspector2:eu-central-1:{ACCOUNT}:finding/0f1",
    "awsAccountId": ACCOUNT,
    "type": "PACKAGE_VULNERABILITY",
    "title": "CVE-2026-0001 - openssl-libs",
    "description": "A buffer is too small.",
    "severity": "HIGH",
    "inspectorScore": 7.5,
    "status": "ACTIVE",
    "firstObservedAt": "2026-02-01T09:00:00Z",
    "lastObservedAt": "2026-03-01T12:00:00Z",
    "updatedAt": 1772367000.5,
    "resources": [{"type": "AWS_EC2_INSTANCE", "id": "i-1", "region": "eu-central-1", "tags": {"Name": "web"}}],
    "packageVulnerabilityDetails": {"vulnerabilityId": "CVE-2026-0001", "vulnerablePackages": []},
}


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return as_lines(RECORD), "findings.jsonl", {}, 1


def test_which_weakness_is_in_what_since_when():
    row = row_of(FORM, RECORD)
    assert (row["event_id"], row["finding_arn"], row["product"]) == ("0f1", RECORD["findingArn"], "Inspector")
    assert (row["type"], row["title"], row["severity"], row["severity_number"]) == (
        *("PACKAGE_VULNERABILITY", "CVE-2026-0001 - openssl-libs", "HIGH", 70),
    )
    assert (row["resource_type"], row["resource_id"], row["region"]) == ("AWS_EC2_INSTANCE", "i-1", "eu-central-1")
    assert (row["event_time"], row["first_seen"]) == (datetime(2026, 3, 1, 12), datetime(2026, 2, 1, 9))
    assert (row["status"], json.loads(row["detail"])) == ("ACTIVE", RECORD)


def test_times_as_seconds_since_1970_are_read_too():
    assert row_of(FORM, RECORD)["updated_at"] == datetime(2026, 3, 1, 12, 10, 0, 500_000)


def test_a_resource_whose_id_is_an_arn_has_one():
    function = f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:web:$LATEST"
    row = row_of(FORM, {**RECORD, "resources": [{"type": "AWS_LAMBDA_FUNCTION", "id": function}]}, region="eu-west-1")
    assert (row["resource_id"], row["resource_arn"], row["region"]) == (function, function, "eu-west-1")


def test_what_is_not_triaged_has_no_number():
    row = row_of(FORM, {**RECORD, "severity": "UNTRIAGED"})
    assert (row["severity"], row["severity_number"], row["severity_original"]) == (None, None, "UNTRIAGED")


@pytest.mark.parametrize(
    "data", [as_answer(RECORD, key="findings"), as_lines(as_event("Inspector2 Finding", RECORD)), as_lines(RECORD)]
)
def test_every_way_of_handing_it_over(data):
    assert [row["event_id"] for row in read(FORM, data).rows] == ["0f1"]
    assert looks_like_inspector(data, "x") == 95


def test_what_has_no_arn_is_quarantined():
    assert read(FORM, as_lines({"awsAccountId": ACCOUNT})).reasons == [
        "an object without a findingArn is no finding of Inspector"
    ]


@pytest.mark.parametrize("data", [b"", b"{}", b'{"findingArn":"x"}', b"\x00\x01"])
def test_it_claims_nothing_else(data):
    assert looks_like_inspector(data, "findings.jsonl") == 0
