"""AWS WAF logs of web ACLs: files in S3, or events of a CloudWatch Logs group.

Files: https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
Groups: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from collectors.answers import REFUSALS, code_of, gap_of
from collectors.base import Artifact, Scope, source
from collectors.delivered import Folder, folder_in
from collectors.destinations import delivered_to
from plugins import Gap, GapKind

GLOBAL = "us-east-1"  # where the ACLs of CloudFront distributions are asked for


@source(
    "waf_logs",
    title="AWS WAF logs",
    permissions=(
        "wafv2:ListWebACLs",
        "wafv2:GetLoggingConfiguration",
        "s3:ListBucket",
        "s3:GetObject",
        "logs:DescribeLogGroups",
        "logs:FilterLogEvents",
    ),
    kind="service_logs",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the window's logs of each web ACL of the region; with us-east-1 also those of CloudFront distributions.

    No web ACL, one without logging, a filter that leaves requests out, and delivery to a stream are gaps.
    """
    waf = aws.client("wafv2")
    for reach in ("REGIONAL", "CLOUDFRONT") if scope.region == GLOBAL else ("REGIONAL",):
        subject = f"web ACLs ({reach.lower()}) of {scope.account} in {scope.region}"
        try:
            acls = list(acls_of(waf, reach))
        except REFUSALS as problem:
            yield gap_of(problem, subject)
            continue
        if not acls and reach == "REGIONAL":
            yield Gap(GapKind.NOT_ENABLED, subject, "there is none; no request is inspected or logged here")
        for acl in acls:
            yield from logs_of(aws, waf, scope, acl, scope.region if reach == "REGIONAL" else "cloudfront")


def acls_of(waf: Any, reach: str) -> Iterator[dict[str, Any]]:
    marker: dict[str, str] = {}
    while True:
        page = waf.list_web_acls(Scope=reach, Limit=100, **marker)
        yield from page["WebACLs"]
        if not page["WebACLs"] or not page.get("NextMarker"):
            return
        marker = {"NextMarker": page["NextMarker"]}


def logs_of(aws: Any, waf: Any, scope: Scope, acl: dict[str, Any], place: str) -> Iterator[Artifact | Gap]:
    """The logs of one ACL; ``place`` is the region as WAF writes it into keys."""
    subject = f"web ACL {acl['ARN']}"
    try:
        logging = waf.get_logging_configuration(ResourceArn=acl["ARN"])["LoggingConfiguration"]
    except REFUSALS as problem:
        is_off = code_of(problem) == "WAFNonexistentItemException"
        yield Gap(GapKind.NOT_ENABLED, subject, "its logging is off") if is_off else gap_of(problem, subject)
        return
    if logging.get("LoggingFilter"):
        yield Gap(GapKind.TRUNCATED, f"{subject}, filter", f"not every request is logged: {logging['LoggingFilter']}")
    below = f"AWSLogs/{scope.account}/WAFLogs/{place}/{acl['Name']}/"
    for arn in logging["LogDestinationConfigs"]:
        yield from delivered_to(aws, scope, arn, subject, partial(folders_of, arn, below))


def folders_of(arn: str, below: str, s3: Any) -> list[Folder]:
    del s3  # the ACL's name is all that is needed to know where its files lie
    return [folder_in(arn, below)]
