"""The CloudFormation templates: as committed, as AWS's linter wants them, and with no right too many."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import boto3
import pytest
from django.core.management import CommandError, call_command
from moto import mock_aws

from cases.models import ROLE_NAMES
from collectors import sources
from operations.stacks import parts
from operations.stacks.catalogue import TEMPLATES, texts
from phases.organisation import PERMISSIONS
from tests.docs.reading import ROOT

DEPLOY = ROOT / "deploy"
MADE = {name: make() for name, make in TEMPLATES.items()}
ROLES = MADE["forensics-roles.json"]["Resources"]
EVIDENCE = MADE["evidence.json"]["Resources"]
PORTAL = "arn:aws:iam::100000000003:role/ForensicsPortal"


def said(*arguments):
    out = StringIO()
    call_command("templates", *arguments, stdout=out)
    return out.getvalue()


def letters(policy):
    """As IAM counts: blanks are free."""
    return len(json.dumps(policy, separators=(",", ":")))


def properties(resource):
    return resource["Properties"]


def actions(policy):
    return {action for row in policy["Statement"] for action in row["Action"]}


def rights_of(role):
    [policy] = properties(ROLES[ROLE_NAMES[role]])["Policies"]
    return policy["PolicyDocument"]


def boundary_of(role):
    return properties(ROLES[f"{ROLE_NAMES[role]}Boundary"])["PolicyDocument"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_committed_copy_is_what_the_sources_make(name):
    assert (DEPLOY / name).read_text() == texts()[name], "run `manage.py templates --output deploy`"


def test_no_other_template_is_committed():
    assert {path.name for path in DEPLOY.glob("*.json")} == set(TEMPLATES)


def test_the_guide_names_each_template():
    assert set(TEMPLATES) <= {word.strip("`") for word in (DEPLOY / "README.md").read_text().split()}


def test_the_linter_has_nothing_to_say():
    files = [str(DEPLOY / name) for name in TEMPLATES]
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), *files], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("source", [one for one in sources if one.needs_aws], ids=lambda source: source.name)
def test_what_a_source_declares_its_role_may_do(source):
    role = "acquire" if source.acts else "read"
    assert set(source.permissions) <= actions(rights_of(role))


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_a_role_may_do_nothing_that_no_source_declares(role):
    mine = [one for one in sources if one.acts == (role == "acquire")]
    declared = {action for one in mine for action in (*one.permissions, *one.permissions_there)}
    implied = {action for action in actions(rights_of(role)) if action.startswith("kms:")}
    assert actions(rights_of(role)) - implied == declared - implied | {"iam:SimulatePrincipalPolicy"}


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_its_policies_fit(role):
    assert letters(rights_of(role)) <= parts.ROLE_LETTERS
    assert letters(boundary_of(role)) <= parts.POLICY_LETTERS


def test_a_boundary_that_would_be_too_long_is_written_in_first_words():
    many = [f"ec2:DescribeSomething{number}" for number in range(400)]
    assert parts.shortened(["s3:GetObject"]) == ["s3:GetObject"]
    assert parts.shortened([*many, "s3:GetObject"]) == ["ec2:Describe*", "s3:Get*"]


@pytest.mark.parametrize("name", ["organisation.json", "forensic-region.json"])
def test_its_policies_of_the_organisation_fit(name):
    policies = [one for one in MADE[name]["Resources"].values() if one["Type"] == "AWS::Organizations::Policy"]
    assert policies
    assert all(letters(properties(one)["Content"]) <= 5120 for one in policies)


@pytest.mark.parametrize("name", ["forensics-roles.json", "discovery-role.json"])
def test_a_role_trusts_one_principal_with_the_accounts_external_id(name):
    roles = [one for one in MADE[name]["Resources"].values() if one["Type"] == "AWS::IAM::Role"]
    assert roles
    for role in roles:
        entered, spoken = properties(role)["AssumeRolePolicyDocument"]["Statement"]
        assert entered["Principal"] == spoken["Principal"] == {"AWS": {"Ref": "PortalRoleArn"}}
        assert entered["Condition"]["StringEquals"] == {
            "aws:PrincipalOrgID": {"Ref": "OrganizationId"},
            "sts:ExternalId": {"Ref": "ExternalId"},
        }


def test_the_portal_may_take_on_our_roles_of_the_organisation_and_no_others():
    role = properties(MADE["portal-role.json"]["Resources"]["ForensicsPortal"])
    [doors] = role["Policies"][0]["PolicyDocument"]["Statement"]
    names = [arn["Fn::Sub"].rpartition("/")[2] for arn in doors["Resource"]]
    assert names == ["ForensicsReadOnly", "ForensicsAcquire", "ForensicsDiscovery"]
    assert doors["Condition"] == {"StringEquals": {"aws:ResourceOrgID": {"Ref": "OrganizationId"}}}


def test_the_discovery_role_may_do_what_discovery_does():
    role = properties(MADE["discovery-role.json"]["Resources"]["ForensicsDiscovery"])
    assert actions(role["Policies"][0]["PolicyDocument"]) == set(PERMISSIONS)


def test_evidence_is_locked_encrypted_and_outlives_its_stack():
    bucket = EVIDENCE["EvidenceBucket"]
    assert bucket["DeletionPolicy"] == EVIDENCE["EvidenceKey"]["DeletionPolicy"] == "Retain"
    assert properties(bucket)["ObjectLockEnabled"] is True
    [rule] = properties(bucket)["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_staging_is_emptied_and_evidence_never_is():
    expiring = {
        name: [
            rule for rule in properties(EVIDENCE[name])["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule
        ]
        for name in ("EvidenceBucket", "StagingBucket")
    }
    assert {name: bool(rules) for name, rules in expiring.items()} == {"EvidenceBucket": False, "StagingBucket": True}


def test_a_forensic_account_can_do_nothing_in_another_region():
    policy = properties(MADE["forensic-region.json"]["Resources"]["StayInRegion"])["Content"]["Statement"][0]
    assert (policy["Effect"], policy["Resource"]) == ("Deny", "*")
    assert policy["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": {"Ref": "Region"}}}
    assert not {action for action in policy["NotAction"] if action.startswith(("ec2:", "kms:", "s3:Get*", "s3:*"))}


class TestInMoto:
    """Moto makes the roles; it does not judge who may take them on."""

    @pytest.fixture
    def iam(self, monkeypatch):
        monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
        with mock_aws():
            given = {"PortalRoleArn": PORTAL, "ExternalId": "its-own-and-long-enough", "OrganizationId": "o-a1b2c3d4e5"}
            boto3.client("cloudformation", "us-east-1").create_stack(
                StackName="forensics-roles",
                TemplateBody=texts()["forensics-roles.json"],
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
            )
            yield boto3.client("iam", "us-east-1")

    @pytest.mark.parametrize("name", ROLE_NAMES.values())
    def test_a_stack_makes_the_roles_that_accounts_are_said_to_have(self, iam, name):
        role = iam.get_role(RoleName=name)["Role"]
        entered = role["AssumeRolePolicyDocument"]["Statement"][0]
        assert entered["Principal"] == {"AWS": PORTAL}
        assert entered["Condition"]["StringEquals"]["sts:ExternalId"] == "its-own-and-long-enough"
        assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith(f"policy/{name}Boundary")


def test_the_command_lists_them():
    assert said().split() == list(TEMPLATES)


def test_the_command_prints_one():
    assert said("evidence.json") == texts()["evidence.json"]


def test_the_command_writes_all(tmp_path):
    said("--output", str(tmp_path / "new"))
    assert {path.name: path.read_text() for path in (tmp_path / "new").iterdir()} == texts()


def test_the_command_names_those_there_are():
    with pytest.raises(CommandError, match=r"there is no template vpc.json; there are: organisation.json"):
        said("vpc.json")
