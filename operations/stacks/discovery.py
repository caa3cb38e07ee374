"""The role by which the portal reads the organisation: one stack in the management account.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_permissions_overview.html
"""

from operations.stacks.parts import (
    DESCRIPTION,
    EXTERNAL_ID,
    ORGANIZATION_ID,
    PORTAL_ROLE,
    Json,
    by_service,
    document,
    got,
    trusting_the_portal,
)
from phases.entering import SESSION_SECONDS
from phases.organisation import PERMISSIONS

NAME = "ForensicsDiscovery"


def template() -> Json:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": DESCRIPTION + "reads which accounts the organisation has. Deploy in the management account.",
        "Parameters": {"PortalRoleArn": PORTAL_ROLE, "ExternalId": EXTERNAL_ID, "OrganizationId": ORGANIZATION_ID},
        "Resources": {
            NAME: {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": NAME,
                    "Description": "Forensics Portal lists accounts and their units",
                    "MaxSessionDuration": SESSION_SECONDS,
                    "AssumeRolePolicyDocument": trusting_the_portal(),
                    "Policies": [{"PolicyName": "organisation", "PolicyDocument": document(by_service(PERMISSIONS))}],
                    "Tags": [{"Key": "forensics-portal", "Value": "discovery"}],
                },
            }
        },
        "Outputs": {f"{NAME}Arn": {"Value": got(NAME, "Arn")}},
    }
