"""Findings in OCSF: of detections, vulnerabilities and compliance, as the schema and Security Hub have them."""

import json
from datetime import datetime

import pytest

from examiners.ocsf_findings import FORM, looks_like_ocsf_findings
from tests.examiners.findings import ACCOUNT, as_answer, as_event, as_lines, read, row_of

NINE = 1_772_355_600_000  # 2026-03-01 09:00 UTC in milliseconds
RECORD = {
    "activity_id": 1,
    "activity_name": "Create",
    "category_uid": 2,
    "class_uid": 2004,
    "class_name": "Detection Finding",
    "type_uid": 200401,
    "time": NINE + 7_200_000,
    "severity_id": 4,
    "severity": "High",
    "status": "New",
    "count": 3,
    "metadata": {"product": {"name": "GuardDuty", "vendor_name": "AWS"}, "uid": "x", "version": "1.5.0"},
    "cloud": {"provider": "AWS", "account": {"uid": ACCOUNT}, "region": "eu-central-1"},
    "finding_info": {
        "uid": "o1",
        "title": "A key is used from an unusual place",
        "desc": "Nobody came from there before.",
        "types": ["TTPs/Discovery"],
        "first_seen_time": NINE,
        "last_seen_time": NINE + 3_600_000,
        "created_time_dt": "2026-03-01T09:05:00Z",
        "modified_time_dt": "2026-03-01T10:05:00Z",
        "attacks": [{"tactic": {"name": "Discovery", "uid": "TA0007"}, "technique": {"name": "x", "uid": "T1526"}}],
    },
    "evidences": [
        {
            "actor": {"user": {"name": "ci-deploy", "credential_uid": "AKIAEXAMPLE"}},
            "src_endpoint": {"ip": "203.0.113.44"},
        }
    ],
    "resources": [{"type": "AwsS3Bucket", "uid": "arn:aws:s3:::acme", "name": "acme"}],
}


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return as_lines(RECORD, {**RECORD, "class_uid": 2002, "finding_info": {"uid": "o2"}}), "findings.jsonl", {}, 2


def test_a_detection():
    row = row_of(FORM, RECORD)
    assert (row["event_id"], row["product"], row["type"]) == ("o1", "GuardDuty", "TTPs/Discovery")
    assert (row["title"], row["account_id"], row["region"]) == (
        RECORD["finding_info"]["title"],
        ACCOUNT,
        "eu-central-1",
    )
    assert (row["principal"], row["access_key_id"], row["remote_ip"]) == ("ci-deploy", "AKIAEXAMPLE", "203.0.113.44")
    assert (row["resource_type"], row["resource_id"], row["resource_arn"]) == (
        "AwsS3Bucket",
        "acme",
        "arn:aws:s3:::acme",
    )
    assert (row["tactics"], row["techniques"]) == ('["Discovery"]', '["T1526"]')
    assert (row["status"], row["workflow"], row["times_seen"]) == ("Create", "New", 3)


def test_its_times_in_either_of_the_two_ways_to_write_them():
    row = row_of(FORM, RECORD)
    assert (row["event_time"], row["first_seen"]) == (datetime(2026, 3, 1, 10), datetime(2026, 3, 1, 9))
    assert (row["created_at"], row["updated_at"]) == (datetime(2026, 3, 1, 9, 5), datetime(2026, 3, 1, 10, 5))


def test_without_a_last_sighting_its_time_is_the_update_else_that_of_the_event():
    bare = {"uid": "o1", "modified_time": NINE}
    assert row_of(FORM, {**RECORD, "finding_info": bare})["event_time"] == datetime(2026, 3, 1, 9)
    assert row_of(FORM, {**RECORD, "finding_info": {"uid": "o1"}})["event_time"] == datetime(2026, 3, 1, 11)


@pytest.mark.parametrize(
    ("level", "label"),
    [
        (1, "INFORMATIONAL"),
        (2, "LOW"),
        (3, "MEDIUM"),
        (4, "HIGH"),
        (5, "CRITICAL"),
        (6, "CRITICAL"),
        (0, None),
        ([], None),
    ],
)
def test_severity_by_its_number(level, label):
    row = row_of(FORM, {**RECORD, "severity_id": level, "severity": None})
    assert row["severity"] == label


def test_severity_as_text_where_there_is_no_number():
    assert row_of(FORM, {**RECORD, "severity_id": None})["severity"] == "HIGH"


def test_of_an_outbound_connection_the_remote_address_is_where_it_went():
    evidence = {
        "connection_info": {"direction_id": 2},
        "src_endpoint": {"ip": "10.0.0.1"},
        "dst_endpoint": {"ip": "198.51.100.5"},
    }
    assert row_of(FORM, {**RECORD, "evidences": [evidence]})["remote_ip"] == "198.51.100.5"


def test_older_versions_had_one_resource_and_several_tactics():
    older = {key: value for key, value in RECORD.items() if key != "resources"}
    attacks = [{"tactics": [{"name": "Impact"}], "sub_technique": {"uid": "T1485.001"}}]
    row = row_of(FORM, {**older, "resource": {"uid": "i-1", "type": "AwsEc2Instance"}, "attacks": attacks})
    assert (row["resource_id"], row["resource_arn"]) == ("i-1", None)
    assert (row["tactics"], row["techniques"]) == ('["Impact","Discovery"]', '["T1485.001","T1526"]')


def test_the_first_class_of_all_called_it_finding():
    older = {key: value for key, value in RECORD.items() if key != "finding_info"}
    old = {**older, "class_uid": 2001, "finding": {"uid": "o9", "title": "old"}}
    assert row_of(FORM, old)["title"] == "old"
    assert looks_like_ocsf_findings(as_lines(old), "x") == 95


def test_a_finding_without_types_is_of_the_type_of_its_class():
    info = {"uid": "o1"}
    assert row_of(FORM, {**RECORD, "finding_info": info, "class_uid": 2003})["type"] == "Compliance Finding"


@pytest.mark.parametrize(
    "data",
    [
        as_answer(RECORD),
        as_lines(as_event("Findings Imported V2", {"findings": [RECORD]})),
        json.dumps([RECORD]).encode(),
    ],
)
def test_every_way_of_handing_it_over(data):
    assert [json.loads(row["detail"]) for row in read(FORM, data).rows] == [RECORD]
    assert looks_like_ocsf_findings(data, "x") == 95


@pytest.mark.parametrize("changed", [{"class_uid": 6003}, {"class_uid": None}, {"class_uid": "x"}])
def test_events_of_other_classes_are_quarantined(changed):
    (reason,) = read(FORM, as_lines({**RECORD, **changed})).reasons
    assert "no finding in OCSF" in reason


def test_it_leaves_events_of_other_classes_alone():
    activity = {"class_uid": 6003, "metadata": {"product": {}}, "api": {"operation": "ListBuckets"}}
    assert looks_like_ocsf_findings(as_lines(activity), "x") == 0
