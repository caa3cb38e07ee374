"""Macie's findings: of its API, and of EventBridge.

API: https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html
Events: https://docs.aws.amazon.com/macie/latest/user/findings-publish-event-schemas.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.findings import archived_or_active, findings_in, graded, is_findings
from examiners.forms import Form, Item
from examiners.records import Malformed
from examiners.values import at, first_of, first_time, whole_number, whole_of, words

IDENTITIES = ("iamUser", "assumedRole", "federatedUser", "root", "awsAccount", "awsService")
LAST_SEEN = ("policyDetails", "action", "apiCallDetails", "lastSeen")
FIRST_SEEN = ("policyDetails", "action", "apiCallDetails", "firstSeen")


def looks_like_macie(head: bytes, name: str) -> int:
    """Score the fields that every finding has."""
    return 95 if is_findings(head, "category", "resourcesAffected", "severity", "type") else 0


def parse(item: Item) -> Mapping[str, Any]:
    """One finding's columns."""
    finding, detail = whole_of(item.data)
    if not words(at(finding, "id")):
        raise Malformed("an object without an id is no finding of Macie")
    return {
        "event_id": words(at(finding, "id")),
        "event_time": first_time(finding, LAST_SEEN, ("updatedAt",), ("createdAt",)),
        "product": "Macie",
        "title": words(at(finding, "title")),
        "description": words(at(finding, "description")),
        "type": words(at(finding, "type")),
        **severity_of(at(finding, "severity")),
        "account_id": words(at(finding, "accountId")) or item.context.account,
        "region": words(at(finding, "region")) or item.context.region,
        **resource_of(at(finding, "resourcesAffected")),
        **actor_of(at(finding, "policyDetails", "actor")),
        "status": archived_or_active(at(finding, "archived")),
        "times_seen": whole_number(at(finding, "count")),
        "first_seen": first_time(finding, FIRST_SEEN),
        "last_seen": first_time(finding, LAST_SEEN),
        "created_at": first_time(finding, ("createdAt",)),
        "updated_at": first_time(finding, ("updatedAt",)),
        "detail": detail,
    }


def severity_of(severity: Any) -> dict[str, Any]:
    """Low, Medium or High: https://docs.aws.amazon.com/macie/latest/user/findings-severity.html."""
    return graded(at(severity, "description"))


def resource_of(affected: Any) -> dict[str, Any]:
    """The object with the data, else the bucket."""
    bucket, key = at(affected, "s3Bucket"), words(at(affected, "s3Object", "key"))
    name, arn = words(at(bucket, "name")), words(at(bucket, "arn"))
    return {
        "resource_type": "AWS::S3::Object" if key else "AWS::S3::Bucket",
        "resource_id": f"{name}/{key}" if key else name,
        "resource_arn": f"{arn}/{key}" if key and arn else arn,
        "resources": words(affected),
    }


def actor_of(actor: Any) -> dict[str, Any]:
    """Who made the bucket less safe, and from where."""
    identity = at(actor, "userIdentity")
    who = next((found for kind in IDENTITIES if (found := at(identity, kind))), None)
    return {
        "principal": words(first_of(who, ("arn",), ("userName",), ("principalId",), ("invokedBy",), ("accountId",))),
        "access_key_id": words(at(who, "accessKeyId")),
        "remote_ip": words(at(actor, "ipAddressDetails", "ipAddressV4")),
    }


FORM = Form("alerts", findings_in, parse)


@examiner(
    "macie_findings",
    title="Macie findings",
    version=1,
    family="alerts",
    sniff=looks_like_macie,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Sensitive data in objects, and buckets that became less safe.

    https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html
    """
    return FORM.examine(members)
