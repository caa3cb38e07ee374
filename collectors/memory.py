"""Memory of the named instances, taken on the machine by a program of the organisation's choice (AVML, WinPmem).

Run Command: https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from collectors import commands
from collectors.base import INSTANCE, Artifact, Scope, source
from collectors.staging import tool_of
from plugins import Gap, GapKind

# Platform -> the setting of each program, and the parameters that it becomes.
TOOLS = {
    "Linux": {"MEMORY_TOOL_LINUX": "Tool", "MEMORY_TOOL_LINUX_ARM": "ArmTool"},
    "Windows": {"MEMORY_TOOL_WINDOWS": "Tool"},
}


def tools(scope: Scope, instance: str, platform: str, s3: Any) -> Mapping[str, str]:
    """Address and hash of the programs for this platform. Raises Unmet where the organisation has set none."""
    given: dict[str, str] = {}
    for setting, parameter in TOOLS[platform].items():
        if tool := tool_of(scope, setting, s3):
            given |= {f"{parameter}Url": tool[0], f"{parameter}Sha256": tool[1]}
    if not given:
        words = f"no program is set that reads memory of {platform}; set {' or '.join(TOOLS[platform])}"
        raise commands.Unmet(Gap(GapKind.NOT_ENABLED, instance, words))
    return given


ERRAND = commands.Errand("memory", {"Linux": "memory.avml", "Windows": "memory.raw"}, parts=128, tools=tools)


@source(
    "memory",
    title="Memory of instances",
    permissions=commands.PERMISSIONS,
    acts=True,
    resources="instance ids",
    pattern=INSTANCE,
    kind="memory",
    volatility=20,
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield one image for each instance: up to 256 GiB, with the SHA-256 that the machine found before it was sent.

    The image is as true as the machine: whoever holds its kernel can show the program another memory.
    """
    yield from commands.run(ERRAND, scope, aws)
