"""The attack as its log files tell it."""

import gzip
import json

import pytest

from tests.simulation.running import bucket_of, session_in

PROD, BUILDS = "111122223333", "777788889999"


@pytest.fixture(scope="module")
def kept():
    """Records are read once for all tests of this module."""
    return {}


@pytest.fixture
def records(simulated, kept):
    if not kept:
        s3 = session_in(PROD).client("s3")
        for account in (PROD, BUILDS):
            kept[account] = list(records_of(s3, bucket_of(simulated), account))
    return kept


def records_of(s3, bucket, account):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [entry["Key"] for page in pages for entry in page["Contents"]]
    for key in keys:
        if f"/{account}/CloudTrail/" in key:
            body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            yield from json.loads(gzip.decompress(body))["Records"]


def of_the_intruder(records):
    return [record for record in records if record["sourceIPAddress"] in ("203.0.113.44", "198.51.100.23")]


def by_name(records, name):
    return [record for record in of_the_intruder(records) if record["eventName"] == name]


def test_the_leaked_key_asks_many_different_questions(records):
    asked = {record["eventName"] for record in of_the_intruder(records[PROD]) if record["readOnly"]}
    assert len(asked) >= 35


def test_guessed_roles_are_really_refused(records):
    tried = [record for record in by_name(records[PROD], "AssumeRole") if "errorCode" in record]
    assert len(tried) == 6
    assert {record["errorCode"] for record in tried} == {"AccessDenied"}


def test_a_role_of_another_account_is_told_to_both(records):
    mine = [record for record in by_name(records[PROD], "AssumeRole") if "sharedEventID" in record]
    theirs = by_name(records[BUILDS], "AssumeRole")
    assert [one["sharedEventID"] for one in mine] == [one["sharedEventID"] for one in theirs]
    assert theirs[0]["userIdentity"]["type"] == "AWSAccount"


def test_the_new_credentials_are_used_under_their_own_key(records):
    key = by_name(records[BUILDS], "AssumeRole")[0]["responseElements"]["credentials"]["accessKeyId"]
    used = [record for record in records[BUILDS] if record["userIdentity"].get("accessKeyId") == key]
    assert {"ListBuckets", "ListUsers", "ListKeys"} <= {record["eventName"] for record in used}


def test_every_export_was_read(records):
    keys = {record["requestParameters"]["key"] for record in by_name(records[PROD], "GetObject")}
    assert len(keys) == 220


def test_the_trail_could_not_be_stopped(records):
    refused = by_name(records[PROD], "StopLogging")
    assert [record["errorCode"] for record in refused] == ["AccessDeniedException"]


@pytest.mark.parametrize("name", ["ModifyInstanceAttribute", "SendCommand"])
def test_what_was_run_is_hidden_as_aws_hides_it(records, name):
    text = json.dumps(by_name(records[PROD], name))
    assert "sensitiveDataRemoved" in text or "HIDDEN_DUE_TO_SECURITY_REASONS" in text
    assert "of the simulation" not in text


@pytest.mark.parametrize("mark", ["<script>", "\u202e", "{{7*7}}", "=cmd|"])
def test_there_is_hostile_text_in_it(records, mark):
    words = [record["userAgent"] + json.dumps(record, ensure_ascii=False) for record in of_the_intruder(records[PROD])]
    assert any(mark in text for text in words)


def test_no_secret_reaches_the_trail(records):
    text = json.dumps(records[PROD])
    assert "secretAccessKey" not in text
    assert "SecretAccessKey" not in text


def test_every_call_of_the_intruder_went_as_the_story_means_it(records):
    failed = {record["eventName"] for record in of_the_intruder(records[PROD]) if "errorCode" in record}
    assert failed == {"AssumeRole", "StopLogging"}


def test_event_ids_are_unique(records):
    ids = [record["eventID"] for record in records[PROD] + records[BUILDS]]
    assert len(ids) == len(set(ids))
