"""Flow logs: found by where they are delivered, with id and format, and what is not covered or not readable."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from collectors import Scope
from collectors.vpc_flow_logs import collect
from plugins import Gap
from tests.collectors.aws_says import PAGE_OF_HTML, artifacts, gaps, names, read, refusal_of, says, session_of_a_test

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
FOLDER = f"AWSLogs/{NUMBER}/vpcflowlogs/us-east-1/"
ALL = f"flow logs of {NUMBER} in us-east-1"
TO_S3 = {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::flows"}
TO_GROUP = {"LogDestinationType": "cloud-watch-logs", "LogGroupName": "/flows"}


@pytest.fixture
def aws(monkeypatch):
    """An account with one VPC and a bucket for its flow logs."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = session_of_a_test()
        session.client("s3").create_bucket(Bucket="flows")
        yield session


@pytest.fixture
def put(aws):
    return lambda key: aws.client("s3").put_object(Bucket="flows", Key=key, Body=b"2 flow")


def flow_log(name="fl-1", **fields):
    return {"FlowLogId": name, "ResourceId": "vpc-1", "LogFormat": "${version} ${srcaddr}"} | TO_S3 | fields


def has(aws, *flow_logs, vpcs=("vpc-1",)):
    """AWS's answers, as far as they matter here; moto knows neither layouts nor failed deliveries."""
    says(aws, "ec2.DescribeFlowLogs", {"FlowLogs": list(flow_logs)})
    says(aws, "ec2.DescribeVpcs", {"Vpcs": [{"VpcId": name} for name in vpcs]})


def scope(end=DAY + timedelta(hours=2)):
    return Scope("test", NUMBER, "us-east-1", DAY, end)


def key(name="fl-1", day="2026/03/01", hour=0):
    return f"{FOLDER}{day}/{NUMBER}_vpcflowlogs_us-east-1_{name}_20260301T{hour:02}00Z_ab.log.gz"


def test_files_carry_the_id_and_the_format_of_their_flow_log(aws, put):
    has(aws, flow_log())
    put(key())
    [one] = collect(scope(), aws)
    assert read(one) == b"2 flow"
    assert (one.notes["flow_log"], one.notes["log_format"]) == ("fl-1", "${version} ${srcaddr}")
    assert one.version == one.notes["etag"]


def test_nothing_is_read_before_it_is_opened(aws, put):
    has(aws, flow_log())
    put(key())
    asked = says(aws, "s3.GetObject", "NoSuchKey")
    [one] = collect(scope(), aws)
    assert not asked
    assert refusal_of(one) == "NoSuchKey"


def test_two_flow_logs_in_one_folder_are_listed_once(aws, put):
    has(aws, flow_log(), flow_log("fl-2", LogFormat="${dstaddr}"))
    put(key())
    put(key("fl-2"))
    found = artifacts(collect(scope(), aws))
    assert [one.notes["log_format"] for one in found] == ["${version} ${srcaddr}", "${dstaddr}"]


def test_files_of_a_flow_log_that_was_deleted_are_found_beside_others(aws, put):
    has(aws, flow_log())
    put(key("fl-99"))
    [one] = artifacts(collect(scope(), aws))
    assert (one.notes["flow_log"], one.notes["log_format"]) == ("fl-99", "")


def test_files_that_came_late_lie_on_the_next_day(aws, put):
    has(aws, flow_log())
    put(key(day="2026/03/02"))
    assert len(artifacts(collect(scope(DAY + timedelta(hours=23, minutes=40)), aws))) == 1
    assert artifacts(collect(scope(), aws)) == []


def test_it_looks_behind_a_prefix(aws, put):
    has(aws, flow_log(LogDestination="arn:aws:s3:::flows/network/"))
    put("network/" + key())
    assert len(names(collect(scope(), aws))) == 1


def test_it_knows_the_layout_with_names_and_values(aws, put):
    has(aws, flow_log(DestinationOptions={"HiveCompatiblePartitions": True, "PerHourPartition": True}))
    folder = f"AWSLogs/aws-account-id={NUMBER}/aws-service=vpcflowlogs/aws-region=us-east-1"
    put(f"{folder}/year=2026/month=03/day=01/hour=00/x_fl-1_y.log.gz")
    assert names(collect(scope(), aws)) == ["x_fl-1_y.log.gz"]


def test_a_log_group_is_read_hour_by_hour(aws):
    has(aws, flow_log(**TO_GROUP))
    aws.client("logs").create_log_group(logGroupName="/flows")
    first, _ = collect(scope(), aws)
    assert first.notes == {"log_group": "/flows", "log_formats": {"fl-1": "${version} ${srcaddr}"}}


def test_a_log_group_may_be_named_by_its_arn(aws):
    arn = f"arn:aws:logs:us-east-1:{NUMBER}:log-group:/flows:*"
    has(aws, flow_log(LogDestinationType="cloud-watch-logs", LogDestination=arn))
    aws.client("logs").create_log_group(logGroupName="/flows")
    assert len(artifacts(collect(scope(), aws))) == 2


def test_a_flow_log_that_does_not_say_where_it_goes_goes_to_a_group(aws):
    has(aws, {"FlowLogId": "fl-1", "ResourceId": "vpc-1", "LogGroupName": "/flows"})
    assert gaps(collect(scope(), aws)) == [("not_found", "log group /flows")]


def test_vpcs_without_a_flow_log_are_one_gap(aws, put):
    has(aws, flow_log(), vpcs=("vpc-1", "vpc-3", "vpc-2"))
    put(key())
    [gap] = [one for one in collect(scope(), aws) if isinstance(one, Gap)]
    assert (gap.kind, gap.subject) == ("not_enabled", ALL)
    assert gap.detail.endswith("vpc-2, vpc-3")


def test_no_flow_log_at_all_is_that_one_gap(aws):
    has(aws)
    assert gaps(collect(scope(), aws)) == [("not_enabled", ALL)]


def test_a_folder_without_files_is_a_gap(aws):
    has(aws, flow_log())
    assert gaps(collect(scope(), aws)) == [("not_found", f"s3://flows/{FOLDER}")]


def test_a_bucket_of_another_account_that_denies_is_a_gap_and_groups_go_on(aws):
    has(aws, flow_log(), flow_log("fl-2", **TO_GROUP))
    aws.client("logs").create_log_group(logGroupName="/flows")
    says(aws, "s3.ListObjectsV2", "AccessDenied")
    found = list(collect(scope(), aws))
    assert gaps(found) == [("denied", f"s3://flows/{FOLDER}2026/03/01/ and later days")]
    assert len(artifacts(found)) == 2


def test_what_aws_could_not_deliver_is_a_gap(aws, put):
    has(aws, flow_log(DeliverLogsStatus="FAILED", DeliverLogsErrorMessage="Access error"))
    put(key())
    assert gaps(collect(scope(), aws)) == [("missing", "flow log fl-1 of vpc-1")]


def test_a_stream_cannot_be_collected(aws):
    has(aws, flow_log(LogDestinationType="kinesis-data-firehose", LogDestination="arn:aws:firehose:x"))
    assert gaps(collect(scope(), aws)) == [("unsupported", "flow log fl-1 of vpc-1")]


@pytest.mark.parametrize(
    ("said", "kind"),
    [("UnauthorizedOperation", "denied"), ("RequestLimitExceeded", "unreadable"), (PAGE_OF_HTML, "unreadable")],
)
def test_flow_logs_that_cannot_be_described_are_a_gap(aws, said, kind):
    says(aws, "ec2.DescribeFlowLogs", said)
    assert gaps(collect(scope(), aws)) == [(kind, ALL)]


def test_vpcs_that_cannot_be_described_do_not_end_it(aws, put):
    says(aws, "ec2.DescribeVpcs", "UnauthorizedOperation")
    has(aws, flow_log())
    put(key())
    found = list(collect(scope(), aws))
    assert gaps(found) == [("denied", "VPCs without flow logs in us-east-1")]
    assert len(artifacts(found)) == 1


def test_flow_logs_are_described_page_by_page(aws, put):
    says(aws, "ec2.DescribeFlowLogs", {"FlowLogs": [flow_log()], "NextToken": "2"}, {"FlowLogs": [flow_log("fl-2")]})
    has(aws)
    put(key("fl-2"))
    [one] = collect(scope(), aws)
    assert one.notes["log_format"]
