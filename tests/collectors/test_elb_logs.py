"""Logs of load balancers of both generations, and which of them log nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from collectors import Scope
from collectors.elb_logs import collect
from tests.collectors.aws_says import PAGE_OF_HTML, gaps, names, says, session_of_a_test

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
FOLDER = f"AWSLogs/{NUMBER}/elasticloadbalancing/us-east-1/"
SHOP = f"arn:aws:elasticloadbalancing:us-east-1:{NUMBER}:loadbalancer/app/shop/50dc6c495c0c9188"
PLACE = f"{NUMBER} in us-east-1"
ATTRIBUTES = "elbv2.DescribeLoadBalancerAttributes"


@pytest.fixture
def aws(monkeypatch):
    """An account with a bucket for logs."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = session_of_a_test()
        session.client("s3").create_bucket(Bucket="acme-logs")
        yield session


@pytest.fixture
def put(aws):
    return lambda key: aws.client("s3").put_object(Bucket="acme-logs", Key=key, Body=b"x")


def logs(kind="access_logs", prefix="", enabled="true"):
    wanted = {"enabled": enabled, "bucket": "acme-logs", "prefix": prefix}
    return [{"Key": f"{kind}.s3.{key}", "Value": value} for key, value in wanted.items()]


def balancer(arn=SHOP, kind="application"):
    return {"LoadBalancerArn": arn, "Type": kind}


def has(aws, *balancers, attributes=(), classics=()):
    """AWS's answers: moto knows no connection logs."""
    says(aws, "elbv2.DescribeLoadBalancers", {"LoadBalancers": list(balancers)})
    says(aws, ATTRIBUTES, {"Attributes": list(attributes)})
    says(aws, "elb.DescribeLoadBalancers", {"LoadBalancerDescriptions": [{"LoadBalancerName": n} for n in classics]})


def found(aws):
    return list(collect(Scope("test", NUMBER, "us-east-1", DAY, DAY + timedelta(hours=2)), aws))


def test_access_logs_lie_where_the_attributes_say(aws, put):
    has(aws, balancer(), attributes=logs(prefix="elb"))
    put(f"elb/{FOLDER}2026/03/01/a.log.gz")
    assert names(found(aws)) == ["a.log.gz"]
    assert gaps(found(aws)) == []


def test_connection_logs_are_found_too(aws, put):
    has(aws, balancer(), attributes=[*logs(prefix="elb"), *logs("connection_logs", "conn")])
    put(f"elb/{FOLDER}2026/03/01/a.log.gz")
    put(f"conn/{FOLDER}2026/03/01/conn_log.a.log.gz")
    assert names(found(aws)) == ["conn_log.a.log.gz", "a.log.gz"]


def test_two_balancers_with_one_folder_give_each_file_once(aws, put):
    has(aws, balancer(), balancer(SHOP + "2"), attributes=logs())
    put(f"{FOLDER}2026/03/01/a.log.gz")
    assert names(found(aws)) == ["a.log.gz"]


def test_classic_balancers_are_read_as_well(aws, put):
    has(aws, classics=["old"])
    log = {"AccessLog": {"Enabled": True, "S3BucketName": "acme-logs", "S3BucketPrefix": "old"}}
    says(aws, "elb.DescribeLoadBalancerAttributes", {"LoadBalancerAttributes": log})
    put(f"old/{FOLDER}2026/03/01/a.log")
    assert names(found(aws)) == ["a.log"]


def test_a_balancer_that_logs_nothing_is_a_gap(aws):
    has(aws, balancer(), attributes=logs(enabled="false"), classics=["old"])
    says(aws, "elb.DescribeLoadBalancerAttributes", {"LoadBalancerAttributes": {}})
    assert gaps(found(aws)) == [("not_enabled", f"load balancer {SHOP}"), ("not_enabled", "load balancer old")]


def test_a_gateway_balancer_writes_no_such_logs(aws):
    has(aws, balancer(kind="gateway"))
    assert found(aws) == []


def test_an_account_without_balancers_has_nothing(aws):
    assert found(aws) == []


def test_balancers_are_described_page_by_page(aws):
    first = {"LoadBalancers": [balancer()], "NextMarker": "2"}
    says(aws, "elbv2.DescribeLoadBalancers", first, {"LoadBalancers": [balancer(SHOP + "2")]})
    has(aws, attributes=logs(enabled="false"))
    assert len(gaps(found(aws))) == 2


def test_one_that_cannot_be_described_leaves_the_others(aws, put):
    says(aws, ATTRIBUTES, "ThrottlingException", {"Attributes": logs()})
    has(aws, balancer("arn:first"), balancer())
    put(f"{FOLDER}2026/03/01/a.log.gz")
    every = found(aws)
    assert gaps(every) == [("unreadable", "load balancer arn:first")]
    assert names(every) == ["a.log.gz"]


@pytest.mark.parametrize(("said", "kind"), [("AccessDenied", "denied"), (PAGE_OF_HTML, "unreadable")])
def test_balancers_that_cannot_be_listed_are_a_gap(aws, said, kind):
    says(aws, "elbv2.DescribeLoadBalancers", said)
    says(aws, "elb.DescribeLoadBalancers", said)
    assert gaps(found(aws)) == [(kind, f"load balancers of {PLACE}"), (kind, f"classic load balancers of {PLACE}")]
