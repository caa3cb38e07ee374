"""Config's items out of history files, snapshots and answers."""

import gzip
import json
from datetime import datetime

import pytest

from examiners.config_items import FORM, looks_like_config
from tests.examiners.findings import ACCOUNT, as_lines, read, row_of
from tests.examiners.making import member

# As it stands in delivered files.
RECORD = {
    "configurationItemVersion": "1.3",
    "configurationItemCaptureTime": "2026-03-01T10:00:00.000Z",
    "configurationStateId": 1772359200000,
    "awsAccountId": ACCOUNT,
    "configurationItemStatus": "OK",
    "resourceType": "AWS::EC2::SecurityGroup",
    "resourceId": "sg-1",
    "resourceName": "web",
    "ARN": f"arn:aws:ec2:eu-central-1:{ACCOUNT}:security-group/sg-1",
    "awsRegion": "eu-central-1",
    "availabilityZone": "Not Applicable",
    "resourceCreationTime": "2026-02-01T10:00:00.000Z",
    "tags": {"team": "web"},
    "relatedEvents": ["e1"],
    "relationships": [{"resourceType": "AWS::EC2::VPC", "resourceId": "vpc-1", "name": "Is contained in Vpc"}],
    "configuration": {"groupId": "sg-1", "ipPermissions": [{"toPort": 22}]},
    "supplementaryConfiguration": {},
}


def as_answered(item):
    """The same item as GetResourceConfigHistory gives it."""
    spelled = {"configurationItemVersion": "version", "awsAccountId": "accountId", "ARN": "arn"}
    answer = {spelled.get(name, name): value for name, value in item.items()}
    return {**answer, "configuration": json.dumps(item["configuration"]), "configurationStateId": "1772359200000"}


def file_of(*items):
    return json.dumps({"fileVersion": "1.0", "configSnapshotId": "s1", "configurationItems": list(items)}).encode()


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    data = file_of(RECORD, {**RECORD, "resourceId": "sg-2"})
    return (
        data,
        f"{ACCOUNT}_Config_eu-central-1_ConfigHistory_AWS::EC2::SecurityGroup_20260301T100000Z_1.json.gz",
        {},
        2,
    )


def test_what_it_was_like_when():
    row = row_of(FORM, RECORD)
    assert (row["resource_type"], row["resource_id"], row["resource_name"]) == (
        "AWS::EC2::SecurityGroup",
        "sg-1",
        "web",
    )
    assert (row["arn"], row["status"], row["told_by"]) == (RECORD["ARN"], "OK", "AWS Config")
    assert (row["account_id"], row["region"]) == (ACCOUNT, "eu-central-1")
    assert (row["event_time"], row["created_at"]) == (datetime(2026, 3, 1, 10), datetime(2026, 2, 1, 10))


def test_its_parts_are_json():
    row = row_of(FORM, RECORD)
    assert json.loads(row["configuration"]) == RECORD["configuration"]
    assert json.loads(row["relationships"]) == RECORD["relationships"]
    assert json.loads(row["tags"]) == {"team": "web"}
    others = json.loads(row["others"])
    assert (others["relatedEvents"], others["configurationStateId"]) == (["e1"], 1772359200000)
    assert "awsAccountId" not in others


def test_an_answer_tells_the_same_as_a_file():
    of_file, of_answer = row_of(FORM, RECORD), row_of(FORM, as_answered(RECORD))
    assert json.loads(of_answer["configuration"]) == RECORD["configuration"]
    assert of_file["event_id"] == of_answer["event_id"]


@pytest.mark.parametrize(
    "change",
    [
        {"configuration": {"groupId": "sg-1", "ipPermissions": [{"toPort": 23}]}},
        {"configurationItemStatus": "ResourceDeleted"},
        {"configurationItemCaptureTime": "2026-03-01T10:00:01.000Z"},
        {"resourceId": "sg-2"},
        {"tags": {"team": "other"}},
    ],
)
def test_anything_that_differs_is_no_copy(change):
    assert row_of(FORM, RECORD)["event_id"] != row_of(FORM, {**RECORD, **change})["event_id"]


def test_a_resource_that_is_gone_has_no_configuration():
    row = row_of(FORM, {**RECORD, "configurationItemStatus": "ResourceDeleted", "configuration": None})
    assert (row["status"], row["configuration"]) == ("ResourceDeleted", None)


def test_account_and_region_come_from_the_exhibit_where_the_item_has_none():
    bare = {key: value for key, value in RECORD.items() if key not in ("awsAccountId", "awsRegion")}
    row = row_of(FORM, bare, account="444455556666", region="eu-west-1")
    assert (row["account_id"], row["region"]) == ("444455556666", "eu-west-1")


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (file_of(RECORD, RECORD), 2),
        (gzip.compress(file_of(RECORD)), 1),
        (as_lines(as_answered(RECORD), as_answered(RECORD)), 2),
        (json.dumps({"configurationItems": [as_answered(RECORD)], "nextToken": "x"}, indent=4).encode(), 1),
        (file_of(), 0),
        (json.dumps({"fileVersion": "1.0", "requestId": "r", "configurationItems": [RECORD]}).encode(), 1),
    ],
)
def test_every_form_that_they_come_in(data, rows):
    outcome = read(FORM, data)
    assert (len(outcome.rows), outcome.quarantined) == (rows, [])
    plain = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    assert looks_like_config(plain, "x") == 95


def test_a_snapshot_larger_than_memory_should_hold_is_read_piece_by_piece():
    large = {**RECORD, "configuration": {"text": "x" * 400_000}}
    data = file_of(*({**large, "resourceId": f"sg-{number}"} for number in range(100)))
    assert len(data) > 32 << 20
    outcome = read(FORM, data)
    assert len(outcome.rows) == 100
    assert json.loads(FORM.raw(member(data), 99))["resourceId"] == "sg-99"


def test_what_is_no_item_is_quarantined_and_its_neighbours_stay():
    outcome = read(FORM, file_of(RECORD, {"resourceType": "AWS::EC2::VPC"}, 7, RECORD))
    assert len(outcome.rows) == 2
    assert [one.row for one in outcome.quarantined] == [1, 2]
    assert outcome.reasons[0] == "an object without resourceType and resourceId is no configuration item"


def test_a_file_that_breaks_off_keeps_what_came_before():
    outcome = read(FORM, file_of(RECORD, RECORD, RECORD)[:-700])
    assert len(outcome.rows) == 2
    assert "ends in the middle" in outcome.reasons[0]


@pytest.mark.parametrize("data", [b"", b"{}", b'{"resourceType":"x"}', b'{"fileVersion":"1.0"}'])
def test_it_claims_nothing_else(data):
    assert looks_like_config(data, "x_Config_y.json") == 0
