"""Logs of distributions: one place for all regions, and the distributions that log nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from collectors import Scope
from collectors.cloudfront_logs import collect
from tests.collectors.aws_says import PAGE_OF_HTML, artifacts, gaps, names, says, session_of_a_test

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
LISTED, CONFIG = "cloudfront.ListDistributions", "cloudfront.GetDistributionConfig"


@pytest.fixture
def aws(monkeypatch):
    """An account with a bucket for logs."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = session_of_a_test()
        session.client("s3").create_bucket(Bucket="cdn-logs")
        yield session


@pytest.fixture
def put(aws):
    return lambda key: aws.client("s3").put_object(Bucket="cdn-logs", Key=key, Body=b"x")


def listing(*names, **more):
    return {"DistributionList": {"Items": [{"Id": name} for name in names], "IsTruncated": bool(more), **more}}


def logging(prefix="", enabled=True):
    log = {"Enabled": enabled, "Bucket": "cdn-logs.s3.amazonaws.com" if enabled else "", "Prefix": prefix}
    return {"DistributionConfig": {"Logging": log}}


def found(aws, region="eu-west-1"):
    return list(collect(Scope("test", NUMBER, region, DAY, DAY + timedelta(hours=2)), aws))


@pytest.mark.parametrize("prefix", ["", "cdn", "cdn/"])
def test_files_begin_with_the_distribution_and_the_day(aws, put, prefix):
    says(aws, LISTED, listing("E1"))
    says(aws, CONFIG, logging(prefix))
    for name in ("E1.2026-03-01-10.aa.gz", "E1.2026-03-03-10.aa.gz", "E2.2026-03-01-10.aa.gz"):
        put(f"cdn/{name}" if prefix else name)
    [one] = found(aws)
    assert (one.name, one.notes["distribution"]) == ("E1.2026-03-01-10.aa.gz", "E1")


def test_logs_that_came_a_day_late_are_found(aws, put):
    says(aws, LISTED, listing("E1"))
    says(aws, CONFIG, logging())
    put("E1.2026-03-02-01.aa.gz")
    assert names(found(aws)) == ["E1.2026-03-02-01.aa.gz"]


def test_distributions_are_listed_page_by_page(aws):
    says(aws, LISTED, listing("E1", NextMarker="m"), listing("E2"))
    says(aws, CONFIG, logging(enabled=False))
    assert len(gaps(found(aws))) == 2


def test_a_distribution_that_logs_nothing_is_a_gap_that_says_what_was_not_looked_at(aws):
    says(aws, LISTED, listing("E1"))
    says(aws, CONFIG, logging(enabled=False))
    [gap] = found(aws)
    assert (gap.kind, gap.subject) == ("not_enabled", f"distribution E1 of {NUMBER}")
    assert "v2" in gap.detail


def test_an_account_without_distributions_has_nothing(aws):
    assert found(aws) == []


def test_no_file_is_a_gap(aws):
    says(aws, LISTED, listing("E1"))
    says(aws, CONFIG, logging("cdn"))
    assert gaps(found(aws)) == [("not_found", "s3://cdn-logs/cdn/E1.")]


def test_one_that_cannot_be_described_leaves_the_others(aws, put):
    says(aws, LISTED, listing("E1", "E2"))
    says(aws, CONFIG, "ThrottlingException", logging())
    put("E2.2026-03-01-10.aa.gz")
    every = found(aws)
    assert gaps(every) == [("unreadable", f"distribution E1 of {NUMBER}")]
    assert len(artifacts(every)) == 1


@pytest.mark.parametrize(("said", "kind"), [("AccessDenied", "denied"), (PAGE_OF_HTML, "unreadable")])
def test_distributions_that_cannot_be_listed_are_a_gap(aws, said, kind):
    says(aws, LISTED, said)
    assert gaps(found(aws)) == [(kind, f"distributions of {NUMBER}")]


def test_a_bucket_that_denies_is_a_gap(aws):
    says(aws, LISTED, listing("E1"))
    says(aws, CONFIG, logging())
    says(aws, "s3.ListObjectsV2", "AccessDenied")
    assert gaps(found(aws)) == [("denied", "s3://cdn-logs/E1.2026-03-01- and later days")]
