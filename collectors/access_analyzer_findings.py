"""IAM Access Analyzer's findings: what outsiders can reach, and access that nobody uses.

API: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListFindings.html
Kinds of analyzers: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-concepts.html
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from collectors.answers import answered, lines
from collectors.asking import held, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind

EXTERNAL = frozenset({"ACCOUNT", "ORGANIZATION"})  # analyzers of access from outside tell more in the older operation


@source(
    "access_analyzer_findings",
    title="IAM Access Analyzer findings",
    permissions=("access-analyzer:ListAnalyzers", "access-analyzer:ListFindings"),
    kind="findings",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield each analyzer of the region, and all its findings as JSON Lines, archived and resolved ones too.

    Findings are a state, not events: the scope's times are not looked at. No analyzer is a gap, and so is one that is
    not active.
    """
    client, is_empty = aws.client("accessanalyzer"), True
    subject = f"Access Analyzer of {scope.account} in {scope.region}"
    for found in answered(subject, partial(paged, client, "list_analyzers", "analyzers")):
        is_empty = False
        if isinstance(found, Gap):
            yield found
        else:
            yield from of_analyzer(client, found)
    if is_empty:
        yield Gap(GapKind.NOT_ENABLED, subject, "there is no analyzer: nothing watched who can reach what")


def of_analyzer(client: Any, analyzer: dict[str, Any]) -> Iterator[Artifact | Gap]:
    name, arn = analyzer["name"], analyzer["arn"]
    yield held(f"{name}/analyzer.json", arn, analyzer)
    if analyzer["status"] != "ACTIVE":
        yield Gap(GapKind.NOT_ENABLED, arn, f"the analyzer is {analyzer['status']}: it watches nothing now")
    operation = "list_findings" if analyzer["type"] in EXTERNAL else "list_findings_v2"
    ask = partial(paged, client, operation, "findings", analyzerArn=arn)
    yield lines(f"{name}/findings.jsonl", f"{arn}/findings", ask)
