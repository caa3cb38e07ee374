"""What several templates have in common: parameters, and the sentences of IAM policies."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]
POLICY_VERSION = "2012-10-17"
ROLE_LETTERS = 10240  # of all inline policies of a role, blanks not counted
POLICY_LETTERS = (
    6144  # of one managed policy; https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
)
DESCRIPTION = "Forensics Portal: "

ORGANIZATION_ID: Json = {
    "Type": "String",
    "Description": "Id of the AWS organisation; nobody outside it gets in",
    "AllowedPattern": "^o-[a-z0-9]{10,32}$",
}
PORTAL_ROLE: Json = {
    "Type": "String",
    "Description": "ARN of the portal's own role, the output RoleArn of portal-role.json",
    "AllowedPattern": "^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$",
}
EXTERNAL_ID: Json = {
    "Type": "String",
    "Description": "ExternalId of this one account, as `manage.py account` shows it",
    "MinLength": 20,
    "MaxLength": 1224,
    "AllowedPattern": r"^[A-Za-z0-9+=,.@:/_-]+$",
}
BUCKET_PREFIX: Json = {
    "Type": "String",
    "Description": "How the names of the evidence buckets begin, the same in every template",
    "Default": "forensics-evidence",
    "AllowedPattern": "^[a-z0-9][a-z0-9-]{1,20}[a-z0-9]$",
}


def sub(text: str) -> Json:
    return {"Fn::Sub": text}


def ref(name: str) -> Json:
    return {"Ref": name}


def got(name: str, attribute: str) -> Json:
    return {"Fn::GetAtt": [name, attribute]}


def document(statements: Iterable[Json]) -> Json:
    return {"Version": POLICY_VERSION, "Statement": list(statements)}


def allow(sid: str, actions: Sequence[str], resource: Any = "*", **condition: Any) -> Json:
    return sentence("Allow", sid, actions, resource, condition)


def deny(sid: str, actions: Sequence[str], resource: Any = "*", **condition: Any) -> Json:
    return sentence("Deny", sid, actions, resource, condition)


def sentence(effect: str, sid: str, actions: Sequence[str], resource: Any, condition: Mapping[str, Any]) -> Json:
    said: Json = {"Sid": sid, "Effect": effect, "Action": list(actions), "Resource": resource}
    return said | ({"Condition": dict(condition)} if condition else {})


def by_service(actions: Iterable[str]) -> list[Json]:
    """A sentence for each service, so that a reader finds what is allowed where."""
    found: dict[str, list[str]] = defaultdict(list)
    for action in sorted(actions):
        found[action.partition(":")[0]].append(action)
    return [allow(service.title().replace("-", ""), did) for service, did in found.items()]


def trust(actions: Sequence[str], **condition: Any) -> Json:
    """A sentence of a trust policy: what the portal's own role, and nobody else, may do here."""
    said: Json = {"Effect": "Allow", "Principal": {"AWS": ref("PortalRoleArn")}, "Action": list(actions)}
    return said | {"Condition": dict(condition)}


def trusting_the_portal() -> Json:
    """Trust in exactly one role, with the account's own ExternalId, of the organisation, with a name behind it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    member = {"aws:PrincipalOrgID": ref("OrganizationId")}
    named = {"sts:RoleSessionName": "fp-*", "sts:SourceIdentity": "fp-*"}
    entered = trust(["sts:AssumeRole"], StringEquals=member | {"sts:ExternalId": ref("ExternalId")}, StringLike=named)
    said = trust(["sts:SetSourceIdentity", "sts:TagSession"], StringEquals=member)
    return document([entered, said])


def shortened(actions: Iterable[str]) -> list[str]:
    """The actions, or their first words (``ec2:Describe*``) where all of them are too long for one managed policy."""
    exact = sorted(actions)
    if sum(len(action) + 3 for action in exact) < POLICY_LETTERS - 500:
        return exact
    return sorted({re.sub(r"(:[A-Z][a-z]+).*", r"\1*", action) for action in exact})
