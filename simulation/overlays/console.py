"""EC2's console: moto takes no screenshots; ours is the beginning and the end of a JPEG with nothing in between."""

import base64
from typing import Any

from moto.ec2.responses import EC2Response

from simulation.overlays import Ground
from simulation.saying import say

EMPTY = base64.b64encode(b"\xff\xd8\xff\xd9").decode()


def lay(ground: Ground) -> None:
    del ground
    say(EC2Response, {"get_console_screenshot": screenshot})


def screenshot(response: Any) -> dict[str, Any]:
    return {"InstanceId": response._get_param("InstanceId"), "ImageData": EMPTY}
