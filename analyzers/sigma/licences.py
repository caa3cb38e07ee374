"""The licence of rules that do not name one themselves: that of the collection they came in.

SigmaHQ and others state one licence for all their rules in a file at the top, and it asks for the rule's author to be
named with what the rule finds (Detection Rule License 1.1, https://github.com/SigmaHQ/Detection-Rule-License).
"""

from pathlib import Path

LEVELS = 5  # SigmaHQ keeps rules/cloud/aws/cloudtrail four folders below its licence
LONGEST = 120  # characters; the first line is a title


def licence_beside(folder: Path) -> str:
    """The first line of the nearest LICENSE file, from the folder upwards to the root of its checkout; else nothing."""
    here = folder.absolute()
    for level in (here, *here.parents)[:LEVELS]:
        for path in sorted(level.glob("LICEN[SC]E*")):
            return f"{title_of(path)} (from {path.name})"
        if (level / ".git").exists():
            break
    return ""


def title_of(path: Path) -> str:
    lines = (line.strip("#* \t") for line in path.read_text("utf-8", "replace").splitlines())
    return next((line[:LONGEST] for line in lines if line), "without a title")
