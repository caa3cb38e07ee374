"""Macie's findings of an account and region: sensitive data in buckets, and buckets that became less safe.

API: https://docs.aws.amazon.com/macie/latest/APIReference/findings.html
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from collectors.answers import REFUSALS, gap_of
from collectors.asking import asked, finding_lines, held, milliseconds, out_of_retention, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind

BATCH = 50  # the most that GetFindings takes
KEPT = timedelta(days=90)


@source(
    "macie_findings",
    title="Macie findings",
    permissions=("macie2:GetMacieSession", "macie2:ListFindings", "macie2:GetFindings"),
    kind="findings",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield Macie's settings, and findings as JSON Lines of at most 50, suppressed ones too, oldest first.

    Taken are the account's own findings that were made before the scope's end and updated after its start. Macie that
    is off or paused is a gap.
    """
    macie = aws.client("macie2")
    arn = f"arn:aws:macie2:{scope.region}:{scope.account}:session"
    try:
        session = asked(macie, "get_macie_session")
    except REFUSALS as problem:
        if is_off(problem):
            yield Gap(GapKind.NOT_ENABLED, arn, str(problem))
            return
        yield gap_of(problem, arn)
    else:
        yield held("session.json", arn, session)
        if session["status"] != "ENABLED":
            yield Gap(GapKind.NOT_ENABLED, arn, f"Macie is {session['status']}: it looks at nothing now")
    ask = partial(paged, macie, "list_findings", "findingIds", **asked_for(scope))
    yield from finding_lines("macie", arn, ask, partial(findings, macie), BATCH)
    yield from out_of_retention(arn, scope.start, KEPT)


def is_off(problem: Exception) -> bool:
    """AWS says that Macie is off in the words of a refusal."""
    return isinstance(problem, ClientError) and "not enabled" in str(problem).lower()


def asked_for(scope: Scope) -> dict[str, Any]:
    """Criteria and order: an administrator's Macie also has the findings of other accounts. Times are ms."""
    criterion = {
        "accountId": {"eq": [scope.account]},
        "updatedAt": {"gte": milliseconds(scope.start)},
        "createdAt": {"lt": milliseconds(scope.end)},
    }
    return {
        "findingCriteria": {"criterion": criterion},
        "sortCriteria": {"attributeName": "createdAt", "orderBy": "ASC"},
    }


def findings(macie: Any, ids: list[str]) -> list[Any]:
    found: list[Any] = asked(macie, "get_findings", findingIds=ids)["findings"]
    return found
