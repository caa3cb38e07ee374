"""What runs on the named instances now: processes, connections, users, modules, scheduled work, changed files.

Run Command: https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html
"""

from collections.abc import Iterator
from typing import Any

from collectors import commands
from collectors.base import INSTANCE, Artifact, Scope, source
from plugins import Gap

ERRAND = commands.Errand("live_response", {"Linux": "live-response.tar.gz", "Windows": "live-response.zip"}, parts=4)


@source(
    "live_response",
    title="Live response on instances",
    permissions=commands.PERMISSIONS,
    acts=True,
    resources="instance ids",
    pattern=INSTANCE,
    kind="live_response",
    volatility=30,
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield one archive of text files for each instance, asked in order of volatility by the machine's own programs."""
    yield from commands.run(ERRAND, scope, aws)
