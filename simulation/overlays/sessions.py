"""Session Manager: moto has documents and no sessions; ours are those that were furnished, by state, unfiltered."""

from typing import Any

from moto.ssm.responses import SimpleSystemManagerResponse

from simulation.overlays import Ground
from simulation.saying import say, shelf_of


def lay(ground: Ground) -> None:
    del ground
    say(SimpleSystemManagerResponse, {"describe_sessions": describe_sessions})


def describe_sessions(response: Any) -> dict[str, Any]:
    state = response._get_param("State")
    return {"Sessions": [row for kept, row in shelf_of(response) if kept == state]}
