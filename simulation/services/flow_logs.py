"""Flow logs of prod-web: the default VPC's as files in the log archive, a second VPC's in a log group.

Files as AWS names them: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
"""

import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from simulation.organisation import HOME_REGION, LOG_ARCHIVE, PROD_WEB, Cloud, Estate, deposit, write_log
from simulation.services import Window

BUCKET = "acme-log-archive-flow-logs"
GROUP = "/acme/vpc/flow-logs"
HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
)
HOUR = timedelta(hours=1)


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    del estate
    cloud.client("s3", LOG_ARCHIVE).create_bucket(Bucket=BUCKET)
    ec2 = cloud.client("ec2", PROD_WEB)
    default = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    second = ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
    common = {"ResourceType": "VPC", "TrafficType": "ALL"}
    to_s3 = {"LogDestinationType": "s3", "LogDestination": f"arn:aws:s3:::{BUCKET}"}
    made = ec2.create_flow_logs(ResourceIds=[default], **to_s3, **common)["FlowLogIds"][0]
    write_log(PROD_WEB, GROUP, "eni-0b1c2d3e-all", lines(window))
    role = {"DeliverLogsPermissionArn": PROD_WEB.role("FlowLogs"), "LogGroupName": GROUP}
    ec2.create_flow_logs(ResourceIds=[second], **role, **common)
    for at, line in lines(window):
        deliver(made, at, line)
    return {"bucket": BUCKET, "group": GROUP, "flow_log": made}


def deliver(flow_log: str, at: datetime, line: str) -> None:
    folder = f"AWSLogs/{PROD_WEB.number}/vpcflowlogs/{HOME_REGION}/{at:%Y/%m/%d}"
    name = f"{PROD_WEB.number}_vpcflowlogs_{HOME_REGION}_{flow_log}_{at:%Y%m%dT%H%MZ}_{int(at.timestamp()):08x}.log.gz"
    deposit(LOG_ARCHIVE, BUCKET, f"{folder}/{name}", gzip.compress(f"{HEADER}\n{line}\n".encode(), mtime=0))


def lines(window: Window) -> Iterator[tuple[datetime, str]]:
    """One flow an hour, from the web to the instance."""
    at, end = window
    while at < end:
        seconds = int(at.timestamp())
        flow = f"203.0.113.{at.hour} 10.20.4.17 443 51234 6 12 {4200 + at.hour}"
        yield at, f"2 {PROD_WEB.number} eni-0a1b2c3d {flow} {seconds} {seconds + 60} ACCEPT OK"
        at += HOUR
