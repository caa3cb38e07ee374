"""The organisation itself: units, policies and delegated administrators, some of them as they should not be.

On purpose: one active account is registered nowhere, forensics-eu has no policy that keeps it in its region, and
Config is delegated to nobody. moto gives accounts random numbers and delegates few services; both are set right here.
"""

import json
from copy import copy
from typing import Any

from moto.organizations.models import FakeDelegatedAdministrator, organizations_backends

from simulation.organisation import (
    ACCOUNTS,
    FORENSICS_EU,
    FORENSICS_US,
    HOME_REGION,
    LOG_ARCHIVE,
    MANAGEMENT,
    TOOLING,
    Cloud,
    Estate,
)
from simulation.services import Window

UNITS = {
    "Security": (LOG_ARCHIVE, TOOLING),
    "Forensics": (FORENSICS_US, FORENSICS_EU),
    "Workloads": tuple(account for account in ACCOUNTS if account.kind == "workload"),
}
SANDBOX = ("sandbox", "222200001111")
DELEGATED = ("guardduty.amazonaws.com", "securityhub.amazonaws.com", "cloudtrail.amazonaws.com")
GUARD = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "StayInRegion",
            "Effect": "Deny",
            "NotAction": ["iam:*", "organizations:*", "sts:*", "support:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": [HOME_REGION]}},
        }
    ],
}


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    """Build the tree, attach the one guard there is, delegate three services of four."""
    del estate, window
    organizations = cloud.client("organizations", MANAGEMENT)
    if organizations_backends[MANAGEMENT.number]["aws"].org is None:
        organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    join(SANDBOX[0], SANDBOX[1])
    for name, members in UNITS.items():
        unit = organizations.create_organizational_unit(ParentId=root, Name=name)["OrganizationalUnit"]["Id"]
        for account in members:
            join(account.name, account.number)
            organizations.move_account(AccountId=account.number, SourceParentId=root, DestinationParentId=unit)
    guard(organizations)
    delegate(organizations)
    return {"unregistered": SANDBOX[1], "unguarded": FORENSICS_EU.number}


def join(name: str, number: str) -> None:
    """Make an account of the organisation with a number of our choice, as a copy of the one that is there.

    moto would make a backend with all managed policies for each account that is created in the ordinary way.
    """
    backend: Any = organizations_backends[MANAGEMENT.number]["aws"]
    account = copy(backend.accounts[0])
    account.id, account.name, account.email = number, name, f"{name}@acme.example"
    account.attached_policies, account.tags = [], {}
    backend.accounts.append(account)
    organizations_backends.master_accounts[number] = (MANAGEMENT.number, "aws")


def guard(organizations: Any) -> None:
    made = organizations.create_policy(
        Name=f"stay-in-{HOME_REGION}",
        Description="Evidence stays where it was taken",
        Type="SERVICE_CONTROL_POLICY",
        Content=json.dumps(GUARD),
    )
    organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=FORENSICS_US.number)


def delegate(organizations: Any) -> None:
    known = FakeDelegatedAdministrator.SUPPORTED_SERVICES
    FakeDelegatedAdministrator.SUPPORTED_SERVICES = [*known, *DELEGATED, "config.amazonaws.com"]
    for principal in DELEGATED:
        organizations.register_delegated_administrator(AccountId=TOOLING.number, ServicePrincipal=principal)
