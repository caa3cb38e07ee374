"""Logs of load balancers: access logs and connection logs, as they are delivered into S3.

Application: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
Classic: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from collectors.answers import REFUSALS, answered, gap_of
from collectors.base import Artifact, Scope, source
from collectors.delivered import Folder, files, joined
from plugins import Gap, GapKind

KINDS = ("access_logs", "connection_logs")


@dataclass(frozen=True, slots=True)
class Balancer:
    """One load balancer of either generation, with the attributes that say where its logs go."""

    name: str
    attributes: dict[str, str]

    def places(self) -> Iterator[tuple[str, str]]:
        """Bucket and prefix of each kind of log that is on."""
        for kind in KINDS:
            if self.attributes.get(f"{kind}.s3.enabled") == "true":
                yield self.attributes[f"{kind}.s3.bucket"], self.attributes.get(f"{kind}.s3.prefix", "")

    @property
    def has_access_logs(self) -> bool:
        return self.attributes.get("access_logs.s3.enabled") == "true"


@source(
    "elb_logs",
    title="Load balancer logs",
    permissions=(
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "s3:ListBucket",
        "s3:GetObject",
    ),
    kind="service_logs",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the window's files of every load balancer of the account and region, each folder listed once.

    Files of balancers that were deleted are taken too where they lie beside others. A balancer whose access logs are
    off is a gap. Gateway load balancers write no such logs.
    """
    places: set[tuple[str, str]] = set()
    for found in balancers(aws, scope):
        if isinstance(found, Gap):
            yield found
            continue
        places.update(found.places())
        if not found.has_access_logs:
            yield Gap(GapKind.NOT_ENABLED, f"load balancer {found.name}", "its access logs are off")
    for bucket, prefix in sorted(places):
        below = joined(prefix, f"AWSLogs/{scope.account}/elasticloadbalancing/{scope.region}/")
        yield from files(aws.client("s3"), Folder(bucket, below), scope)


def balancers(aws: Any, scope: Scope) -> Iterator[Balancer | Gap]:
    """All of both generations; one that cannot be described is a gap."""
    place = f"{scope.account} in {scope.region}"
    yield from answered(f"load balancers of {place}", lambda: modern(aws.client("elbv2")))
    yield from answered(f"classic load balancers of {place}", lambda: classic(aws.client("elb")))


def modern(elb: Any) -> Iterator[Balancer | Gap]:
    for page in elb.get_paginator("describe_load_balancers").paginate():
        for one in page["LoadBalancers"]:
            if one["Type"] != "gateway":
                yield described(elb, one["LoadBalancerArn"], LoadBalancerArn=one["LoadBalancerArn"])


def classic(elb: Any) -> Iterator[Balancer | Gap]:
    for page in elb.get_paginator("describe_load_balancers").paginate():
        for one in page["LoadBalancerDescriptions"]:
            yield described(elb, one["LoadBalancerName"], LoadBalancerName=one["LoadBalancerName"])


def described(elb: Any, name: str, **which: str) -> Balancer | Gap:
    try:
        answer = elb.describe_load_balancer_attributes(**which)
    except REFUSALS as problem:
        return gap_of(problem, f"load balancer {name}")
    if "LoadBalancerAttributes" in answer:
        return Balancer(name, classic_attributes(answer["LoadBalancerAttributes"].get("AccessLog", {})))
    return Balancer(name, {one["Key"]: one["Value"] for one in answer["Attributes"]})


def classic_attributes(log: dict[str, Any]) -> dict[str, str]:
    """What a classic balancer says, in the words of the newer ones."""
    return {
        "access_logs.s3.enabled": str(log.get("Enabled", False)).lower(),
        "access_logs.s3.bucket": log.get("S3BucketName", ""),
        "access_logs.s3.prefix": log.get("S3BucketPrefix", ""),
    }
