"""Macie: moto can be switched on and finds nothing; ours has the findings furnished, in one page, unfiltered."""

from typing import Any

from moto.macie2 import urls
from moto.macie2.responses import MacieResponse

from simulation.overlays import Ground
from simulation.saying import route, say, shelf_of


def lay(ground: Ground) -> None:
    del ground
    route(urls, MacieResponse, "/findings", "/findings/describe")
    say(MacieResponse, {"list_findings": list_findings, "get_findings": get_findings})


def list_findings(response: Any) -> dict[str, Any]:
    return {"findingIds": [finding["id"] for finding in shelf_of(response)]}


def get_findings(response: Any) -> dict[str, Any]:
    wanted = response._get_param("findingIds")
    return {"findings": [finding for finding in shelf_of(response) if finding["id"] in wanted]}
