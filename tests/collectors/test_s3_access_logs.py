"""Access logs of buckets, in both of the ways in which S3 names them."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from collectors import Scope
from collectors.s3_access_logs import collect
from tests.collectors.aws_says import PAGE_OF_HTML, artifacts, gaps, names, says, session_of_a_test

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
LOGGING = "s3.GetBucketLogging"


def resources(facts, folder):
    """What the conformance tests ask for."""
    return [facts["services"]["access_logs"]["logged"]]


@pytest.fixture
def aws(monkeypatch):
    """An account with a bucket whose logging is off, and one for logs."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = session_of_a_test()
        for name in ("exports", "acme-logs"):
            session.client("s3").create_bucket(Bucket=name)
        yield session


@pytest.fixture
def put(aws):
    return lambda key: aws.client("s3").put_object(Bucket="acme-logs", Key=key, Body=b"x")


def on(prefix="s3/", **more):
    return {"LoggingEnabled": {"TargetBucket": "acme-logs", "TargetPrefix": prefix, **more}}


def found(aws, *buckets):
    end = DAY + timedelta(hours=2)
    return list(collect(Scope("test", NUMBER, "us-east-1", DAY, end, buckets or ("exports",)), aws))


def test_files_are_found_by_the_day_in_their_names(aws, put):
    says(aws, LOGGING, on())
    for day in ("2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03"):
        put(f"s3/{day}-10-00-00-ABC")
    assert names(found(aws)) == ["2026-03-01-10-00-00-ABC", "2026-03-02-10-00-00-ABC"]


def test_a_prefix_need_not_be_a_folder(aws, put):
    says(aws, LOGGING, on("exports-"))
    put("exports-2026-03-01-10-00-00-ABC")
    assert len(artifacts(found(aws))) == 1


def test_partitioned_files_are_found_by_account_region_and_bucket(aws, put):
    says(aws, LOGGING, on(TargetObjectKeyFormat={"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}))
    put(f"s3/{NUMBER}/eu-west-1/exports/2026/03/01/2026-03-01-00-00-00-ABC")
    put(f"s3/{NUMBER}/eu-west-1/others/2026/03/01/2026-03-01-00-00-00-ABC")
    assert [one.notes["key"].split("/")[3] for one in artifacts(found(aws))] == ["exports"]


def test_it_says_that_s3_promises_nothing(aws, put):
    says(aws, LOGGING, on())
    put("s3/2026-03-01-10-00-00-ABC")
    assert "missing" in found(aws)[0].notes["delivery"]


@pytest.mark.parametrize("more", [{}, {"TargetObjectKeyFormat": {"PartitionedPrefix": {}}}])
def test_no_file_is_a_gap(aws, more):
    says(aws, LOGGING, on(**more))
    [(kind, subject)] = gaps(found(aws))
    assert (kind, subject[:18]) == ("not_found", "s3://acme-logs/s3/")


def test_a_bucket_whose_logging_is_off_is_a_gap(aws):
    assert gaps(found(aws)) == [("not_enabled", "access logs of s3://exports")]


@pytest.mark.parametrize(
    ("said", "kind"), [("AccessDenied", "denied"), ("SlowDown", "unreadable"), (PAGE_OF_HTML, "unreadable")]
)
def test_a_bucket_that_does_not_tell_is_a_gap_and_the_others_go_on(aws, put, said, kind):
    says(aws, LOGGING, said, on())
    put("s3/2026-03-01-10-00-00-ABC")
    every = found(aws, "secret", "exports")
    assert gaps(every) == [(kind, "access logs of s3://secret")]
    assert len(artifacts(every)) == 1


def test_a_bucket_that_is_gone_is_not_found(aws):
    assert gaps(found(aws, "no-such-bucket-here")) == [("not_found", "access logs of s3://no-such-bucket-here")]


def test_logs_that_lie_in_a_bucket_that_denies_are_a_gap(aws):
    says(aws, LOGGING, on())
    says(aws, "s3.ListObjectsV2", "AccessDenied")
    assert gaps(found(aws)) == [("denied", "s3://acme-logs/s3/2026-03-01- and later days")]
