"""Inspector: moto has findings for its own tests only; ours has those furnished, in one page, unfiltered."""

from typing import Any

from moto.inspector2.responses import Inspector2Response

from simulation.overlays import Ground
from simulation.saying import say, shelf_of


def lay(ground: Ground) -> None:
    del ground
    say(Inspector2Response, {"list_findings": list_findings})


def list_findings(response: Any) -> dict[str, Any]:
    return {"findings": shelf_of(response)}
