"""Reading an AWS organisation: its accounts, the units they lie in, and which of them others rely on.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import boto3

from cases.actions.accounts import Found, Organisation, Taken, record_discovery
from cases.actor import Actor
from cases.models import ROLE_NAMES, AwsAccount
from collectors.answers import REFUSALS, gap_of
from phases.entering import RoleRequest, enter, portal_session
from phases.narrowing import Needs, session_policy
from phases.sessions import check_endpoint, identity_of, partition_of
from plugins import Gap, Refused

T = TypeVar("T")
Kind = AwsAccount.Kind
PERMISSIONS = (
    "organizations:DescribeOrganization",
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListDelegatedAdministrators",
    "organizations:ListDelegatedServicesForAccount",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListRoots",
)
GUARDS = frozenset(  # who administers one of these for the others is where the security people work
    f"{service}.amazonaws.com"
    for service in ("guardduty", "securityhub", "detective", "macie", "inspector2", "access-analyzer", "fms")
)
IS_LOG_ARCHIVE = re.compile(r"\blogs?\W?(archive|storage)|\blogging\b|^logs?$")
IS_FORENSIC = re.compile(r"forensic|\bdfir\b")
IS_SECURITY = re.compile(r"^security$|security.?tool|^audit$|\bsecops\b")


@dataclass(frozen=True, slots=True)
class Entrance:
    """How the portal gets at the organisation; without a role, with its own credentials.

    ``regions`` are the regions in use, which AWS Organizations does not tell.
    """

    region: str
    role: str = ""
    external_id: str = ""
    regions: tuple[str, ...] = ()


@dataclass
class Seen:
    """What AWS let the portal see besides the list of accounts."""

    units: dict[str, str] = field(default_factory=dict)  # account -> path of its unit
    delegated: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # account -> services
    gaps: list[Gap] = field(default_factory=list)


def discover(entrance: Entrance, by: Actor, portal: boto3.Session | None = None) -> tuple[Organisation, Taken]:
    """Walk the organisation and take over what it names. Raises Refused where AWS does not list its accounts."""
    check_endpoint()
    try:
        client = client_for(entrance, by, portal or portal_session(entrance.region))
        organisation = read(client, entrance.regions)
    except REFUSALS as problem:
        raise Refused(f"the accounts of the organisation could not be listed: {problem}; {remedy(entrance)}") from (
            problem
        )
    return organisation, record_discovery(organisation=organisation, by=by)


def remedy(entrance: Entrance) -> str:
    role = entrance.role or "the portal's own role"
    return f"let {role} do {', '.join(PERMISSIONS)} in the management account, or in one that it delegates this to"


def client_for(entrance: Entrance, by: Actor, portal: boto3.Session) -> Any:
    if not entrance.role:
        return portal.client("organizations")
    asked = RoleRequest(
        role=entrance.role,
        account=entrance.role.split(":")[4] if entrance.role.count(":") >= 5 else "",
        external_id=entrance.external_id,
        region=entrance.region,
        name="fp-discovery",
        identity=identity_of(by.user),
        policy=session_policy(Needs(PERMISSIONS), partition_of(entrance.role)),
    )
    return enter(asked, portal).client("organizations")


def read(client: Any, regions: tuple[str, ...] = ()) -> Organisation:
    """The organisation as it is now. Raises ClientError where its accounts are not told; less is a gap."""
    described = client.describe_organization()["Organization"]
    rows = list(pages(client, "list_accounts", "Accounts"))
    seen = Seen()
    seen.units.update(told(seen, "organisational units", lambda: units(client)))
    for number, service in told(seen, "delegated administrators", lambda: delegations(client)):
        seen.delegated[number].add(service)
    found = tuple(found_in(row, described, seen, regions) for row in rows)
    return Organisation(described["Id"], found, tuple(seen.gaps))


def told(seen: Seen, subject: str, ask: Callable[[], Iterator[T]]) -> Iterator[T]:
    """What AWS tells; where it refuses, what came before, and a gap."""
    try:
        yield from ask()
    except REFUSALS as problem:
        seen.gaps.append(gap_of(problem, subject))


def pages(client: Any, operation: str, key: str, **asked: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator(operation).paginate(**asked):
        yield from page[key]


def units(client: Any) -> Iterator[tuple[str, str]]:
    """Each account's number and the path of its unit, from the root down."""
    for root in pages(client, "list_roots", "Roots"):
        yield from units_below(client, root["Id"], root["Name"])


def units_below(client: Any, parent: str, path: str) -> Iterator[tuple[str, str]]:
    for account in pages(client, "list_accounts_for_parent", "Accounts", ParentId=parent):
        yield account["Id"], path
    for unit in pages(client, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent):
        yield from units_below(client, unit["Id"], f"{path}/{unit['Name']}")


def delegations(client: Any) -> Iterator[tuple[str, str]]:
    """Each delegated administrator's number with a service that it administers."""
    for account in pages(client, "list_delegated_administrators", "DelegatedAdministrators"):
        services = pages(client, "list_delegated_services_for_account", "DelegatedServices", AccountId=account["Id"])
        for service in services:
            yield account["Id"], service["ServicePrincipal"]


def found_in(row: Mapping[str, Any], organisation: Mapping[str, Any], seen: Seen, regions: tuple[str, ...]) -> Found:
    """One account with what is known of it; its roles are named as the templates name them."""
    number, unit = row["Id"], seen.units.get(row["Id"], "")
    partition = partition_of(organisation["Arn"])
    values = {
        "name": row["Name"][:100],
        "email": row.get("Email", ""),
        "status": status_of(row),
        "kind": kind_of(row, organisation["MasterAccountId"], unit, seen.delegated.get(number, set())),
        **{f"{role}_role_arn": f"arn:{partition}:iam::{number}:role/{name}" for role, name in ROLE_NAMES.items()},
    }
    known = {"ou_path": unit[:1000]} if unit else {}
    used = {"regions": list(regions)} if regions else {}
    return Found(number, values | known | used)


def status_of(row: Mapping[str, Any]) -> str:
    """``State`` is AWS's newer word for ``Status``; whatever is not active cannot be entered."""
    is_active = (row.get("State") or row.get("Status")) == "ACTIVE"
    return AwsAccount.Status.ACTIVE if is_active else AwsAccount.Status.SUSPENDED


def kind_of(row: Mapping[str, Any], management: str, unit: str, services: set[str]) -> str:
    """A guess from number, name, unit and delegations; people correct it, and their word stays."""
    name, last = row["Name"].lower().strip(), unit.rpartition("/")[2].lower()
    if row["Id"] == management:
        return Kind.MANAGEMENT
    if IS_LOG_ARCHIVE.search(name):
        return Kind.LOG_ARCHIVE
    if IS_FORENSIC.search(name) or IS_FORENSIC.search(last):
        return Kind.FORENSICS
    if services & GUARDS or IS_SECURITY.search(name):
        return Kind.SECURITY_TOOLING
    return Kind.WORKLOAD
