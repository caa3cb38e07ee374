"""ASFF, as Security Hub's pages show it: of its own checks, and of other products."""

import json
from datetime import datetime

import pytest

from examiners.security_hub_findings import FORM, looks_like_asff
from tests.examiners.findings import ACCOUNT, as_answer, as_event, as_lines, read, row_of
from tests.examiners.making import member

RECORD = {
    "SchemaVersion": "2018-10-08",
    "Id": f"arn:aws:guardduty:eu-central-1:{ACCOUNT}:detector/d1/finding/f1",
    "ProductArn": "arn:aws:securityhub:eu-central-1::product/aws/guardduty",
    "ProductName": "GuardDuty",
    "GeneratorId": f"arn:aws:guardduty:eu-central-1:{ACCOUNT}:detector/d1",
    "AwsAccountId": ACCOUNT,
    "Region": "eu-central-1",
    "Types": ["TTPs/Discovery/IAMUser-AnomalousBehavior"],
    "FirstObservedAt": "2026-03-01T09:10:00.000Z",
    "LastObservedAt": "2026-03-01T12:00:00.000Z",
    "CreatedAt": "2026-03-01T09:20:00.000Z",
    "UpdatedAt": "2026-03-01T12:05:00.000Z",
    "Severity": {"Product": 5, "Label": "MEDIUM", "Normalized": 50},
    "Title": "User ci-deploy is invoking APIs in an unusual way.",
    "Description": "APIs commonly used in Discovery tactics were invoked.",
    "Resources": [
        {
            "Type": "AwsIamAccessKey",
            "Id": "AWS::IAM::AccessKey:AKIAEXAMPLE",
            "Details": {"AwsIamAccessKey": {"PrincipalName": "ci-deploy", "PrincipalType": "IAMUser"}},
        }
    ],
    "Action": {
        "ActionType": "AWS_API_CALL",
        "AwsApiCallAction": {"Api": "ListBuckets", "RemoteIpDetails": {"IpAddressV4": "203.0.113.44"}},
    },
    "RecordState": "ACTIVE",
    "Workflow": {"Status": "NEW"},
}
CHECK = {
    **{name: RECORD[name] for name in ("SchemaVersion", "AwsAccountId", "Region", "RecordState", "Workflow")},
    "Id": "arn:aws:securityhub:eu-central-1:111122223333:security-control/IAM.3/finding/c1",
    "ProductArn": "arn:aws:securityhub:eu-central-1::product/aws/securityhub",
    "GeneratorId": "security-control/IAM.3",
    "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
    "CreatedAt": "2026-03-01T10:00:00Z",
    "UpdatedAt": "2026-03-01T11:00:00Z",
    "Severity": {"Label": "HIGH"},
    "Title": "IAM users' access keys should be rotated every 90 days or less",
    "Resources": [{"Type": "AwsIamUser", "Id": f"arn:aws:iam::{ACCOUNT}:user/ci-deploy"}],
    "Compliance": {"Status": "FAILED", "SecurityControlId": "IAM.3"},
}


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return as_lines(RECORD, CHECK), "findings.jsonl", {}, 2


def test_a_finding_of_another_product():
    row = row_of(FORM, RECORD)
    assert (row["product"], row["event_id"], row["type"]) == ("GuardDuty", RECORD["Id"], RECORD["Types"][0])
    assert (row["principal"], row["access_key_id"], row["remote_ip"]) == ("ci-deploy", "AKIAEXAMPLE", "203.0.113.44")
    assert (row["status"], row["workflow"]) == ("ACTIVE", "NEW")
    assert (row["event_time"], row["first_seen"]) == (datetime(2026, 3, 1, 12), datetime(2026, 3, 1, 9, 10))
    assert json.loads(row["detail"]) == RECORD


def test_a_check_of_security_hub():
    row = row_of(FORM, CHECK)
    assert (row["product"], row["severity"], row["severity_number"]) == ("aws/securityhub", "HIGH", 70)
    assert (row["resource_type"], row["resource_id"]) == ("AwsIamUser", "user/ci-deploy")
    assert row["resource_arn"] == f"arn:aws:iam::{ACCOUNT}:user/ci-deploy"
    assert (row["event_time"], row["last_seen"]) == (datetime(2026, 3, 1, 11), None)
    assert (row["principal"], row["access_key_id"], row["remote_ip"]) == (None, None, None)


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ({"Label": "CRITICAL"}, ("CRITICAL", 90, "CRITICAL")),
        ({"Label": "MEDIUM", "Normalized": 55, "Original": "5.5"}, ("MEDIUM", 55, "5.5")),
        ({"Normalized": 0}, ("INFORMATIONAL", 0, "0")),
        ({"Label": "AWFUL"}, (None, None, "AWFUL")),
        ("HIGH", (None, None, None)),
    ],
)
def test_severity_by_number_else_by_label(severity, expected):
    row = row_of(FORM, {**CHECK, "Severity": severity})
    assert (row["severity"], row["severity_number"], row["severity_original"]) == expected


def test_what_only_the_provider_says_is_taken():
    own = {key: value for key, value in CHECK.items() if key not in ("Severity", "Types")}
    row = row_of(FORM, {**own, "FindingProviderFields": {"Severity": {"Label": "LOW"}, "Types": ["TTPs/Collection"]}})
    assert (row["severity"], row["type"]) == ("LOW", "TTPs/Collection")


def test_tactics_are_the_categories_of_ttps():
    types = ["TTPs/Initial Access", "Effects/Data Exposure", "TTPs/Initial Access/Phishing", "TTPs"]
    assert row_of(FORM, {**RECORD, "Types": types})["tactics"] == '["Initial Access"]'
    assert row_of(FORM, CHECK)["tactics"] is None


def test_an_attack_sequence_tells_techniques_and_the_actor():
    sequence = {
        "Actors": [{"User": {"Name": "rin", "CredentialUid": "AKIAOTHER"}}],
        "Endpoints": [{"Ip": "198.51.100.9"}],
        "SequenceIndicators": [{"Key": "ATTACK_TECHNIQUE", "Values": ["T1530"]}],
    }
    row = row_of(FORM, {**CHECK, "Detection": {"Sequence": sequence}})
    assert (row["principal"], row["access_key_id"], row["remote_ip"]) == ("rin", "AKIAOTHER", "198.51.100.9")
    assert row["techniques"] == '["T1530"]'


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ({"Direction": "IN", "SourceIpV4": "198.51.100.1", "DestinationIpV4": "10.0.0.1"}, "198.51.100.1"),
        ({"Direction": "OUT", "SourceIpV4": "10.0.0.1", "DestinationIpV6": "2001:db8::1"}, "2001:db8::1"),
        ({"SourceIpV4": "198.51.100.1"}, None),
    ],
)
def test_the_far_end_of_a_connection_whose_direction_is_told(network, address):
    assert row_of(FORM, {**CHECK, "Network": network})["remote_ip"] == address


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (as_answer(RECORD, CHECK), 2),
        (as_lines(as_event("Security Hub Findings - Imported", {"findings": [RECORD]})), 1),
        (
            as_lines(
                as_event("Security Hub Findings - Custom Action", {"actionName": "x", "findings": [RECORD, CHECK]})
            ),
            2,
        ),
        (as_lines(*(as_event("Security Hub Findings - Imported", {"findings": [one]}) for one in (RECORD, CHECK))), 2),
        (as_lines(as_event("Security Hub Findings - Imported", {"findings": []}), as_event("x", RECORD)), 1),
    ],
)
def test_every_way_of_handing_it_over(data, rows):
    outcome = read(FORM, data)
    assert len(outcome.rows) == rows
    assert [row["src_row"] for row in outcome.rows] == list(range(rows))
    assert looks_like_asff(data, "x") == 95


def test_findings_in_one_event_are_found_again_one_by_one():
    data = as_lines(as_event("Security Hub Findings - Imported", {"findings": [RECORD, CHECK]}))
    outcome = read(FORM, data)
    texts = [FORM.raw(member(data), row["src_row"]) for row in outcome.rows]
    assert [json.loads(text)["Id"] for text in texts] == [RECORD["Id"], CHECK["Id"]]


def test_an_answer_that_is_larger_than_memory_should_hold_is_read_piece_by_piece():
    finding = {**CHECK, "Description": "x" * 200_000}
    data = json.dumps(
        {"Findings": [{**finding, "Id": str(number)} for number in range(200)], "NextToken": "t"}
    ).encode()
    assert len(data) > 32 << 20
    assert [row["event_id"] for row in read(FORM, data).rows] == [str(number) for number in range(200)]


def test_what_has_no_id_is_quarantined_and_its_neighbours_stay():
    outcome = read(FORM, as_answer(RECORD, {"Title": "nothing"}, "text", CHECK))
    assert len(outcome.rows) == 2
    assert outcome.reasons == ["an object without an Id is no finding of Security Hub", "not a JSON object"]


def test_it_leaves_a_trail_alone_that_tells_of_findings_being_imported():
    call = {"eventName": "BatchImportFindings", "requestParameters": {"findings": [RECORD]}}
    assert looks_like_asff(json.dumps({"Records": [call]}).encode(), "x") == 0
