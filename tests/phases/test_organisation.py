"""What AWS Organizations tells becomes accounts; what it does not tell is a gap. The organisation is moto's."""

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from cases.models import AwsAccount
from phases.entering import portal_session
from phases.organisation import Entrance, discover, kind_of, status_of
from plugins import Refused

MANAGEMENT = "123456789012"  # moto's own account
ROLE = f"arn:aws:iam::{MANAGEMENT}:role/ForensicsDiscovery"
HERE = Entrance("us-east-1", regions=("us-east-1", "eu-west-1"))


@pytest.fixture
def portal(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield portal_session("us-east-1")


@pytest.fixture
def organisation(portal):
    """Units Security and Workloads/Production, with an account in each and one at the root; name -> number."""
    client = boto3.client("organizations", "us-east-1")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    security, workloads = (made(client, root, name) for name in ("Security", "Workloads"))
    production = made(client, workloads, "Production")
    numbers = {}
    for name, unit in (("Log Archive", security), ("watchtower", security), ("prod-web", production), ("lost", root)):
        status = client.create_account(AccountName=name, Email=f"{len(numbers)}@acme.example")["CreateAccountStatus"]
        numbers[name] = status["AccountId"]
        if unit != root:
            client.move_account(AccountId=numbers[name], SourceParentId=root, DestinationParentId=unit)
    client.register_delegated_administrator(AccountId=numbers["watchtower"], ServicePrincipal="guardduty.amazonaws.com")
    return numbers


def made(client, parent, name):
    return client.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]


def refusing(portal, operation):
    def answer(**_):
        error = {"Code": "AccessDeniedException", "Message": "You don't have permissions"}
        return AWSResponse("https://organizations", 400, {}, None), {"Error": error, "ResponseMetadata": {}}

    portal.events.register(f"before-call.organizations.{operation}", answer)


def accounts():
    return {account.name: account for account in AwsAccount.objects.all()}


def test_every_account_is_registered_with_its_unit(organisation, portal, by_ida):
    discover(HERE, by_ida, portal)
    found = accounts()
    assert set(found) == {"master", "Log Archive", "watchtower", "prod-web", "lost"}
    assert found["prod-web"].ou_path == "Root/Workloads/Production"
    assert (found["lost"].ou_path, found["lost"].email) == ("Root", "3@acme.example")


def test_it_guesses_what_each_account_is_for(organisation, portal, by_ida):
    discover(HERE, by_ida, portal)
    assert {name: account.kind for name, account in accounts().items()} == {
        "master": "management",
        "Log Archive": "log_archive",
        "watchtower": "security_tooling",
        "prod-web": "workload",
        "lost": "workload",
    }


def test_roles_are_named_as_the_templates_name_them(organisation, portal, by_ida):
    discover(HERE, by_ida, portal)
    found, number = accounts()["prod-web"], organisation["prod-web"]
    assert found.read_role_arn == f"arn:aws:iam::{number}:role/ForensicsReadOnly"
    assert found.acquire_role_arn == f"arn:aws:iam::{number}:role/ForensicsAcquire"
    assert found.regions == ["us-east-1", "eu-west-1"]


def test_a_second_walk_changes_nothing(organisation, portal, by_ida):
    discover(HERE, by_ida, portal)
    _, taken = discover(HERE, by_ida, portal)
    assert (taken.added, taken.changed, taken.gone) == ((), {}, ())


def test_an_account_that_was_closed_is_suspended(organisation, portal, by_ida):
    boto3.client("organizations", "us-east-1").close_account(AccountId=organisation["lost"])
    discover(HERE, by_ida, portal)
    assert accounts()["lost"].status == "suspended"


def test_it_can_look_through_a_role(organisation, portal, by_ida):
    said = []
    portal.events.register("provide-client-params.sts.AssumeRole", lambda params, **_: said.append(dict(params)))
    discover(Entrance("us-east-1", ROLE, "its-own"), by_ida, portal)
    assert (said[0]["RoleArn"], said[0]["ExternalId"], said[0]["SourceIdentity"]) == (ROLE, "its-own", "fp-ida")
    assert "s3:" not in said[0]["Policy"]
    assert len(accounts()) == 5


@pytest.mark.parametrize(
    ("operation", "subject"),
    [("ListRoots", "organisational units"), ("ListDelegatedAdministrators", "delegated administrators")],
)
def test_what_aws_does_not_tell_is_a_gap_and_the_rest_is_taken(organisation, portal, by_ida, operation, subject):
    refusing(portal, operation)
    found, _ = discover(HERE, by_ida, portal)
    assert [(gap.kind, gap.subject) for gap in found.gaps] == [("denied", subject)]
    assert len(accounts()) == 5


def test_a_unit_that_is_not_told_today_is_not_forgotten(organisation, portal, by_ida):
    discover(HERE, by_ida, portal)
    portal.client("organizations").meta.events.register(
        "before-call.organizations.ListRoots", lambda **_: (AWSResponse("x", 400, {}, None), DENIED)
    )
    discover(HERE, by_ida, portal)
    assert accounts()["prod-web"].ou_path == "Root/Workloads/Production"


DENIED = {"Error": {"Code": "AccessDeniedException", "Message": "no"}, "ResponseMetadata": {}}


def test_without_the_list_of_accounts_nothing_is_changed_and_the_remedy_is_said(organisation, portal, by_ida):
    refusing(portal, "ListAccounts")
    with pytest.raises(Refused, match=r"You don't have permissions.*organizations:ListAccounts"):
        discover(HERE, by_ida, portal)
    assert not AwsAccount.objects.exists()


def test_an_account_outside_any_organisation_says_so(portal, by_ida):
    with pytest.raises(Refused, match="AWSOrganizationsNotInUse"):
        discover(HERE, by_ida, portal)


@pytest.mark.parametrize(
    ("name", "unit", "services", "kind"),
    [
        ("log-archive", "Root/Security", set(), "log_archive"),
        ("Central Logging", "Root", set(), "log_archive"),
        ("login-service", "Root/Workloads", set(), "workload"),
        ("forensics-eu", "Root", set(), "forensics"),
        ("lab-1", "Root/Security/Forensics", set(), "forensics"),
        ("Audit", "Root/Security", set(), "security_tooling"),
        ("watchtower", "Root", {"securityhub.amazonaws.com"}, "security_tooling"),
        ("backups", "Root", {"backup.amazonaws.com"}, "workload"),
    ],
)
def test_the_kind_is_guessed_from_name_unit_and_delegations(name, unit, services, kind):
    assert kind_of({"Id": "1", "Name": name}, MANAGEMENT, unit, services) == kind


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"State": "ACTIVE"}, "active"),
        ({"Status": "ACTIVE"}, "active"),
        ({"State": "PENDING_CLOSURE", "Status": "ACTIVE"}, "suspended"),
        ({"State": "CLOSED"}, "suspended"),
    ],
)
def test_only_an_active_account_is_active(row, status):
    assert status_of(row) == status
