"""Security Hub's findings in AWS's own format (ASFF): of its API, and of EventBridge.

Format: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
API: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html
Events: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.findings import attack, findings_in, graded, indicated, is_findings
from examiners.forms import Form, Item
from examiners.records import Malformed
from examiners.values import at, first_of, first_time, whole_of, words

KEY_PREFIX = "AWS::IAM::AccessKey:"  # before the key in the id of a resource of the type AwsIamAccessKey
REMOTES = (
    ("Action", "AwsApiCallAction", "RemoteIpDetails", "IpAddressV4"),
    ("Action", "NetworkConnectionAction", "RemoteIpDetails", "IpAddressV4"),
    ("Action", "PortProbeAction", "PortProbeDetails", 0, "RemoteIpDetails", "IpAddressV4"),
    ("Detection", "Sequence", "Endpoints", 0, "Ip"),
)


def looks_like_asff(head: bytes, name: str) -> int:
    """Score the attributes that every finding must have."""
    return 95 if is_findings(head, "SchemaVersion", "ProductArn", "AwsAccountId", "GeneratorId") else 0


def parse(item: Item) -> Mapping[str, Any]:
    """One finding's columns."""
    finding, detail = whole_of(item.data)
    if not words(at(finding, "Id")):
        raise Malformed("an object without an Id is no finding of Security Hub")
    return {
        "event_id": words(at(finding, "Id")),
        "event_time": first_time(finding, ("LastObservedAt",), ("UpdatedAt",), ("CreatedAt",)),
        "product": product_of(finding),
        "title": words(at(finding, "Title")),
        "description": words(at(finding, "Description")),
        "type": words(first_of(finding, ("Types", 0), ("FindingProviderFields", "Types", 0), ("GeneratorId",))),
        **severity_of(first_of(finding, ("Severity",), ("FindingProviderFields", "Severity"))),
        "account_id": words(at(finding, "AwsAccountId")) or item.context.account,
        "region": words(at(finding, "Region")) or item.context.region,
        **resource_of(at(finding, "Resources")),
        **actor_of(finding),
        **attack_of(finding),
        "status": words(at(finding, "RecordState")),
        "workflow": words(first_of(finding, ("Workflow", "Status"), ("WorkflowState",))),
        "first_seen": first_time(finding, ("FirstObservedAt",)),
        "last_seen": first_time(finding, ("LastObservedAt",)),
        "created_at": first_time(finding, ("CreatedAt",)),
        "updated_at": first_time(finding, ("UpdatedAt",)),
        "detail": detail,
    }


def product_of(finding: Mapping[str, Any]) -> str:
    """The name of the product; of older findings what its ARN ends in, such as aws/guardduty."""
    named = words(at(finding, "ProductName"))
    return named or str(at(finding, "ProductArn")).rsplit("product/", 1)[-1]


def severity_of(severity: Any) -> dict[str, Any]:
    """By the number where there is one, else by the label; as its product wrote it, where the finding says so."""
    written = first_of(severity, ("Original",), ("Product",), ("Label",), ("Normalized",))
    number = at(severity, "Normalized")
    return graded(at(severity, "Label") if number is None else number, written)


def resource_of(resources: Any) -> dict[str, Any]:
    """The first resource. Its id is an ARN for most types: what comes after the account is the name that people use."""
    name = words(at(resources, 0, "Id"))
    is_arn = bool(name) and str(name).startswith("arn:")
    return {
        "resource_type": words(at(resources, 0, "Type")),
        "resource_id": str(name).split(":", 5)[-1] if is_arn else name,
        "resource_arn": name if is_arn else None,
        "resources": words(resources),
    }


def actor_of(finding: Mapping[str, Any]) -> dict[str, Any]:
    resources = at(finding, "Resources")
    keys = (one for one in resources if at(one, "Type") == "AwsIamAccessKey") if isinstance(resources, list) else ()
    key: Any = next(iter(keys), None)
    details, user = at(key, "Details", "AwsIamAccessKey"), at(finding, "Detection", "Sequence", "Actors", 0, "User")
    named = (words(at(key, "Id")) or "").removeprefix(KEY_PREFIX) or None
    return {
        "principal": words(first_of(details, ("PrincipalName",), ("UserName",), ("PrincipalId",)))
        or words(first_of(user, ("Name",), ("Uid",))),
        "access_key_id": words(at(details, "AccessKeyId")) or named or words(at(user, "CredentialUid")),
        "remote_ip": words(first_of(finding, *REMOTES)) or far_end(at(finding, "Network")),
    }


def far_end(network: Any) -> str | None:
    """The address on the other side of a connection whose direction is told."""
    side = {"IN": "Source", "OUT": "Destination"}.get(str(at(network, "Direction")).upper())
    return words(first_of(network, (f"{side}IpV4",), (f"{side}IpV6",))) if side else None


def attack_of(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Tactics are the categories of types in the namespace TTPs.

    https://docs.aws.amazon.com/securityhub/latest/userguide/asff-type-taxonomy.html
    """
    types, sequence = at(finding, "Types"), at(finding, "Detection", "Sequence")
    parts = [str(one).split("/") for one in types] if isinstance(types, list) else []
    tactics = [part[1] for part in parts if part[0] == "TTPs" and len(part) > 1]
    return attack([*indicated(sequence, "ATTACK_TACTIC"), *tactics], indicated(sequence, "ATTACK_TECHNIQUE"))


FORM = Form("alerts", findings_in, parse)


@examiner(
    "security_hub_findings",
    title="Security Hub findings (ASFF)",
    version=1,
    family="alerts",
    sniff=looks_like_asff,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Findings of every product that sends them to Security Hub, and of its own checks.

    https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
    """
    return FORM.examine(members)
