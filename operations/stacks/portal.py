"""The portal's own role, in the security-tooling account: it may take on our roles in the organisation, and no others.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceorgid
"""

from cases.models import ROLE_NAMES
from operations.stacks.discovery import NAME as DISCOVERY_ROLE
from operations.stacks.parts import BUCKET_PREFIX, DESCRIPTION, ORGANIZATION_ID, Json, allow, document, got, ref, sub

NAME = "ForensicsPortal"
DOORS = (*ROLE_NAMES.values(), DISCOVERY_ROLE)
VAULT = ("s3:GetBucketObjectLockConfiguration", "s3:ListBucket", "s3:GetBucketVersioning")
OBJECTS = ("s3:GetObject", "s3:GetObjectRetention", "s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectRetention")


def template() -> Json:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": DESCRIPTION + "its own role. Deploy in the security-tooling account, where the portal runs.",
        "Parameters": {
            "OrganizationId": ORGANIZATION_ID,
            "RunsOn": {
                "Type": "String",
                "Description": "What the portal runs on",
                "AllowedValues": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"],
                "Default": "ecs-tasks.amazonaws.com",
            },
            "EvidenceBucketPrefix": BUCKET_PREFIX,
        },
        "Resources": {NAME: {"Type": "AWS::IAM::Role", "Properties": properties()}},
        "Outputs": {"RoleArn": {"Value": got(NAME, "Arn")}},
    }


def properties() -> Json:
    runs = {"Effect": "Allow", "Principal": {"Service": ref("RunsOn")}, "Action": "sts:AssumeRole"}
    return {
        "RoleName": NAME,
        "Description": "Forensics Portal itself",
        "AssumeRolePolicyDocument": document([runs]),
        "Policies": [
            {"PolicyName": "accounts", "PolicyDocument": document(doors())},
            {"PolicyName": "vault", "PolicyDocument": document(vault())},
        ],
        "Tags": [{"Key": "forensics-portal", "Value": "portal"}],
    }


def doors() -> list[Json]:
    ours = [sub(f"arn:${{AWS::Partition}}:iam::*:role/{name}") for name in DOORS]
    within = {"aws:ResourceOrgID": ref("OrganizationId")}
    return [
        allow(
            "TakeOnOurRoles", ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"], ours, StringEquals=within
        )
    ]


def vault() -> list[Json]:
    """Evidence is written and read, never deleted; its keys are used only through S3."""
    bucket = "arn:${AWS::Partition}:s3:::${EvidenceBucketPrefix}-*"
    within = {"aws:ResourceOrgID": ref("OrganizationId")}
    through = {"kms:ViaService": "s3.*.amazonaws.com*"}
    return [
        allow("SeeBuckets", VAULT, sub(bucket), StringEquals=within),
        allow("KeepEvidence", OBJECTS, sub(f"{bucket}/*"), StringEquals=within),
        allow("UseKeys", ["kms:Decrypt", "kms:GenerateDataKey"], StringEquals=within, StringLike=through),
    ]
