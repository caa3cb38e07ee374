"""CloudFront standard logs (legacy) of all distributions, as they are delivered into S3.

Keys: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from collectors.answers import REFUSALS, answered, gap_of
from collectors.base import Artifact, Scope, source
from collectors.delivered import Folder, files
from plugins import Gap, GapKind

LAG = timedelta(days=1)  # AWS: most within an hour, some as late as 24
GLOBAL = "us-east-1"  # CloudFront has one endpoint for all regions
OFF = "its standard logging is off; logs that it may deliver by CloudWatch (standard logging v2) are not looked for"


@source(
    "cloudfront_logs",
    title="CloudFront access logs",
    permissions=(
        "cloudfront:ListDistributions",
        "cloudfront:GetDistributionConfig",
        "s3:ListBucket",
        "s3:GetObject",
    ),
    kind="service_logs",
    is_global=True,
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the logs of every distribution from the window's days and the day after, whatever the scope's region is.

    CloudFront is global: choosing one region is enough. A distribution whose logging is off is a gap.
    """
    cloudfront, s3 = aws.client("cloudfront", region_name=GLOBAL), aws.client("s3")
    subject = f"distributions of {scope.account}"
    for found in answered(subject, lambda: distributions(cloudfront)):
        yield from [found] if isinstance(found, Gap) else logs_of(cloudfront, s3, scope, found)


def distributions(cloudfront: Any) -> Iterator[str]:
    """The id of each distribution."""
    for page in cloudfront.get_paginator("list_distributions").paginate():
        for found in page["DistributionList"].get("Items", ()):
            yield found["Id"]


def logs_of(cloudfront: Any, s3: Any, scope: Scope, name: str) -> Iterator[Artifact | Gap]:
    subject = f"distribution {name} of {scope.account}"
    try:
        logging = cloudfront.get_distribution_config(Id=name)["DistributionConfig"].get("Logging", {})
    except REFUSALS as problem:
        yield gap_of(problem, subject)
        return
    if not logging.get("Enabled"):
        yield Gap(GapKind.NOT_ENABLED, subject, OFF)
        return
    bucket, prefix = logging["Bucket"].split(".s3.", 1)[0], logging.get("Prefix", "").strip("/")
    below = f"{prefix}/{name}." if prefix else f"{name}."
    yield from files(s3, Folder(bucket, below, "{day:%Y-%m-%d}-", LAG), scope, lambda key: {"distribution": name})
