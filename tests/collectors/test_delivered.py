"""Files that are delivered by day: which days, all pages, lazily, and why there are none."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from collectors import Scope
from collectors.delivered import Folder, days, files, folder_in
from tests.collectors.aws_says import PAGE_OF_HTML, artifacts, gaps, names, read, says, session_of_a_test

DAY = datetime(2026, 3, 1, tzinfo=UTC)
FOLDER = Folder("acme-logs", "AWSLogs/")
LIST = "s3.ListObjectsV2"


@pytest.fixture
def aws(monkeypatch):
    """An account with an empty bucket."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = session_of_a_test()
        session.client("s3").create_bucket(Bucket="acme-logs")
        yield session


@pytest.fixture
def put(aws):
    return lambda key: aws.client("s3").put_object(Bucket="acme-logs", Key=key, Body=b"x")


def scope(end=DAY + timedelta(hours=1)):
    return Scope("test", "111122223333", "us-east-1", DAY, end)


def found(aws, folder=FOLDER, **window):
    return list(files(aws.client("s3"), folder, scope(**window), lambda key: {"of": key[-1]}))


def listing(*keys, **more):
    contents = [{"Key": key, "ETag": '"e"', "Size": 1, "LastModified": DAY} for key in keys]
    return {"Contents": contents, "IsTruncated": bool(more), **more}


def test_a_file_has_its_etag_as_version_and_its_notes(aws, put):
    etag = put("AWSLogs/2026/03/01/a")["ETag"].strip('"')
    [one] = found(aws)
    assert (one.origin, one.version, one.size) == ("s3://acme-logs/AWSLogs/2026/03/01/a", etag, 1)
    assert one.notes == {"bucket": "acme-logs", "key": "AWSLogs/2026/03/01/a", "etag": etag, "of": "a"}
    assert read(one) == b"x"


def test_nothing_is_read_before_it_is_opened(aws, put):
    put("AWSLogs/2026/03/01/a")
    asked = says(aws, "s3.GetObject", "NoSuchKey")
    assert len(found(aws)) == 1
    assert not asked


def test_every_page_of_a_listing_is_read(aws):
    says(aws, LIST, listing("AWSLogs/a", NextContinuationToken="2"), listing("AWSLogs/b"))
    assert names(found(aws)) == ["a", "b"]


def test_only_the_days_of_the_window_are_listed(aws, put):
    for day in ("02/28", "03/01", "03/02"):
        put(f"AWSLogs/2026/{day}/x")
    assert len(found(aws)) == 1


@pytest.mark.parametrize(("minutes", "count"), [(44, 1), (46, 2)])
def test_files_may_come_late_on_the_next_day(minutes, count):
    assert len(list(days(scope(DAY + timedelta(hours=23, minutes=minutes))))) == count


def test_a_service_may_be_later_than_others(aws, put):
    put("AWSLogs/2026/03/02/x")
    assert artifacts(found(aws)) == []
    assert len(artifacts(found(aws, Folder("acme-logs", "AWSLogs/", lag=timedelta(days=1))))) == 1


def test_no_file_at_all_is_a_gap_that_names_the_days(aws):
    [gap] = found(aws, end=DAY + timedelta(days=2))
    assert (gap.kind, gap.subject) == ("not_found", "s3://acme-logs/AWSLogs/")
    assert "from 2026-03-01 to 2026-03-03" in gap.detail


def test_a_bucket_that_is_gone_is_one_gap(aws):
    assert gaps(found(aws, Folder("gone", ""))) == [("not_found", "s3://gone/2026/03/01/ and later days")]


@pytest.mark.parametrize(
    ("said", "kind"), [("AccessDenied", "denied"), ("SlowDown", "unreadable"), (PAGE_OF_HTML, "unreadable")]
)
def test_what_was_listed_before_a_refusal_stays(aws, said, kind):
    says(aws, LIST, listing("AWSLogs/a", NextContinuationToken="2"), said)
    assert names(found(aws)) == ["a"]
    assert gaps(found(aws)) == [(kind, "s3://acme-logs/AWSLogs/2026/03/01/ and later days")]


@pytest.mark.parametrize("arn", ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/", "arn:aws-us-gov:s3:::acme-logs"])
def test_a_destination_may_be_a_bucket(arn):
    assert folder_in(arn, "AWSLogs/") == FOLDER


def test_a_destination_may_have_a_prefix():
    assert str(folder_in("arn:aws:s3:::acme-logs/net/flow/", "AWSLogs/")) == "s3://acme-logs/net/flow/AWSLogs/"
