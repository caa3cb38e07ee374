"""VPC flow logs, wherever they are delivered: files in S3, or events of a CloudWatch Logs group.

Files: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
Groups: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from collectors import log_groups
from collectors.answers import REFUSALS, answered, gap_of
from collectors.base import Artifact, Scope, source
from collectors.delivered import Folder, files, folder_in
from collectors.destinations import group_in, stream
from collectors.vpcs import uncovered
from plugins import Gap, GapKind

LAG = timedelta(minutes=30)  # up to 10 minutes are gathered, and delivery takes about as long again
ID_IN_KEY = re.compile(r"_(fl-[0-9a-f]+)_")
GROUPS = "cloud-watch-logs"
FlowLog = dict[str, Any]


@source(
    "vpc_flow_logs",
    title="VPC flow logs",
    permissions=(
        "ec2:DescribeFlowLogs",
        "ec2:DescribeVpcs",
        "s3:ListBucket",
        "s3:GetObject",
        "logs:DescribeLogGroups",
        "logs:FilterLogEvents",
    ),
    kind="network_logs",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the window's files and slices of every flow log of the account and region, with id and format in the notes.

    Files of flow logs that were deleted are taken too where they lie beside others. VPCs without a flow log are one
    gap; a flow log that AWS cannot deliver, or delivers to a stream, is one each.
    """
    ec2, subject = aws.client("ec2"), f"flow logs of {scope.account} in {scope.region}"
    try:
        flow_logs = [one for page in ec2.get_paginator("describe_flow_logs").paginate() for one in page["FlowLogs"]]
    except REFUSALS as problem:
        yield gap_of(problem, subject)
        return
    covered = {one["ResourceId"] for one in flow_logs}
    bare = partial(uncovered, ec2, covered, subject, "flow log")
    yield from answered(f"VPCs without flow logs in {scope.region}", bare)
    yield from filter(None, map(trouble_of, flow_logs))
    yield from from_buckets(aws, scope, flow_logs)
    yield from from_groups(aws, scope, flow_logs)


def trouble_of(flow_log: FlowLog) -> Gap | None:
    """Why a flow log tells less than it should, if it does."""
    subject = f"flow log {flow_log['FlowLogId']} of {flow_log['ResourceId']}"
    if destination_of(flow_log) not in ("s3", GROUPS):
        return stream(subject, flow_log.get("LogDestination", "a stream"))
    if flow_log.get("DeliverLogsStatus") == "FAILED":
        words = flow_log.get("DeliverLogsErrorMessage", "no reason given")
        return Gap(GapKind.MISSING, subject, f"AWS could not deliver it: {words}")
    return None


def destination_of(flow_log: FlowLog) -> str:
    """The kind of its destination; flow logs from before there was a choice go to a group and do not say so."""
    kind: str = flow_log.get("LogDestinationType", GROUPS)
    return kind


def from_buckets(aws: Any, scope: Scope, flow_logs: list[FlowLog]) -> Iterator[Artifact | Gap]:
    """The files of every folder that flow logs are delivered to, each folder once."""
    by_id = {one["FlowLogId"]: one for one in flow_logs}
    folders = {folder_of(one, scope) for one in flow_logs if destination_of(one) == "s3"}
    for folder in sorted(folders, key=str):
        yield from files(aws.client("s3"), folder, scope, lambda key: notes_of(key, by_id))


def folder_of(flow_log: FlowLog, scope: Scope) -> Folder:
    """Where its files lie, in whichever of the two layouts it has."""
    arn = flow_log["LogDestination"]
    if flow_log.get("DestinationOptions", {}).get("HiveCompatiblePartitions"):
        below = f"AWSLogs/aws-account-id={scope.account}/aws-service=vpcflowlogs/aws-region={scope.region}/"
        by_day = "year={day:%Y}/month={day:%m}/day={day:%d}/"
        return replace(folder_in(arn, below), by_day=by_day, lag=LAG)
    return replace(folder_in(arn, f"AWSLogs/{scope.account}/vpcflowlogs/{scope.region}/"), lag=LAG)


def notes_of(key: str, by_id: Mapping[str, FlowLog]) -> dict[str, str]:
    """Which flow log a file is of, and how its columns are ordered; the format of a deleted one nobody knows."""
    found = ID_IN_KEY.search(key)
    name = found[1] if found else ""
    return {"flow_log": name, "log_format": by_id.get(name, {}).get("LogFormat", "")}


def from_groups(aws: Any, scope: Scope, flow_logs: list[FlowLog]) -> Iterator[Artifact | Gap]:
    formats: dict[str, dict[str, str]] = defaultdict(dict)
    for one in flow_logs:
        if destination_of(one) == GROUPS:
            formats[group_of(one)][one["FlowLogId"]] = one.get("LogFormat", "")
    for group in sorted(formats):
        yield from log_groups.collected(aws.client("logs"), scope, group, log_formats=formats[group])


def group_of(flow_log: FlowLog) -> str:
    """The group's name; some flow logs give it as part of an ARN."""
    name: str = flow_log.get("LogGroupName") or group_in(flow_log["LogDestination"])
    return name
