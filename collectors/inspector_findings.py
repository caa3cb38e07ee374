"""Inspector's findings of an account and region: vulnerable packages and code, and ports open to the network.

API: https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListFindings.html
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from collectors.answers import REFUSALS, gap_of, lines
from collectors.asking import asked, held, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind


@source(
    "inspector_findings",
    title="Inspector findings",
    permissions=("inspector2:BatchGetAccountStatus", "inspector2:ListFindings"),
    kind="findings",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield what Inspector scans, and the findings as JSON Lines, read page by page when they are opened.

    Taken are the account's findings first observed before the scope's end and last observed after its start, closed
    ones too: what was open to an attacker at that time. Inspector that is off is a gap.
    """
    inspector = aws.client("inspector2")
    arn = f"arn:aws:inspector2:{scope.region}:{scope.account}:status"
    try:
        status = asked(inspector, "batch_get_account_status", accountIds=[scope.account])
    except REFUSALS as problem:
        yield gap_of(problem, arn)
    else:
        yield held("status.json", arn, status)
        state = state_of(status)
        if state != "ENABLED":
            yield Gap(GapKind.NOT_ENABLED, arn, f"Inspector is {state}: it scans nothing now")
    ask = partial(paged, inspector, "list_findings", "findings", filterCriteria=asked_for(scope))
    yield lines("findings.jsonl", f"{arn}/findings", ask)


def state_of(status: dict[str, Any]) -> str:
    """ENABLED, DISABLED or what else AWS says of the account; DISABLED where it says nothing."""
    [account] = status.get("accounts") or [{}]
    state: str = account.get("state", {}).get("status", "DISABLED")
    return state


def asked_for(scope: Scope) -> dict[str, Any]:
    return {
        "awsAccountId": [{"comparison": "EQUALS", "value": scope.account}],
        "firstObservedAt": [{"endInclusive": scope.end}],
        "lastObservedAt": [{"startInclusive": scope.start}],
    }
