"""The organisation's skeleton and what protects the forensic environment in it: one stack in the management account.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
"""

from cases.models import ROLE_NAMES
from operations.stacks.parts import BUCKET_PREFIX, DESCRIPTION, Json, deny, document, ref, sub

UNITS = {"SecurityUnit": "Security", "ForensicsUnit": "Forensics", "WorkloadUnit": "Workloads"}
# Who may still change what is protected: the hands of CloudFormation's StackSets.
BUILDERS = ("stacksets-exec-*", "AWSCloudFormationStackSetExecutionRole")
ROLE_CHANGES = (
    "iam:AttachRolePolicy",
    "iam:CreatePolicyVersion",
    "iam:CreateRole",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
EVIDENCE_CHANGES = (
    "s3:BypassGovernanceRetention",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:DeleteObjectVersion",
    "s3:PutBucketAcl",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutObjectLegalHold",
    "s3:PutReplicationConfiguration",
)
KEY_CHANGES = ("kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")


def template() -> Json:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": DESCRIPTION + "units of the organisation, and the policy that protects roles and evidence.",
        "Parameters": {
            "RootId": {
                "Type": "String",
                "Description": "Id of the organisation's root",
                "AllowedPattern": "^r-[0-9a-z]{4,32}$",
            },
            "EvidenceBucketPrefix": BUCKET_PREFIX,
        },
        "Resources": {name: unit(word) for name, word in UNITS.items()} | {"ProtectForensics": protection()},
        "Outputs": {name: {"Value": ref(name)} for name in UNITS},
    }


def unit(name: str) -> Json:
    return {
        "Type": "AWS::Organizations::OrganizationalUnit",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"Name": name, "ParentId": ref("RootId")},
    }


def protection() -> Json:
    return {
        "Type": "AWS::Organizations::Policy",
        "Properties": {
            "Name": "ProtectForensics",
            "Description": "Nobody but StackSets changes the portal's roles, evidence buckets and their keys",
            "Type": "SERVICE_CONTROL_POLICY",
            "TargetIds": [ref(name) for name in UNITS],
            "Content": document(protected()),
        },
    }


def protected() -> list[Json]:
    """Evidence that is locked stays locked also for who is given the right to lift locks."""
    ours = [f"{kind}/{name}" for name in ROLE_NAMES.values() for kind in ("role", "policy")]
    builders = {"ArnNotLike": {"aws:PrincipalArn": [in_iam(f"role/{name}") for name in BUILDERS]}}
    tagged = {"StringEquals": {"aws:ResourceTag/forensics-portal": "evidence"}}
    bucket = "arn:${AWS::Partition}:s3:::${EvidenceBucketPrefix}-*"
    return [
        deny("KeepRoles", ROLE_CHANGES, [in_iam(f"{thing}*") for thing in ours], **builders),
        deny("KeepEvidence", EVIDENCE_CHANGES, [sub(bucket), sub(f"{bucket}/*")], **builders),
        deny("KeepKeys", KEY_CHANGES, **tagged, **builders),
    ]


def in_iam(thing: str) -> Json:
    return sub(f"arn:${{AWS::Partition}}:iam::*:{thing}")
