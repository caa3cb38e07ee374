"""AWS Config: the history and snapshot files it delivered, and the configuration history of resources that are named.

Files: https://docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html
API: https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from collectors.answers import answered, lines
from collectors.base import Artifact, Scope, source
from collectors.delivered import Folder, files, joined
from plugins import Gap, GapKind

LAG = timedelta(days=1)  # history files come every six hours at best, snapshots as rarely as once a day
NONE = "*"


@source(
    "config_history",
    title="AWS Config history",
    permissions=(
        "config:DescribeConfigurationRecorders",
        "config:DescribeConfigurationRecorderStatus",
        "config:DescribeDeliveryChannels",
        "config:GetResourceConfigHistory",
        "s3:ListBucket",
        "s3:GetObject",
    ),
    resources="resources as TYPE/ID, such as AWS::EC2::Instance/i-0abc, or * for the delivered files alone",
    pattern=r"\*|AWS::\w+::\w+(::\w+)?/.+",
    kind="configuration",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield delivered files of the window's days and the day after, and all that Config knows of each named resource.

    A resource's history goes back to its beginning, newest first, since what it was before the window matters too. That
    nothing records, that a recorder was stopped and that nothing is delivered are gaps.
    """
    config, subject = aws.client("config"), f"AWS Config of {scope.account} in {scope.region}"
    yield from answered(subject, lambda: silence(config, subject))
    yield from answered(f"delivery channels of {subject}", lambda: delivered(config, aws.client("s3"), scope))
    for resource in scope.resources:
        if resource != NONE:
            yield history(config, scope, resource)


def silence(config: Any, subject: str) -> Iterator[Gap]:
    """Why Config may know less than there was."""
    if not config.describe_configuration_recorders()["ConfigurationRecorders"]:
        yield Gap(GapKind.NOT_ENABLED, subject, "it has no recorder; nothing is recorded")
    for recorder in config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]:
        name = f"recorder {recorder['name']} of {subject}"
        if not recorder["recording"]:
            since = recorder.get("lastStopTime", "AWS does not say when")
            yield Gap(GapKind.NOT_ENABLED, name, f"it was stopped: {since}")
        elif recorder.get("lastStatus", "").lower() == "failure":
            yield Gap(GapKind.MISSING, name, f"it failed: {recorder.get('lastErrorMessage', 'no reason given')}")


def delivered(config: Any, s3: Any, scope: Scope) -> Iterator[Artifact | Gap]:
    channels = config.describe_delivery_channels()["DeliveryChannels"]
    for channel in channels:
        prefix = joined(channel.get("s3KeyPrefix", ""), f"AWSLogs/{scope.account}/Config/{scope.region}/")
        folder = Folder(channel["s3BucketName"], prefix, "{day.year}/{day.month}/{day.day}/", LAG)
        yield from files(s3, folder, scope)
    if not channels:
        subject = f"delivery channels of AWS Config of {scope.account} in {scope.region}"
        yield Gap(GapKind.NOT_ENABLED, subject, "it has none; no history or snapshot file is delivered")


def history(config: Any, scope: Scope, resource: str) -> Artifact | Gap:
    """What Config knows of one resource up to the window's end, as JSON Lines; asked for when it is opened."""
    kind, _, name = resource.partition("/")
    if not name:
        return Gap(GapKind.UNSUPPORTED, resource, "write it as TYPE/ID, such as AWS::EC2::Instance/i-0abc")
    origin = f"arn:aws:config:{scope.region}:{scope.account}:history/{resource}/{scope.end.isoformat()}"
    file = f"{kind.replace('::', '.')}_{name.replace('/', '.')}.jsonl"
    return lines(file, origin, partial(items, config, kind, name, scope), resource=resource)


def items(config: Any, kind: str, name: str, scope: Scope) -> Iterator[dict[str, Any]]:
    pages = config.get_paginator("get_resource_config_history")
    for page in pages.paginate(resourceType=kind, resourceId=name, laterTime=scope.end):
        yield from page["configurationItems"]
