"""The policy that keeps one forensic account in its region: a stack for each, in the management account.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
"""

from operations.stacks.parts import DESCRIPTION, Json, document, ref, sub

# Services that have one endpoint for all regions: the condition would refuse them everywhere but where it lies.
GLOBAL = (
    "account:*",
    "cloudfront:*",
    "health:*",
    "iam:*",
    "organizations:*",
    "route53:*",
    "s3:GetAccountPublic*",
    "s3:ListAllMyBuckets",
    "s3:PutAccountPublic*",
    "sts:*",
    "support:*",
    "trustedadvisor:*",
)


def template() -> Json:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": DESCRIPTION + "keeps one forensic account in its region, so that evidence cannot leave it.",
        "Parameters": {
            "AccountId": {
                "Type": "String",
                "Description": "The forensic account",
                "AllowedPattern": "^[0-9]{12}$",
            },
            "Region": {
                "Type": "String",
                "Description": "Its region",
                "AllowedPattern": "^[a-z]{2}(-[a-z]+)+-[0-9]$",
            },
        },
        "Resources": {
            "StayInRegion": {
                "Type": "AWS::Organizations::Policy",
                "Properties": {
                    "Name": sub("ForensicsStayIn-${Region}-${AccountId}"),
                    "Description": "Nothing is done in any other region, and the account cannot leave",
                    "Type": "SERVICE_CONTROL_POLICY",
                    "TargetIds": [ref("AccountId")],
                    "Content": document([elsewhere(), no_way_out()]),
                },
            }
        },
    }


def elsewhere() -> Json:
    return {
        "Sid": "NothingElsewhere",
        "Effect": "Deny",
        "NotAction": list(GLOBAL),
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ref("Region")}},
    }


def no_way_out() -> Json:
    """An account of its own cannot be taken out of the organisation, and with it out of every policy."""
    return {"Sid": "NeverLeave", "Effect": "Deny", "Action": ["organizations:LeaveOrganization"], "Resource": "*"}
