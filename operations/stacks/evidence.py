"""Where evidence lies: a locked bucket, a staging bucket and their key, in the forensic account of a region.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
"""

from typing import Any

from cases.models import ROLE_NAMES
from operations.stacks.parts import (
    BUCKET_PREFIX,
    DESCRIPTION,
    ORGANIZATION_ID,
    PORTAL_ROLE,
    Json,
    document,
    got,
    ref,
    sub,
)

PUBLIC_ACCESS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
TAGS = [{"Key": "forensics-portal", "Value": "evidence"}]
USE_KEY = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"]
COPY_SNAPSHOTS = [*USE_KEY, "kms:ReEncrypt*", "kms:Encrypt"]


def template() -> Json:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": DESCRIPTION + "evidence that nobody can delete. A StackSet over the forensic accounts.",
        "Parameters": {
            "PortalRoleArn": PORTAL_ROLE,
            "OrganizationId": ORGANIZATION_ID,
            "EvidenceBucketPrefix": BUCKET_PREFIX,
            "RetentionDays": number("Days that every object stays locked", 365, 1),
            "StagingDays": number("Days after which what machines handed over is deleted from staging", 7, 1),
            "LockMode": {
                "Type": "String",
                "Description": "COMPLIANCE: not even the root user can shorten it, nor you",
                "AllowedValues": ["GOVERNANCE", "COMPLIANCE"],
                "Default": "GOVERNANCE",
            },
        },
        "Resources": resources(),
        "Outputs": {
            "EvidenceBucketName": {"Value": ref("EvidenceBucket")},
            "StagingBucketName": {"Value": ref("StagingBucket")},
            "KeyArn": {"Value": got("EvidenceKey", "Arn")},
        },
    }


def number(description: str, default: int, least: int) -> Json:
    return {"Type": "Number", "Description": description, "Default": default, "MinValue": least, "MaxValue": 36500}


def resources() -> Json:
    alias = {"AliasName": sub("alias/${EvidenceBucketPrefix}"), "TargetKeyId": ref("EvidenceKey")}
    return {
        "EvidenceKey": kept("AWS::KMS::Key", key()),
        "EvidenceKeyAlias": {"Type": "AWS::KMS::Alias", "Properties": alias},
        "EvidenceBucket": kept("AWS::S3::Bucket", bucket("${EvidenceBucketPrefix}") | locked()),
        "EvidenceBucketPolicy": policy_of("EvidenceBucket", ["s3:DeleteObjectVersion", "s3:DeleteBucket"]),
        "StagingBucket": kept("AWS::S3::Bucket", bucket("${EvidenceBucketPrefix}-staging") | passing()),
        "StagingBucketPolicy": policy_of("StagingBucket", ["s3:DeleteBucket"]),
    }


def kept(kind: str, properties: Json) -> Json:
    """What stays when the stack goes."""
    return {"Type": kind, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", "Properties": properties}


def bucket(prefix: str) -> Json:
    encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": got("EvidenceKey", "Arn")}
    rule = {"ServerSideEncryptionByDefault": encryption, "BucketKeyEnabled": True}
    return {
        "BucketName": sub(f"{prefix}-${{AWS::AccountId}}-${{AWS::Region}}"),
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": dict.fromkeys(PUBLIC_ACCESS, True),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]},
        "Tags": TAGS,
    }


def locked() -> Json:
    retention = {"Mode": ref("LockMode"), "Days": ref("RetentionDays")}
    return {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}},
        "LifecycleConfiguration": {"Rules": [unfinished()]},
    }


def passing() -> Json:
    """Staging is for hours: what the vault has taken over is deleted, with its older versions."""
    rule = {
        "Id": "empty-staging",
        "Status": "Enabled",
        "ExpirationInDays": ref("StagingDays"),
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    }
    return {"LifecycleConfiguration": {"Rules": [rule, unfinished()]}}


def unfinished() -> Json:
    abort = {"DaysAfterInitiation": 2}
    return {"Id": "drop-unfinished-uploads", "Status": "Enabled", "AbortIncompleteMultipartUpload": abort}


def policy_of(name: str, never: list[str]) -> Json:
    """Nobody from outside the organisation, nothing in the clear, and no deleting."""
    everything = [got(name, "Arn"), sub(f"${{{name}.Arn}}/*")]
    outside = {
        "StringNotEquals": {"aws:PrincipalOrgID": ref("OrganizationId")},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    statements = [
        refused("OnlyEncryptedConnections", ["s3:*"], everything, {"Bool": {"aws:SecureTransport": "false"}}),
        refused("OnlyTheOrganisation", ["s3:*"], everything, outside),
        refused("NeverDelete", never, everything, None),
        permitted("ThePortal", ref("PortalRoleArn"), ["s3:GetObject*", "s3:ListBucket", "s3:PutObject*"], everything),
    ]
    properties = {"Bucket": ref(name), "PolicyDocument": document(statements)}
    return {"Type": "AWS::S3::BucketPolicy", "Properties": properties}


def refused(sid: str, actions: list[str], resources: Any, condition: Json | None) -> Json:
    said: Json = {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": actions, "Resource": resources}
    return said | ({"Condition": condition} if condition else {})


def permitted(sid: str, principal: Any, actions: list[str], resources: Any) -> Json:
    return {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Resource": resources}


def key() -> Json:
    """Administered by its account, used by the portal, and by the roles that copy snapshots into the account."""
    owner = sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
    statements = [
        permitted("ItsAccount", owner, ["kms:*"], "*"),
        permitted("ThePortal", ref("PortalRoleArn"), USE_KEY, "*"),
        by_acquirers("CopySnapshots", COPY_SNAPSHOTS, {}),
        by_acquirers("LetEbsUseIt", ["kms:CreateGrant"], {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    ]
    return {
        "Description": "Evidence of this region",
        "EnableKeyRotation": True,
        "PendingWindowInDays": 30,
        "KeyPolicy": document(statements),
        "Tags": TAGS,
    }


def by_acquirers(sid: str, actions: list[str], more: Json) -> Json:
    """For the acquire roles of the organisation's accounts: anybody's by name, nobody's from outside."""
    ours = sub(f"arn:${{AWS::Partition}}:iam::*:role/{ROLE_NAMES['acquire']}")
    condition = {"StringEquals": {"aws:PrincipalOrgID": ref("OrganizationId")}, "ArnLike": {"aws:PrincipalArn": ours}}
    return permitted(sid, "*", actions, "*") | {"Condition": condition | more}
