"""Query logs of VPCs, wherever they go, and the VPCs whose questions nobody logs."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from collectors import Scope
from collectors.resolver_logs import collect
from tests.collectors.aws_says import PAGE_OF_HTML, artifacts, gaps, names, says, session_of_a_test

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
ALL = f"Resolver query logs of {NUMBER} in us-east-1"
BASE = f"AWSLogs/{NUMBER}/vpcdnsquerylogs/"
CONFIGS = "route53resolver.ListResolverQueryLogConfigs"
ASSOCIATIONS = "route53resolver.ListResolverQueryLogConfigAssociations"


@pytest.fixture
def aws(monkeypatch):
    """An account with a bucket for logs."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = session_of_a_test()
        session.client("s3").create_bucket(Bucket="dns-logs")
        yield session


@pytest.fixture
def put(aws):
    return lambda key: aws.client("s3").put_object(Bucket="dns-logs", Key=key, Body=b"x")


def config(arn="arn:aws:s3:::dns-logs", name="rqlc-1"):
    return {"Id": name, "Name": "central", "DestinationArn": arn}


def has(aws, *configs, covered=("vpc-1",), vpcs=("vpc-1",)):
    says(aws, CONFIGS, {"ResolverQueryLogConfigs": list(configs)})
    says(aws, ASSOCIATIONS, {"ResolverQueryLogConfigAssociations": [{"ResourceId": name} for name in covered]})
    says(aws, "ec2.DescribeVpcs", {"Vpcs": [{"VpcId": name} for name in vpcs]})


def found(aws):
    return list(collect(Scope("test", NUMBER, "us-east-1", DAY, DAY + timedelta(hours=2)), aws))


def test_files_of_every_vpc_that_ever_logged_are_found(aws, put):
    has(aws, config("arn:aws:s3:::dns-logs/dns"))
    for vpc in ("vpc-1", "vpc-gone"):
        put(f"dns/{BASE}{vpc}/2026/03/01/{vpc}.log.gz")
    assert names(found(aws)) == ["vpc-1.log.gz", "vpc-gone.log.gz"]


def test_a_log_group_is_read_hour_by_hour(aws):
    has(aws, config(f"arn:aws:logs:us-east-1:{NUMBER}:log-group:/dns"))
    aws.client("logs").create_log_group(logGroupName="/dns")
    assert len(artifacts(found(aws))) == 2


def test_a_stream_cannot_be_collected(aws):
    has(aws, config("arn:aws:firehose:us-east-1:1:deliverystream/dns"))
    assert gaps(found(aws)) == [("unsupported", "query log configuration rqlc-1 (central)")]


def test_vpcs_whose_questions_nobody_logs_are_one_gap(aws):
    has(aws, vpcs=("vpc-1", "vpc-2"), covered=("vpc-1",))
    [gap] = found(aws)
    assert (gap.kind, gap.subject) == ("not_enabled", ALL)
    assert gap.detail.endswith("vpc-2")


def test_a_configuration_that_logged_nothing_yet_is_a_gap(aws):
    has(aws, config())
    assert gaps(found(aws)) == [("not_found", f"s3://dns-logs/{BASE}")]


def test_configurations_are_listed_page_by_page(aws):
    pages = [{"ResolverQueryLogConfigs": [config("arn:aws:firehose:a", name)], "NextToken": name} for name in "ab"]
    says(aws, CONFIGS, *pages, {"ResolverQueryLogConfigs": []})
    has(aws)
    assert len(gaps(found(aws))) == 2


def test_a_bucket_that_denies_leaves_the_other_configurations(aws):
    has(aws, config(), config(f"arn:aws:logs:us-east-1:{NUMBER}:log-group:/dns", "rqlc-2"))
    says(aws, "s3.ListObjectsV2", "AccessDenied")
    aws.client("logs").create_log_group(logGroupName="/dns")
    every = found(aws)
    assert gaps(every) == [("denied", "query log configuration rqlc-1 (central)")]
    assert len(artifacts(every)) == 2


@pytest.mark.parametrize(
    ("said", "kind"),
    [("AccessDeniedException", "denied"), ("ThrottlingException", "unreadable"), (PAGE_OF_HTML, "unreadable")],
)
def test_configurations_that_cannot_be_listed_are_a_gap(aws, said, kind):
    says(aws, CONFIGS, said)
    assert gaps(found(aws)) == [(kind, ALL)]


def test_associations_that_cannot_be_listed_do_not_end_it(aws, put):
    says(aws, ASSOCIATIONS, "AccessDeniedException")
    has(aws, config())
    put(f"{BASE}vpc-1/2026/03/01/a.log.gz")
    every = found(aws)
    assert gaps(every) == [("denied", f"VPCs without {ALL}")]
    assert names(every) == ["a.log.gz"]
