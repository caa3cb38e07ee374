"""GuardDuty's findings of an account and region, and the detector that made them.

API: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListFindings.html
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from collectors.answers import REFUSALS, answered, gap_of
from collectors.asking import asked, finding_lines, held, milliseconds, out_of_retention, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind

BATCH = 50  # the most that GetFindings takes
KEPT = timedelta(days=90)


@source(
    "guardduty_findings",
    title="GuardDuty findings",
    permissions=(
        "guardduty:ListDetectors",
        "guardduty:GetDetector",
        "guardduty:ListFindings",
        "guardduty:GetFindings",
    ),
    kind="findings",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the detector's settings, and findings as JSON Lines of at most 50, archived ones too, oldest first.

    Taken are the account's own findings that were made before the scope's end and updated after its start: one that was
    updated since would be missed by looking at updates within the window alone. No detector, or one that is
    suspended, is a gap.
    """
    guardduty, subject = aws.client("guardduty"), f"GuardDuty of {scope.account} in {scope.region}"
    detectors = 0
    for found in answered(subject, partial(paged, guardduty, "list_detectors", "DetectorIds")):
        detectors += 1
        if isinstance(found, Gap):
            yield found
            continue
        yield from of_detector(guardduty, found, scope)
    if not detectors:
        yield Gap(GapKind.NOT_ENABLED, subject, "there is no detector: GuardDuty watched nothing here")
    yield from out_of_retention(subject, scope.start, KEPT)


def of_detector(guardduty: Any, detector: str, scope: Scope) -> Iterator[Artifact | Gap]:
    arn = f"arn:aws:guardduty:{scope.region}:{scope.account}:detector/{detector}"
    yield from settings_of(guardduty, detector, arn)
    ask = partial(paged, guardduty, "list_findings", "FindingIds", DetectorId=detector, **asked_for(scope))
    yield from finding_lines(detector, arn, ask, partial(findings, guardduty, detector), BATCH)


def settings_of(guardduty: Any, detector: str, arn: str) -> Iterator[Artifact | Gap]:
    """The detector as evidence; its findings are asked for even where it is suspended or cannot be read."""
    try:
        settings = asked(guardduty, "get_detector", DetectorId=detector)
    except REFUSALS as problem:
        yield gap_of(problem, arn)
        return
    yield held(f"{detector}/detector.json", arn, settings)
    if settings["Status"] != "ENABLED":
        yield Gap(GapKind.NOT_ENABLED, arn, f"the detector is {settings['Status']}: GuardDuty watches nothing now")


def asked_for(scope: Scope) -> dict[str, Any]:
    """Criteria and order: an administrator's detector also has the findings of other accounts. Times are ms."""
    criterion = {
        "accountId": {"Equals": [scope.account]},
        "updatedAt": {"GreaterThanOrEqual": milliseconds(scope.start)},
        "createdAt": {"LessThan": milliseconds(scope.end)},
    }
    order = {"AttributeName": "createdAt", "OrderBy": "ASC"}
    return {"FindingCriteria": {"Criterion": criterion}, "SortCriteria": order}


def findings(guardduty: Any, detector: str, ids: list[str]) -> list[Any]:
    found: list[Any] = asked(guardduty, "get_findings", DetectorId=detector, FindingIds=ids)["Findings"]
    return found
