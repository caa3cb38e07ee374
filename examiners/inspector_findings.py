"""Inspector's findings: of its API, of its reports in JSON, and of EventBridge.

API: https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html
Reports: https://docs.aws.amazon.com/inspector/latest/user/findings-managing-exporting-reports.html
Events: https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.findings import findings_in, graded, is_findings
from examiners.forms import Form, Item
from examiners.records import Malformed
from examiners.values import at, first_time, whole_of, words


def looks_like_inspector(head: bytes, name: str) -> int:
    """Score the fields that every finding has."""
    return 95 if is_findings(head, "findingArn", "awsAccountId", "firstObservedAt", "severity") else 0


def parse(item: Item) -> Mapping[str, Any]:
    """One finding's columns."""
    finding, detail = whole_of(item.data)
    arn, resources = words(at(finding, "findingArn")), at(finding, "resources")
    if not arn:
        raise Malformed("an object without a findingArn is no finding of Inspector")
    name = words(at(resources, 0, "id"))
    return {
        "event_id": arn.rsplit("/", 1)[-1],
        "event_time": first_time(finding, ("lastObservedAt",), ("updatedAt",), ("firstObservedAt",)),
        "product": "Inspector",
        "title": words(at(finding, "title")),
        "description": words(at(finding, "description")),
        "type": words(at(finding, "type")),
        **graded(at(finding, "severity")),
        "account_id": words(at(finding, "awsAccountId")) or item.context.account,
        "region": words(at(resources, 0, "region")) or item.context.region,
        "resource_type": words(at(resources, 0, "type")),
        "resource_id": name,
        "resource_arn": name if name and name.startswith("arn:") else None,
        "resources": words(resources),
        "finding_arn": arn,
        "status": words(at(finding, "status")),
        "first_seen": first_time(finding, ("firstObservedAt",)),
        "last_seen": first_time(finding, ("lastObservedAt",)),
        "created_at": first_time(finding, ("firstObservedAt",)),
        "updated_at": first_time(finding, ("updatedAt",)),
        "detail": detail,
    }


FORM = Form("alerts", findings_in, parse)


@examiner(
    "inspector_findings",
    title="Inspector findings",
    version=1,
    family="alerts",
    sniff=looks_like_inspector,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Packages and code with weaknesses, and ports that the network reaches.

    https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html
    """
    return FORM.examine(members)
