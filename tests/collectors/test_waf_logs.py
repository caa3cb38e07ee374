"""Logs of web ACLs, wherever they go, and the requests that nobody wrote down."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from collectors import Scope
from collectors.waf_logs import collect
from tests.collectors.aws_says import PAGE_OF_HTML, artifacts, gaps, names, says, session_of_a_test

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
ACL = f"arn:aws:wafv2:eu-west-1:{NUMBER}:regional/webacl/"
SHOP = {"Name": "shop", "ARN": f"{ACL}shop/1"}
IN_S3 = "arn:aws:s3:::aws-waf-logs-acme"
LISTED, LOGGING = "wafv2.ListWebACLs", "wafv2.GetLoggingConfiguration"


@pytest.fixture
def aws(monkeypatch):
    """An account with a bucket for WAF's logs."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = session_of_a_test()
        session.client("s3").create_bucket(Bucket="aws-waf-logs-acme")
        yield session


@pytest.fixture
def put(aws):
    return lambda key: aws.client("s3").put_object(Bucket="aws-waf-logs-acme", Key=key, Body=b"x")


def to(arn, **more):
    return {"LoggingConfiguration": {"ResourceArn": SHOP["ARN"], "LogDestinationConfigs": [arn], **more}}


def found(aws, region="eu-west-1"):
    return list(collect(Scope("test", NUMBER, region, DAY, DAY + timedelta(hours=2)), aws))


def key(place="eu-west-1", acl="shop"):
    return f"AWSLogs/{NUMBER}/WAFLogs/{place}/{acl}/2026/03/01/10/05/a.log.gz"


def test_files_lie_below_region_and_acl(aws, put):
    says(aws, LISTED, {"WebACLs": [SHOP]})
    says(aws, LOGGING, to(IN_S3 + "/waf"))
    put("waf/" + key())
    put("waf/" + key(acl="other"))
    assert [one.notes["key"] for one in found(aws)] == ["waf/" + key()]


def test_acls_of_distributions_are_asked_for_in_one_region_only(aws, put):
    asked = says(aws, LISTED, {"WebACLs": []}, {"WebACLs": [SHOP]})
    says(aws, LOGGING, to(IN_S3))
    put(key("cloudfront"))
    assert names(found(aws, "us-east-1")) == ["a.log.gz"]
    assert [one["Scope"] for one in asked] == ["REGIONAL", "CLOUDFRONT"]


def test_a_log_group_is_read_hour_by_hour(aws):
    aws.client("logs", region_name="us-east-1").create_log_group(logGroupName="aws-waf-logs-shop")
    says(aws, LISTED, {"WebACLs": [SHOP]}, {"WebACLs": []})
    says(aws, LOGGING, to(f"arn:aws:logs:us-east-1:{NUMBER}:log-group:aws-waf-logs-shop:*"))
    assert len(artifacts(found(aws, "us-east-1"))) == 2


def test_a_stream_cannot_be_collected(aws):
    says(aws, LISTED, {"WebACLs": [SHOP]})
    says(aws, LOGGING, to("arn:aws:firehose:eu-west-1:1:deliverystream/aws-waf-logs-x"))
    assert gaps(found(aws)) == [("unsupported", f"web ACL {ACL}shop/1")]


def test_an_acl_without_logging_is_a_gap(aws):
    says(aws, LISTED, {"WebACLs": [SHOP]})
    says(aws, LOGGING, "WAFNonexistentItemException")
    assert gaps(found(aws)) == [("not_enabled", f"web ACL {ACL}shop/1")]


def test_a_filter_leaves_requests_out_which_is_a_gap(aws, put):
    says(aws, LISTED, {"WebACLs": [SHOP]})
    says(aws, LOGGING, to(IN_S3, LoggingFilter={"DefaultBehavior": "DROP", "Filters": []}))
    put(key())
    gap, _ = found(aws)
    assert (gap.kind, gap.subject) == ("truncated", f"web ACL {ACL}shop/1, filter")
    assert "DROP" in gap.detail


def test_no_acl_at_all_is_a_gap(aws):
    assert gaps(found(aws)) == [("not_enabled", f"web ACLs (regional) of {NUMBER} in eu-west-1")]


def test_acls_are_listed_page_by_page(aws):
    says(aws, LISTED, {"WebACLs": [SHOP], "NextMarker": "m"}, {"WebACLs": [{"Name": "b", "ARN": f"{ACL}b/2"}]})
    says(aws, LOGGING, "WAFNonexistentItemException")
    assert [subject for _, subject in gaps(found(aws))] == [f"web ACL {ACL}shop/1", f"web ACL {ACL}b/2"]


def test_a_marker_behind_an_empty_page_ends_it(aws):
    asked = says(aws, LISTED, {"WebACLs": [SHOP], "NextMarker": "m"}, {"WebACLs": [], "NextMarker": "n"})
    says(aws, LOGGING, "WAFNonexistentItemException")
    found(aws)
    assert len(asked) == 2


def test_an_acl_that_cannot_be_described_leaves_the_others(aws, put):
    says(aws, LISTED, {"WebACLs": [{"Name": "b", "ARN": f"{ACL}b/2"}, SHOP]})
    says(aws, LOGGING, "ThrottlingException", to(IN_S3))
    put(key())
    every = found(aws)
    assert gaps(every) == [("unreadable", f"web ACL {ACL}b/2")]
    assert names(every) == ["a.log.gz"]


@pytest.mark.parametrize(("said", "kind"), [("AccessDeniedException", "denied"), (PAGE_OF_HTML, "unreadable")])
def test_acls_that_cannot_be_listed_are_a_gap(aws, said, kind):
    says(aws, LISTED, said)
    assert gaps(found(aws)) == [(kind, f"web ACLs (regional) of {NUMBER} in eu-west-1")]


def test_a_bucket_that_denies_is_a_gap(aws):
    says(aws, LISTED, {"WebACLs": [SHOP]})
    says(aws, LOGGING, to(IN_S3))
    says(aws, "s3.ListObjectsV2", "AccessDenied")
    assert [kind for kind, _ in gaps(found(aws))] == ["denied"]
