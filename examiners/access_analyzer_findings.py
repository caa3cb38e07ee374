"""IAM Access Analyzer's findings: of its older and its newer operations, and of EventBridge.

Older: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSummary.html
Newer: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSummaryV2.html
Events: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.findings import findings_in, is_findings
from examiners.forms import Form, Item
from examiners.records import Malformed
from examiners.values import at, first_of, first_time, packed, whole_of, words

EXTERNAL = "ExternalAccess"  # what the older operation tells of; it has no word for it


def looks_like_access_analyzer(head: bytes, name: str) -> int:
    """Score the times at which an analyzer looked, and whose the resource is; events name the account otherwise."""
    is_listed = is_findings(head, "analyzedAt", "resourceOwnerAccount", "resourceType", "status")
    return 95 if is_listed or is_findings(head, "analyzedAt", "resource", "resourceType", "accountId") else 0


def parse(item: Item) -> Mapping[str, Any]:
    """One finding's columns; it has no title and no severity."""
    finding, detail = whole_of(item.data)
    name, resource = words(at(finding, "id")), words(at(finding, "resource"))
    if not name:
        raise Malformed("an object without an id is no finding of Access Analyzer")
    is_arn = bool(resource) and str(resource).startswith("arn:")
    return {
        "event_id": name,
        "event_time": first_time(finding, ("analyzedAt",), ("updatedAt",), ("createdAt",)),
        "product": "IAM Access Analyzer",
        "type": words(at(finding, "findingType")) or EXTERNAL,
        "account_id": words(first_of(finding, ("resourceOwnerAccount",), ("accountId",))) or item.context.account,
        "region": words(at(finding, "region")) or item.context.region,
        "resource_type": words(at(finding, "resourceType")),
        "resource_id": str(resource).split(":", 5)[-1] if is_arn else resource,
        "resource_arn": resource if is_arn else None,
        "resources": packed([resource]) if resource else None,
        "principal": principal_of(finding),
        "access_key_id": words(at(finding, "findingDetails", 0, "unusedIamUserAccessKeyDetails", "accessKeyId")),
        "status": words(at(finding, "status")),
        "last_seen": first_time(finding, ("analyzedAt",)),
        "created_at": first_time(finding, ("createdAt",)),
        "updated_at": first_time(finding, ("updatedAt",)),
        "detail": detail,
    }


def principal_of(finding: Mapping[str, Any]) -> str | None:
    """Who has the access: the account or ARN where it is one, else what AWS says, such as {"Federated": "..."}."""
    principal = first_of(
        finding,
        ("principal",),
        ("findingDetails", 0, "externalAccessDetails", "principal"),
        ("findingDetails", 0, "internalAccessDetails", "principal"),
    )
    if isinstance(principal, dict) and len(principal) == 1:
        return words(next(iter(principal.values())))
    return words(principal)


FORM = Form("alerts", findings_in, parse)


@examiner(
    "access_analyzer_findings",
    title="IAM Access Analyzer findings",
    version=1,
    family="alerts",
    sniff=looks_like_access_analyzer,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """What outsiders can reach, and access that nobody uses.

    https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSummaryV2.html
    """
    return FORM.examine(members)
