import json

import pytest

from events.targets import DEEPEST, LONGEST, MOST, counted, targets_of


def event(parameters=None, resources=None):
    return {
        "request_parameters": None if parameters is None else json.dumps(parameters),
        "resources": None if resources is None else json.dumps(resources),
    }


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"userName": "svc-backup"}, ["user svc-backup"]),
        ({"secretId": "prod/db"}, ["secret prod/db"]),
        ({"bucketName": "exports", "key": "a/b.csv"}, ["bucket exports", "object a/b.csv"]),
        ({"name": "arn:aws:cloudtrail:us-east-1:1:trail/org"}, ["name arn:aws:cloudtrail:us-east-1:1:trail/org"]),
        ({"instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]}}, ["instance i-1", "instance i-2"]),
        ({"names": ["/prod/a", "/prod/b"]}, ["name /prod/a", "name /prod/b"]),
        ({"DBInstanceIdentifier": "orders"}, ["database orders"]),
        ({"functionName": "f", "principal": "*"}, ["function f", "shared with *"]),
    ],
)
def test_well_known_parameters_name_the_target(parameters, named):
    assert list(targets_of(event(parameters))) == named


def test_a_shared_snapshot_names_the_snapshot_and_the_other_account():
    shared = {"snapshotId": "snap-1", "createVolumePermission": {"add": {"items": [{"userId": "444455556666"}]}}}
    assert targets_of(event(shared)) == ("snapshot snap-1", "shared with 444455556666")


def test_whom_a_share_is_taken_from_is_no_target():
    taken = {"snapshotId": "snap-1", "createVolumePermission": {"remove": {"items": [{"userId": "444455556666"}]}}}
    assert targets_of(event(taken)) == ("snapshot snap-1",)


def test_accounts_that_a_database_snapshot_is_opened_to_are_named():
    opened = {"dBSnapshotIdentifier": "nightly", "attributeName": "restore", "valuesToAdd": ["444455556666", "all"]}
    assert targets_of(event(opened)) == ("snapshot nightly", "shared with 444455556666", "shared with all")


def test_the_key_of_a_tag_or_the_name_of_a_filter_is_no_target():
    asked = {"filterSet": {"items": [{"name": "tag:x"}]}, "tagSet": {"items": [{"key": "Name", "value": "y"}]}}
    assert targets_of(event(asked)) == ()


def test_without_parameters_the_resources_tell():
    key = "arn:aws:kms:us-east-1:111122223333:key/1"
    assert targets_of(event(None, [{"ARN": key, "type": "AWS::KMS::Key"}])) == (key,)


def test_what_is_named_twice_is_one_target():
    assert targets_of(event({"userName": "ida", "deep": {"userName": "ida"}})) == ("user ida",)


@pytest.mark.parametrize("text", ["", "no json", "[" * 100_000, '"text"', "[1]", "null", '{"userName": {}}'])
def test_what_is_no_object_names_nothing(text):
    assert targets_of({"request_parameters": text, "resources": text}) == ()


def test_an_event_of_another_kind_of_log_names_nothing():
    assert targets_of({}) == ()


def test_a_hostile_event_cannot_fill_the_page():
    many = {"userName": ["x" * 5000, *(f"user-{number}" for number in range(10_000))]}
    found = targets_of(event(many))
    assert len(found) == MOST
    assert len(found[0]) < LONGEST + 10


def test_what_lies_too_deep_is_left():
    deep = {"userName": "ida"}
    for _ in range(DEEPEST + 1):
        deep = {"below": deep}
    assert targets_of(event(deep)) == ()


def test_targets_are_counted_over_events_most_first():
    events = [event({"secretId": "a"}), event({"secretId": "b"}), event({"secretId": "b"})]
    assert counted(events) == [("secret b", 2), ("secret a", 1)]
