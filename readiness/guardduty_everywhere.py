"""GuardDuty is on in every account and region: it sees what no rule of ours was written for.

https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html
"""

from collections.abc import Iterator

from readiness.base import check
from readiness.organisation import Organisation, Place, each
from readiness.verdicts import Observation, Verdict, judged

TODO = "Turn GuardDuty on for all accounts from its delegated administrator, with new accounts enabled by themselves."


@check(
    "guardduty_everywhere",
    title="GuardDuty is on everywhere",
    practice="SEC10-BP03",
    permissions=("guardduty:ListDetectors", "guardduty:GetDetector"),
    weight=3,
)
def look(organisation: Organisation) -> Verdict:
    """Ask each account and region in use for its detector, and whether it is enabled."""
    return judged(each(organisation.places(), detectors_seen), TODO)


def detectors_seen(place: Place) -> Iterator[Observation]:
    found = place.ask("guardduty", "list_detectors")
    if not found.data["DetectorIds"]:
        yield found.failed(f"GuardDuty is off in {place}.")
    for detector in found.data["DetectorIds"]:
        answer = place.ask("guardduty", "get_detector", {"DetectorId": detector})
        shown = {"Status": answer.data["Status"]}
        if answer.data["Status"] == "ENABLED":
            yield answer.passed(f"GuardDuty is on in {place}.", shown)
        else:
            yield answer.failed(f"GuardDuty is suspended in {place}.", shown)
