"""CloudTrail: moto has no ListPublicKeys, ours answers with the simulation's own key; StopLogging is refused.

The refusal is the one that a service control policy gives: moto stores such policies and does not enforce them.
"""

import base64
import json
from datetime import datetime
from typing import Any

from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.exceptions import JsonRESTError

from simulation.overlays import Ground

DENY_STOP = (
    "User is not authorized to perform: cloudtrail:StopLogging with an explicit deny in a service control policy"
)


class StopRefused(JsonRESTError):
    """What CloudTrail answers to a caller whom a policy forbids to stop a trail."""

    code = 400

    def __init__(self) -> None:
        super().__init__("AccessDeniedException", DENY_STOP)


def lay(ground: Ground) -> None:
    cloudtrail: Any = CloudTrailResponse
    cloudtrail.list_public_keys = lambda response: public_keys(response, ground.key)
    cloudtrail.stop_logging = refuse_stop


def refuse_stop(response: CloudTrailResponse) -> str:
    raise StopRefused


def public_keys(response: CloudTrailResponse, key: dict[str, Any]) -> str:
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html"""
    row = {
        "Value": base64.b64encode(key["value"]).decode(),
        "ValidityStartTime": seconds(key["start"]),
        "ValidityEndTime": seconds(key["end"]),
        "Fingerprint": key["fingerprint"],
    }
    return json.dumps({"PublicKeyList": [row]})


def seconds(moment: datetime) -> float:
    return moment.timestamp()
