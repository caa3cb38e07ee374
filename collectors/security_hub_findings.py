"""Security Hub's findings of an account and region, in AWS's own finding format (ASFF).

API: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from collectors.answers import REFUSALS, code_of, gap_of, lines
from collectors.asking import asked, held, out_of_retention, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind

KEPT = timedelta(days=90)
PAGE = 100  # the most that GetFindings gives
FIRST = "1970-01-01T00:00:00.000Z"  # a filter by time needs both ends


@source(
    "security_hub_findings",
    title="Security Hub findings",
    permissions=("securityhub:DescribeHub", "securityhub:GetFindings"),
    kind="findings",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the hub's settings, and the findings as JSON Lines, read page by page when they are opened.

    Taken are the account's findings of this region that were made before the scope's end and updated after its start:
    checks update theirs each day, and looking at updates within the window alone would miss those. No hub is a gap.
    """
    hub = aws.client("securityhub")
    arn = f"arn:aws:securityhub:{scope.region}:{scope.account}:hub/default"
    try:
        yield held("hub.json", arn, asked(hub, "describe_hub"))
    except REFUSALS as problem:
        if code_of(problem) == "InvalidAccessException":
            yield Gap(GapKind.NOT_ENABLED, arn, str(problem))
            return
        yield gap_of(problem, arn)
    yield lines("findings.jsonl", f"{arn}/findings", partial(findings, hub, scope))
    yield from out_of_retention(arn, scope.start, KEPT)


def findings(hub: Any, scope: Scope) -> Iterator[Any]:
    return paged(hub, "get_findings", "Findings", Filters=asked_for(scope), PaginationConfig={"PageSize": PAGE})


def asked_for(scope: Scope) -> dict[str, Any]:
    """A hub that aggregates has findings of other regions, an administrator's those of other accounts."""
    return {
        "AwsAccountId": [{"Value": scope.account, "Comparison": "EQUALS"}],
        "Region": [{"Value": scope.region, "Comparison": "EQUALS"}],
        "UpdatedAt": [{"Start": stamp(scope.start), "End": stamp(datetime.now(UTC))}],
        "CreatedAt": [{"Start": FIRST, "End": stamp(scope.end)}],
    }


def stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
