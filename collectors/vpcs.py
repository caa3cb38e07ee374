"""Which VPCs a kind of log does not cover. No source lives here.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html
"""

from collections.abc import Iterator
from typing import Any

from plugins import Gap, GapKind


def uncovered(ec2: Any, covered: set[str], subject: str, what: str) -> Iterator[Gap]:
    """One gap that names the VPCs of the region outside ``covered``; none where all are in it."""
    pages = ec2.get_paginator("describe_vpcs").paginate()
    bare = sorted({vpc["VpcId"] for page in pages for vpc in page["Vpcs"]} - covered)
    if bare:
        yield Gap(GapKind.NOT_ENABLED, subject, f"no {what} covers the whole of {', '.join(bare)}")
