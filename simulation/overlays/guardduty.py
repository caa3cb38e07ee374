"""GuardDuty: moto knows detectors and no findings; ours answers with those that were furnished.

Different from AWS: criteria and order are not looked at, and there is one page.
"""

from typing import Any

from moto.guardduty import urls
from moto.guardduty.responses import GuardDutyResponse

from simulation.overlays import Ground
from simulation.saying import route, say, shelf_of


def lay(ground: Ground) -> None:
    del ground
    findings = "/detector/(?P<detector_id>[^/]+)/findings"
    route(urls, GuardDutyResponse, findings, f"{findings}/get")
    say(GuardDutyResponse, {"list_findings": list_findings, "get_findings": get_findings})


def list_findings(response: Any) -> dict[str, Any]:
    return {"FindingIds": [finding["Id"] for finding in shelf_of(response)]}


def get_findings(response: Any) -> dict[str, Any]:
    wanted = response._get_param("findingIds")
    return {"Findings": [finding for finding in shelf_of(response) if finding["Id"] in wanted]}
