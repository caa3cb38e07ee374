"""CloudWatch Logs: the events of log groups that are named, such as host logs, EKS audit logs and applications.

API: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from collections.abc import Iterator
from typing import Any

from collectors.base import Artifact, Scope, source
from collectors.log_groups import collected
from plugins import Gap


@source(
    "cloudwatch_logs",
    title="CloudWatch Logs",
    permissions=("logs:DescribeLogGroups", "logs:FilterLogEvents"),
    resources="log groups, or a prefix ending in *",
    pattern=r"[\w./#-]{1,512}\*?",
    kind="log_groups",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield AWS's events of each group as JSON Lines, one file per hour; per day where the window is over two days.

    A group that is not there is a gap, and so is what its retention has taken.
    """
    logs = aws.client("logs")
    for name in scope.resources:
        yield from collected(logs, scope, name)
