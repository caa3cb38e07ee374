"""One entity and what it is tied to: ways, resources, who was behind a key and what it became."""

import pytest

from events.entities import became, behind, resources_of, ways
from tests.analyzers.building import ACCOUNT, ROLE, as_file, reader_of, records

MALLORY = f"arn:aws:iam::{ACCOUNT}:user/mallory"
KEY, ADDRESS = "AKIAEXAMPLEMALLORY01", "203.0.113.7"


def assumed(role, key, **changes):
    return {
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "requestParameters": {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "roleSessionName": "s"},
        "responseElements": {"credentials": {"accessKeyId": key}},
    } | changes


def acting(role, key):
    return {"type": "AssumedRole", "arn": f"{ROLE}/{role}/s", "accessKeyId": key, "userName": None}


def made(name, user, **changes):
    return {"eventSource": "iam.amazonaws.com", "eventName": name, "requestParameters": {"userName": user}} | changes


TOLD = [
    assumed("deploy", "ASIA1"),
    assumed("admin", "ASIA2", at=60, userIdentity=acting("deploy", "ASIA1")),
    made("CreateUser", "backdoor", at=120, userIdentity=acting("admin", "ASIA2")),
    made("GetUser", "backdoor", at=130),
    made("CreateUser", "other", at=140, errorCode="AccessDenied"),
    {"at": 150, "sourceIPAddress": "198.51.100.4"},
]


@pytest.fixture
def reader(tmp_path):
    return reader_of(tmp_path, as_file(records(TOLD)))


def test_a_way_is_address_key_and_principal(reader):
    first, second = ways(reader, "principal", MALLORY)
    assert (first.address, first.key, first.principal, first.events, first.refused) == (ADDRESS, KEY, MALLORY, 3, 1)
    assert (second.address, second.events) == ("198.51.100.4", 1)
    assert first.first_at < first.last_at


@pytest.mark.parametrize(
    ("kind", "value", "count"),
    [("access_key", "ASIA1", 1), ("address", ADDRESS, 3), ("resource", "iam:backdoor", 2), ("principal", "nobody", 0)],
)
def test_every_kind_has_its_ways(reader, kind, value, count):
    assert len(ways(reader, kind, value)) == count


def test_what_it_touched_tells_deeds_from_looks(reader):
    touched = {one.resource: one for one in resources_of(reader, "address", ADDRESS)}
    assert (touched["iam:backdoor"].deeds, touched["iam:backdoor"].events) == (["CreateUser"], 2)
    assert (touched["iam:other"].deeds, touched["iam:other"].failed) == ([], 1)


def test_what_was_changed_comes_first(reader):
    assert resources_of(reader, "address", ADDRESS)[0].resource == "iam:backdoor"


def test_what_it_became_are_the_keys_that_it_was_given(reader):
    assert [issue.key for issue in became(reader, "principal", MALLORY)] == ["ASIA1"]
    assert [issue.key for issue in became(reader, "access_key", "ASIA1")] == ["ASIA2"]
    assert [issue.key for issue in became(reader, "address", ADDRESS)] == ["ASIA1", "ASIA2"]
    assert became(reader, "resource", "iam:backdoor") == []


def test_who_was_behind_a_key_leads_back_to_the_person(reader):
    assert [(issue.caller.rsplit("/", 2)[-2], issue.key) for issue in behind(reader, ["ASIA2"])] == [
        (f"arn:aws:iam::{ACCOUNT}:user", "ASIA1"),
        ("deploy", "ASIA2"),
    ]


@pytest.mark.parametrize("keys", [[], [""], ["AKIANOBODY"]])
def test_behind_a_key_whose_issue_is_not_logged_there_is_nobody(reader, keys):
    assert behind(reader, keys) == []


def test_a_circle_of_keys_in_a_forged_log_comes_to_an_end(tmp_path):
    forged = [
        assumed("a", "ASIA1", userIdentity=acting("b", "ASIA2")),
        assumed("b", "ASIA2", at=1, userIdentity=acting("a", "ASIA1")),
    ]
    assert len(behind(reader_of(tmp_path, as_file(records(forged))), ["ASIA1"])) == 2


@pytest.mark.parametrize("name", ["it's", 'a"b', "<b>", "a\\b", "%", "名前", "x:y"])
def test_a_resource_is_found_whatever_its_name(tmp_path, name):
    reader = reader_of(tmp_path, as_file(records([made("CreateUser", name)])))
    [way] = ways(reader, "resource", f"iam:{name}")
    assert way.events == 1


@pytest.mark.parametrize("kind", ["principal", "access_key", "address", "resource"])
def test_a_value_is_never_part_of_the_question(reader, kind):
    hostile = "x' OR '1'='1"
    assert (ways(reader, kind, hostile), resources_of(reader, kind, hostile)) == ([], [])
    assert became(reader, kind, hostile) == []


def test_calls_of_services_are_left_out(tmp_path):
    service = {"type": "AWSService", "arn": None, "userName": None, "invokedBy": "ec2.amazonaws.com"}
    assert ways(reader_of(tmp_path, as_file(records([{"userIdentity": service}]))), "address", ADDRESS) == []
