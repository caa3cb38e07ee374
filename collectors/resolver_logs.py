"""Route 53 Resolver query logs: each DNS question of a VPC, as files in S3 or events of a CloudWatch Logs group.

Destinations: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-choosing-target-resource.html
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from collectors.answers import REFUSALS, answered, gap_of
from collectors.base import Artifact, Scope, source
from collectors.delivered import Folder, folder_in, folders_below
from collectors.destinations import delivered_to
from collectors.vpcs import uncovered
from plugins import Gap


@source(
    "resolver_logs",
    title="Route 53 Resolver query logs",
    permissions=(
        "route53resolver:ListResolverQueryLogConfigs",
        "route53resolver:ListResolverQueryLogConfigAssociations",
        "ec2:DescribeVpcs",
        "s3:ListBucket",
        "s3:GetObject",
        "logs:DescribeLogGroups",
        "logs:FilterLogEvents",
    ),
    kind="dns_logs",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the window's query logs of every configuration of the account and region.

    Logs of VPCs that are not associated any more are taken too. VPCs whose questions nobody logs are one gap, and so is
    each configuration that delivers to a stream.
    """
    resolver, subject = aws.client("route53resolver"), f"Resolver query logs of {scope.account} in {scope.region}"
    try:
        configs = all_of(resolver, "list_resolver_query_log_configs", "ResolverQueryLogConfigs")
    except REFUSALS as problem:
        yield gap_of(problem, subject)
        return
    yield from answered(f"VPCs without {subject}", partial(unlogged, resolver, aws, subject))
    for config in configs:
        arn = config["DestinationArn"]
        name = f"query log configuration {config['Id']} ({config.get('Name', 'no name')})"
        yield from delivered_to(aws, scope, arn, name, partial(folders_of, scope, arn))


def all_of(resolver: Any, call: str, key: str) -> list[dict[str, Any]]:
    return [one for page in resolver.get_paginator(call).paginate() for one in page[key]]


def unlogged(resolver: Any, aws: Any, subject: str) -> Iterator[Gap]:
    call, key = "list_resolver_query_log_config_associations", "ResolverQueryLogConfigAssociations"
    covered = {one["ResourceId"] for one in all_of(resolver, call, key) if one.get("Status") != "FAILED"}
    yield from uncovered(aws.client("ec2"), covered, subject, "query log configuration")


def folders_of(scope: Scope, arn: str, s3: Any) -> list[Folder]:
    """One folder for each VPC that ever logged there; where there is none yet, the place where they would be."""
    base = folder_in(arn, f"AWSLogs/{scope.account}/vpcdnsquerylogs/")
    found = folders_below(s3, base.bucket, base.prefix)
    return [Folder(base.bucket, prefix) for prefix in found] or [base]
