"""GuardDuty's findings as its API's client, its export and EventBridge give them."""

import gzip
import json
from datetime import datetime

import pytest

from examiners.guardduty_findings import FORM, looks_like_guardduty
from tests.examiners.findings import ACCOUNT, as_answer, as_event, as_lines, read, row_of

DETECTOR = f"arn:aws:guardduty:eu-central-1:{ACCOUNT}:detector/d1"
REMOTE = {"ipAddressV4": "203.0.113.44", "country": {"countryName": "Norway"}, "organization": {"asn": "64500"}}
RECORD = {
    "schemaVersion": "2.0",
    "accountId": ACCOUNT,
    "region": "eu-central-1",
    "partition": "aws",
    "id": "f1",
    "arn": f"{DETECTOR}/finding/f1",
    "type": "Discovery:IAMUser/AnomalousBehavior",
    "resource": {
        "resourceType": "AccessKey",
        "accessKeyDetails": {
            "accessKeyId": "AKIAEXAMPLE",
            "principalId": "AIDAEXAMPLE",
            "userName": "ci-deploy",
            "userType": "IAMUser",
        },
    },
    "service": {
        "serviceName": "guardduty",
        "detectorId": "d1",
        "action": {
            "actionType": "AWS_API_CALL",
            "awsApiCallAction": {"api": "ListBuckets", "remoteIpDetails": REMOTE},
        },
        "eventFirstSeen": "2026-03-01T09:10:00.000Z",
        "eventLastSeen": "2026-03-01T12:00:00.000Z",
        "archived": False,
        "count": 14,
    },
    "severity": 5,
    "createdAt": "2026-03-01T09:20:00.000Z",
    "updatedAt": "2026-03-01T12:05:00.000Z",
    "title": "User ci-deploy is invoking APIs in an unusual way.",
    "description": "APIs commonly used in Discovery tactics were invoked.",
}
SEQUENCE = {
    "uid": "s1",
    "actors": [{"id": "a1", "user": {"name": "ci-deploy", "uid": "AIDA", "credentialUid": "AKIASEQUENCE"}}],
    "endpoints": [{"id": "e1", "ip": "198.51.100.7"}],
    "resources": [{"uid": "arn:aws:s3:::acme", "name": "acme", "resourceType": "S3_BUCKET"}],
    "sequenceIndicators": [
        {"key": "ATTACK_TACTIC", "values": ["Discovery", "Exfiltration"]},
        {"key": "ATTACK_TECHNIQUE", "values": ["T1526", "T1530"]},
    ],
}


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return as_lines(RECORD, {**RECORD, "id": "f2"}), "d1/findings-f1.jsonl", {}, 2


def pascal(value):
    """As the API's client spells it."""
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: pascal(inner) for key, inner in value.items()}
    return [pascal(inner) for inner in value] if isinstance(value, list) else value


def test_what_happened_to_whom_when():
    row = row_of(FORM, RECORD)
    assert (row["event_id"], row["finding_arn"]) == ("f1", f"{DETECTOR}/finding/f1")
    assert (row["product"], row["type"]) == ("GuardDuty", "Discovery:IAMUser/AnomalousBehavior")
    assert (row["title"], row["description"]) == (RECORD["title"], RECORD["description"])
    assert (row["account_id"], row["region"], row["status"], row["times_seen"]) == (
        ACCOUNT,
        "eu-central-1",
        "ACTIVE",
        14,
    )
    assert (row["first_seen"], row["last_seen"]) == (datetime(2026, 3, 1, 9, 10), datetime(2026, 3, 1, 12))
    assert (row["created_at"], row["updated_at"]) == (datetime(2026, 3, 1, 9, 20), datetime(2026, 3, 1, 12, 5))


def test_who_did_it_with_which_key_and_from_where():
    row = row_of(FORM, RECORD)
    assert (row["principal"], row["access_key_id"], row["remote_ip"]) == ("ci-deploy", "AKIAEXAMPLE", "203.0.113.44")
    assert (row["resource_type"], row["resource_id"]) == ("AccessKey", "AKIAEXAMPLE")
    assert json.loads(row["resources"]) == RECORD["resource"]


def test_its_time_is_when_it_was_last_seen_else_when_it_was_updated():
    assert row_of(FORM, RECORD)["event_time"] == datetime(2026, 3, 1, 12)
    unseen = {**RECORD, "service": {**RECORD["service"], "eventLastSeen": None}}
    assert row_of(FORM, unseen)["event_time"] == datetime(2026, 3, 1, 12, 5)


def test_the_whole_finding_is_kept():
    assert json.loads(row_of(FORM, RECORD)["detail"]) == RECORD


@pytest.mark.parametrize(
    ("written", "label", "number"),
    [(8.9, "HIGH", 89), (9.0, "CRITICAL", 90), (4, "MEDIUM", 40), (1.1, "LOW", 11), (0, "INFORMATIONAL", 0)],
)
def test_severity_has_the_bands_that_guardduty_documents(written, label, number):
    row = row_of(FORM, {**RECORD, "severity": written})
    assert (row["severity"], row["severity_number"], row["severity_original"]) == (label, number, str(written))


@pytest.mark.parametrize("written", [99, -1, "very", None, [8]])
def test_a_severity_that_is_none_is_kept_as_it_was_written(written):
    row = row_of(FORM, {**RECORD, "severity": written})
    assert (row["severity"], row["severity_number"]) == (None, None)
    assert (row["severity_original"] is None) is (written is None)


def test_the_spelling_of_an_api_client_gives_the_same_row():
    small, large = row_of(FORM, RECORD), row_of(FORM, pascal(RECORD))
    differing = {name for name in small if small[name] != large[name]}
    assert differing == {"detail", "resources"}


@pytest.mark.parametrize(
    "data",
    [
        as_answer(pascal(RECORD)),
        as_answer(RECORD, key="findings"),
        as_lines(RECORD),
        json.dumps([RECORD]).encode(),
        json.dumps(RECORD, indent=2).encode(),
        as_lines(as_event("GuardDuty Finding", RECORD)),
        gzip.compress(as_lines(RECORD)),
        json.dumps(RECORD).encode("utf-16"),
    ],
)
def test_every_way_of_handing_it_over(data):
    assert [row["event_id"] for row in read(FORM, data).rows] == ["f1"]
    plain = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    assert looks_like_guardduty(plain[: 64 << 10], "x") == 95


def test_account_and_region_come_from_the_event_where_the_finding_has_none():
    bare = {key: value for key, value in RECORD.items() if key not in ("accountId", "region")}
    row = row_of(FORM, as_event("GuardDuty Finding", bare, "444455556666", "eu-west-1"))
    assert (row["account_id"], row["region"]) == ("444455556666", "eu-west-1")


def test_account_and_region_come_from_the_exhibit_where_nothing_else_says():
    bare = {key: value for key, value in RECORD.items() if key not in ("accountId", "region")}
    row = row_of(FORM, bare, account="444455556666", region="eu-west-1")
    assert (row["account_id"], row["region"]) == ("444455556666", "eu-west-1")


@pytest.mark.parametrize(
    ("action", "address"),
    [
        ({"networkConnectionAction": {"remoteIpDetails": {"ipAddressV4": "198.51.100.1"}}}, "198.51.100.1"),
        (
            {"portProbeAction": {"portProbeDetails": [{"remoteIpDetails": {"ipAddressV4": "198.51.100.2"}}]}},
            "198.51.100.2",
        ),
        ({"kubernetesApiCallAction": {"remoteIpDetails": {"ipAddressV6": "2001:db8::1"}}}, "2001:db8::1"),
        ({"rdsLoginAttemptAction": {"remoteIpDetails": {"ipAddressV4": "198.51.100.3"}}}, "198.51.100.3"),
        ({"dnsRequestAction": {"domain": "example.com"}}, None),
    ],
)
def test_the_remote_address_of_every_action(action, address):
    assert row_of(FORM, {**RECORD, "service": {**RECORD["service"], "action": action}})["remote_ip"] == address


@pytest.mark.parametrize(
    ("resource", "name", "arn"),
    [
        ({"resourceType": "Instance", "instanceDetails": {"instanceId": "i-1"}}, "i-1", None),
        (
            {"resourceType": "S3Bucket", "s3BucketDetails": [{"name": "b", "arn": "arn:aws:s3:::b"}]},
            "b",
            "arn:aws:s3:::b",
        ),
        ({"resourceType": "Lambda", "lambdaDetails": {"functionName": "f", "functionArn": "arn:f"}}, "f", "arn:f"),
        ({"resourceType": "Unheard", "unheardDetails": {"id": "x"}}, None, None),
        ({"resourceType": ["odd"]}, None, None),
    ],
)
def test_the_resource_that_it_is_about(resource, name, arn):
    row = row_of(FORM, {**RECORD, "resource": resource})
    assert (row["resource_id"], row["resource_arn"]) == (name, arn)


def test_a_credential_that_left_its_instance_is_about_the_key():
    both = {**RECORD["resource"], "instanceDetails": {"instanceId": "i-1"}}
    assert row_of(FORM, {**RECORD, "resource": both})["resource_id"] == "AKIAEXAMPLE"


def test_an_attack_sequence_names_its_first_actor_and_resource_and_its_techniques():
    service = {**RECORD["service"], "action": None, "detection": {"sequence": SEQUENCE}}
    sequence = {**RECORD, "type": "AttackSequence:S3/CompromisedData", "resource": None, "service": service}
    row = row_of(FORM, sequence)
    assert (row["principal"], row["access_key_id"], row["remote_ip"]) == ("ci-deploy", "AKIASEQUENCE", "198.51.100.7")
    assert (row["resource_type"], row["resource_id"], row["resource_arn"]) == ("S3_BUCKET", "acme", "arn:aws:s3:::acme")
    assert json.loads(row["tactics"]) == ["Discovery", "Exfiltration"]
    assert json.loads(row["techniques"]) == ["T1526", "T1530"]


@pytest.mark.parametrize(
    ("kind", "tactics"),
    [
        ("PrivilegeEscalation:IAMUser/AnomalousBehavior", '["Privilege Escalation"]'),
        ("Backdoor:EC2/C&CActivity.B!DNS", None),
        ("Policy:S3/BucketPublicAccessGranted", None),
    ],
)
def test_a_threat_purpose_is_a_tactic_only_where_attack_has_it(kind, tactics):
    assert row_of(FORM, {**RECORD, "type": kind})["tactics"] == tactics


def test_a_finding_that_was_put_away_says_so():
    assert row_of(FORM, {**RECORD, "service": {**RECORD["service"], "archived": True}})["status"] == "ARCHIVED"
    assert row_of(FORM, {**RECORD, "service": {**RECORD["service"], "archived": "?"}})["status"] is None


def test_what_has_no_id_is_quarantined_and_its_neighbours_stay():
    outcome = read(FORM, as_lines(RECORD, {"service": {"detectorId": "d"}}, {**RECORD, "id": "f3"}))
    assert [row["event_id"] for row in outcome.rows] == ["f1", "f3"]
    assert [(one.row, one.reason) for one in outcome.quarantined] == [
        (1, "an object without an id is no finding of GuardDuty")
    ]


@pytest.mark.parametrize("data", [b"", b"{}", b'{"service":{"a":1}}', b'{"detectorId":"d"}', b'{"Records":[]}'])
def test_it_claims_nothing_else(data):
    assert looks_like_guardduty(data, "findings.jsonl") == 0
