"""IAM Access Analyzer, which moto does not know at all: analyzers and their findings as furnished, in one page each.

Its requests are led to the application of another service of moto, with which it shares no path.
"""

import re
from typing import Any

from moto import backend_index
from moto.core.responses import BaseResponse
from moto.inspector2 import urls

from simulation.overlays import Ground
from simulation.saying import route, say, shelf_of

HOST = re.compile(r"https?://access-analyzer\.(.+)\.amazonaws\.com")


class AccessAnalyzerResponse(BaseResponse):
    """Answers by what is on its shelf: pairs of an analyzer and its findings."""

    def __init__(self) -> None:
        super().__init__(service_name="accessanalyzer")


def lay(ground: Ground) -> None:
    del ground
    backend_index.backend_url_patterns.append(("inspector2", HOST))
    route(urls, AccessAnalyzerResponse, "/analyzer", "/finding", "/findingv2")
    answers = {"list_analyzers": analyzers, "list_findings": findings, "list_findings_v2": findings}
    say(AccessAnalyzerResponse, answers)


def analyzers(response: Any) -> dict[str, Any]:
    return {"analyzers": [analyzer for analyzer, _ in shelf_of(response)]}


def findings(response: Any) -> dict[str, Any]:
    wanted = response._get_param("analyzerArn")
    return {"findings": [row for analyzer, rows in shelf_of(response) for row in rows if analyzer["arn"] == wanted]}
