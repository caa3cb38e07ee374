"""The log archive collected for a window, then judged: what lies outside the window is not missing."""

from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from collectors import Artifact, Scope
from collectors.cloudtrail import collect
from examiners import Member
from examiners.cloudtrail_digest import validate
from tests.collectors.test_cloudtrail import refuse
from tests.examiners.making import member
from tests.examiners.trails import ACCOUNT, BUCKET, REGION, START, Bucket

HOUR = timedelta(hours=1)


@pytest.fixture
def bucket():
    """Twelve hours of a trail: each with log files at 5 and 35 minutes past, and a digest at its end."""
    return Bucket(hours=12)


@pytest.fixture
def judged(bucket, monkeypatch):
    """``judged((start, end), ...)``: key -> state, over one exhibit for each window, in hours after the first."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = boto3.Session("test", "test", region_name=REGION)
        session.events.register("before-call.cloudtrail.ListPublicKeys", refuse)
        s3 = session.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})

        def judge(*windows):
            for key, (data, metadata) in bucket.objects.items():
                s3.put_object(Bucket=BUCKET, Key=key, Body=data, Metadata=metadata)
            scopes = [
                Scope("test", ACCOUNT, REGION, START + start * HOUR, START + end * HOUR, (BUCKET,))
                for start, end in windows
            ]
            keys = [one for one in bucket.members() if one.file == "public-keys.json"]
            members = [one for number, scope in enumerate(scopes) for one in exhibit(number, collect(scope, session))]
            return {one.file.removeprefix(f"s3://{BUCKET}/"): one.state for one in validate([*members, *keys])}

        yield judge


def exhibit(number, found):
    """The artifacts as members of an exhibit of their own."""
    for index, one in enumerate(artifact for artifact in found if isinstance(artifact, Artifact)):
        yield Member(f"FP-2026-000001-E000{number}", 1, index, one.origin, one.open, size=one.size, notes=one.notes)


def at(bucket, hour, minute):
    """The key of the log file delivered so long after the first hour's beginning."""
    return next(key for key in bucket.logs if f"{START + timedelta(hours=hour, minutes=minute):T%H%MZ}" in key)


def test_what_lies_outside_the_window_is_neither_there_nor_missing(bucket, judged):
    found = judged((4.25, 6))
    assert [key for key in bucket.logs if key in found] == [
        at(bucket, hour, minute) for hour, minute in ((4, 35), (5, 5), (5, 35), (6, 5), (6, 35))
    ]
    assert set(found.values()) == {"valid"}


def test_a_file_deleted_inside_the_window_is_missing(bucket, judged):
    gone = at(bucket, 4, 35)
    del bucket.objects[gone]
    found = judged((4.25, 6))
    assert [key for key, state in found.items() if state != "valid"] == [gone]
    assert found[gone] == "missing"


@pytest.mark.parametrize("minute", [5, 35])
def test_all_files_deleted_after_some_time_are_missing_up_to_the_late_ones(bucket, judged, minute):
    for hour in (5, 6):
        for gone in (at(bucket, hour, 5), at(bucket, hour, 35)):
            del bucket.objects[gone]
    found = judged((4.25, 6))
    assert found[at(bucket, 5, minute)] == found[at(bucket, 6, minute)] == "missing"


def test_every_file_that_was_taken_is_vouched_for_whatever_minute_the_window_ends_at(bucket, judged):
    for minutes in (0, 4, 6, 34, 36, 59):
        found = judged((4 + minutes / 60, 7 + minutes / 60))
        assert set(found.values()) == {"valid"}


def test_what_lies_between_two_windows_is_not_missing(bucket, judged):
    assert set(judged((0, 1), (8, 9)).values()) == {"valid"}


def test_a_digest_deleted_inside_one_of_two_windows_is_missing_and_its_time_is_uncovered(bucket, judged):
    gone = bucket.digests[8]
    del bucket.objects[gone]
    found = judged((0, 1), (8, 9))
    assert found[gone] == "missing"
    (hole,) = (file for file, state in found.items() if state == "no_digest" and " " in file)
    assert hole.endswith("2026-03-01T18:00:00Z/2026-03-01T19:00:00Z")


def test_a_digest_that_one_window_asked_for_is_missing_though_only_the_other_names_it(bucket, judged):
    gone = bucket.digests[3]  # it ends at the fourth hour: the last that the first window asks for
    del bucket.objects[gone]
    assert judged((0, 2), (5.05, 6))[gone] == "missing"


def test_the_end_of_a_window_without_digests_is_uncovered(bucket, judged):
    del bucket.objects[bucket.digests[3]]
    found = judged((0, 2), (6, 8))
    assert [file.split()[-1] for file, state in found.items() if " " in file] == [
        "2026-03-01T13:00:00Z/2026-03-01T15:00:00Z"
    ]
    assert "missing" not in found.values()


def test_in_a_plain_copy_the_days_that_are_there_count(bucket):
    gone = at(bucket, 9, 5)
    data, _ = bucket.objects.pop(gone)
    copy = [one for one in bucket.members(plain_copy=True) if one.file != gone]
    found = {one.file.removeprefix(f"s3://{BUCKET}/"): one.state for one in validate(copy)}
    assert found[gone] == "missing"
    again = [*copy, member(data, gone, 999)]
    assert "missing" not in {one.state for one in validate(again)}
