"""GuardDuty's findings: of its API, of its export to S3, and of EventBridge.

API: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
Export: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html
Events: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.findings import archived_or_active, attack, findings_in, graded, indicated, is_findings
from examiners.forms import Form, Item
from examiners.records import Malformed
from examiners.values import at, first_of, first_time, number, whole_number, whole_of, words

# Threat purposes that are ATT&CK's tactics: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html
TACTICS = {
    "InitialAccess": "Initial Access",
    "Execution": "Execution",
    "Persistence": "Persistence",
    "PrivilegeEscalation": "Privilege Escalation",
    "DefenseEvasion": "Defense Evasion",
    "CredentialAccess": "Credential Access",
    "Discovery": "Discovery",
    "LateralMovement": "Lateral Movement",
    "Collection": "Collection",
    "Exfiltration": "Exfiltration",
    "Impact": "Impact",
}
# resourceType -> the part of the resource that tells of it, and what in it is its id and its ARN.
RESOURCES: Mapping[str, tuple[str, str, str]] = {
    "AccessKey": ("accessKeyDetails", "accessKeyId", ""),
    "Instance": ("instanceDetails", "instanceId", ""),
    "S3Bucket": ("s3BucketDetails", "name", "arn"),
    "S3Object": ("s3BucketDetails", "name", "arn"),
    "EKSCluster": ("eksClusterDetails", "name", "arn"),
    "ECSCluster": ("ecsClusterDetails", "name", "arn"),
    "Container": ("containerDetails", "id", ""),
    "Lambda": ("lambdaDetails", "functionName", "functionArn"),
    "RDSDBInstance": ("rdsDbInstanceDetails", "dbInstanceIdentifier", "dbInstanceArn"),
    "RDSLimitlessDB": ("rdsLimitlessDbDetails", "dbShardGroupIdentifier", "dbShardGroupArn"),
    "EBSSnapshot": ("ebsSnapshotDetails", "snapshotArn", "snapshotArn"),
    "EC2Image": ("ec2ImageDetails", "imageArn", "imageArn"),
    "RecoveryPoint": ("recoveryPointDetails", "recoveryPointArn", "recoveryPointArn"),
}
ACTIONS = (
    *("awsApiCallAction", "networkConnectionAction", "kubernetesApiCallAction", "rdsLoginAttemptAction"),
    "portProbeAction",
)


def looks_like_guardduty(head: bytes, name: str) -> int:
    """Score the detector that each finding names in its part about the service."""
    is_one = is_findings(head, "detectorId", below="service") or is_findings(head, "DetectorId", below="Service")
    return 95 if is_one else 0


def parse(item: Item) -> Mapping[str, Any]:
    """One finding's columns."""
    finding, detail = whole_of(item.data)
    service, sequence = at(finding, "service"), at(finding, "service", "detection", "sequence")
    if not words(at(finding, "id")):
        raise Malformed("an object without an id is no finding of GuardDuty")
    return {
        "event_id": words(at(finding, "id")),
        "event_time": first_time(finding, ("service", "eventLastSeen"), ("updatedAt",), ("createdAt",)),
        "product": "GuardDuty",
        "title": words(at(finding, "title")),
        "description": words(at(finding, "description")),
        "type": words(at(finding, "type")),
        **severity_of(at(finding, "severity")),
        "account_id": words(at(finding, "accountId")) or item.context.account,
        "region": words(at(finding, "region")) or item.context.region,
        **resource_of(finding, sequence),
        **actor_of(finding, sequence),
        **attack_of(str(at(finding, "type")), sequence),
        "finding_arn": words(at(finding, "arn")),
        "status": archived_or_active(at(service, "archived")),
        "times_seen": whole_number(at(service, "count")),
        "first_seen": first_time(service, ("eventFirstSeen",)),
        "last_seen": first_time(service, ("eventLastSeen",)),
        "created_at": first_time(finding, ("createdAt",)),
        "updated_at": first_time(finding, ("updatedAt",)),
        "detail": detail,
    }


def severity_of(value: Any) -> dict[str, Any]:
    """GuardDuty's 1.0 to 10.0 has Security Hub's bands at a tenth of their numbers.

    https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
    """
    score = number(value)
    return graded(value if score is None else score * 10, value)


def resource_of(finding: Mapping[str, Any], sequence: Any) -> dict[str, Any]:
    """The resource that the finding is about; of an attack sequence the first one."""
    resource = at(finding, "resource")
    kind = words(at(resource, "resourceType"))
    part, name, arn = RESOURCES.get(str(kind), ("", "", ""))
    about = at(resource, part)
    about = about[0] if isinstance(about, list) and about else about
    first = at(sequence, "resources", 0)
    return {
        "resource_type": words(at(first, "resourceType")) or kind,
        "resource_id": words(at(about, name)) or words(first_of(first, ("name",), ("uid",))),
        "resource_arn": words(at(about, arn)) or arn_of(at(first, "uid")),
        "resources": words(at(sequence, "resources")) or words(resource),
    }


def arn_of(value: Any) -> str | None:
    return value if isinstance(value, str) and value.startswith("arn:") else None


def actor_of(finding: Mapping[str, Any], sequence: Any) -> dict[str, Any]:
    """Who did it, with which key, from where: as far as the finding tells."""
    resource, user = at(finding, "resource"), at(sequence, "actors", 0, "user")
    action = at(finding, "service", "action")
    details = (at(action, name) for name in ACTIONS)
    remotes = (first_of(one, ("remoteIpDetails",), ("portProbeDetails", 0, "remoteIpDetails")) for one in details)
    remote = next((one for one in remotes if one), None)
    who = first_of(
        resource,
        ("accessKeyDetails", "userName"),
        ("accessKeyDetails", "principalId"),
        ("kubernetesDetails", "kubernetesUserDetails", "username"),
        ("rdsDbUserDetails", "user"),
    )
    return {
        "principal": words(who) or words(first_of(user, ("name",), ("uid",))),
        "access_key_id": words(at(resource, "accessKeyDetails", "accessKeyId")) or words(at(user, "credentialUid")),
        "remote_ip": words(first_of(remote, ("ipAddressV4",), ("ipAddressV6",)))
        or words(at(sequence, "endpoints", 0, "ip")),
    }


def attack_of(kind: str, sequence: Any) -> dict[str, Any]:
    purpose = TACTICS.get(kind.split(":", 1)[0])
    tactics = indicated(sequence, "ATTACK_TACTIC") or ([purpose] if purpose else [])
    return attack(tactics, indicated(sequence, "ATTACK_TECHNIQUE"))


FORM = Form("alerts", findings_in, parse)


@examiner(
    "guardduty_findings",
    title="GuardDuty findings",
    version=1,
    family="alerts",
    sniff=looks_like_guardduty,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Findings of the API, of exports and of events; those of attack sequences with their first actor and resource.

    https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
    """
    return FORM.examine(members)
