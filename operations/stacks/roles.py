"""The two roles by which the portal enters an account: a StackSet over every account of the organisation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html
"""

from cases.models import ROLE_NAMES
from operations.stacks.parts import (
    DESCRIPTION,
    EXTERNAL_ID,
    ORGANIZATION_ID,
    PORTAL_ROLE,
    Json,
    allow,
    by_service,
    document,
    got,
    ref,
    shortened,
    sub,
    trusting_the_portal,
)
from phases.entering import SESSION_SECONDS
from phases.narrowing import Needs, keys_used
from phases.role_rights import SELF_TEST, actions_of

# What may be done only with some things, whatever the sources say: (resources, condition).
ONLY_WITH: dict[str, tuple[list[Json], Json]] = {
    "ssm:SendCommand": (
        [
            sub("arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:document/ForensicsPortal-*"),
            sub("arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:instance/*"),
        ],
        {},
    ),
    "s3:PutObject": (
        [sub("arn:${AWS::Partition}:s3:::*/*")],
        {"StringEquals": {"aws:ResourceOrgID": ref("OrganizationId")}},
    ),
}


def template() -> Json:
    resources = {name: made for role in ROLE_NAMES for name, made in role_resources(role).items()}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": DESCRIPTION + "the roles that collect evidence in this account. Deploy as a StackSet.",
        "Parameters": {"PortalRoleArn": PORTAL_ROLE, "ExternalId": EXTERNAL_ID, "OrganizationId": ORGANIZATION_ID},
        "Resources": resources,
        "Outputs": {f"{name}Arn": {"Value": got(name, "Arn")} for name in ROLE_NAMES.values()},
    }


def role_resources(role: str) -> Json:
    """The role, and the boundary that it can never be made to cross."""
    name, actions = ROLE_NAMES[role], actions_of(role)
    allowed = document([*rights(actions), self_test(name)])
    return {
        f"{name}Boundary": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "ManagedPolicyName": f"{name}Boundary",
                "Description": f"The most that {name} can ever do, whatever is attached to it",
                "PolicyDocument": document([*boundary(actions), self_test(name)]),
            },
        },
        name: {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": name,
                "Description": f"Forensics Portal collects evidence here ({role})",
                "MaxSessionDuration": SESSION_SECONDS,
                "AssumeRolePolicyDocument": trusting_the_portal(),
                "PermissionsBoundary": ref(f"{name}Boundary"),
                "Policies": [{"PolicyName": "evidence", "PolicyDocument": allowed}],
                "Tags": [{"Key": "forensics-portal", "Value": role}],
            },
        },
    }


def rights(actions: tuple[str, ...]) -> list[Json]:
    """What the sources declare; some of it only with some things, and keys only through the services that use them."""
    free = by_service(action for action in actions if action not in ONLY_WITH)
    bound = [
        allow("Only" + action.partition(":")[2], [action], *ONLY_WITH[action][:1], **ONLY_WITH[action][1])
        for action in actions
        if action in ONLY_WITH
    ]
    return [*free, *bound, *keys_used(Needs(actions))]


def boundary(actions: tuple[str, ...]) -> list[Json]:
    return [allow("Evidence", shortened(actions)), *keys_used(Needs(actions))]


def self_test(name: str) -> Json:
    """The role may ask what it itself is allowed: how the portal says what is missing."""
    return allow("AskAboutItself", [SELF_TEST], sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{name}"))
