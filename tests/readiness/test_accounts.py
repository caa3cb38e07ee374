"""Checks of the organisation's structure: units, accounts, delegation, forensic accounts, guards, roles."""

import json
from dataclasses import replace

from readiness import Outcome
from tests.readiness.organisations import EVERY, FORENSICS, PROD, looked, organisation, outcomes

ROOT = {"Id": "r-1", "Type": "ROOT"}
LISTED = [{"Id": account.number, "Name": account.name, "Status": "ACTIVE"} for account in EVERY]


def units(*names):
    """A root with these units, and every account in the first."""
    found = [{"Id": f"ou-{name}", "Name": name} for name in names]
    return {
        "organizations.ListRoots": {"Roots": [ROOT]},
        "organizations.ListOrganizationalUnitsForParent": iter_once({"OrganizationalUnits": found}),
        "organizations.ListParents": {"Parents": [{"Id": f"ou-{names[0]}", "Type": "ORGANIZATIONAL_UNIT"}]},
    }


def iter_once(first):
    """The units of the root; those have none below them."""
    answers = iter([first])
    return lambda account: next(answers, {"OrganizationalUnits": []})


def test_accounts_in_the_wrong_unit_are_named():
    found = outcomes(looked("organisation_units", units("Security", "Forensics")))
    assert found["failed"] == ["forensics (100000000004) is not in a forensic OU."]
    assert "logs (100000000002) is in the security OU." in found["passed"]


def test_a_unit_that_is_not_there_is_missed():
    assert "No OU has “forensic” in its name." in outcomes(looked("organisation_units", units("Security")))["failed"]


def test_an_account_that_nobody_registered_is_named():
    extra = [*LISTED, {"Id": "999999999999", "Name": "sandbox", "State": "ACTIVE"}]
    verdict = looked("dedicated_accounts", {"organizations.ListAccounts": {"Accounts": extra}})
    assert verdict.outcome is Outcome.PARTLY
    assert verdict.observations[-1].answered == '["sandbox (999999999999)"]'


def test_a_closed_account_is_no_home_for_logs():
    closed = [account | {"State": "SUSPENDED"} for account in LISTED]
    verdict = looked("dedicated_accounts", {"organizations.ListAccounts": {"Accounts": closed}})
    assert "logs (100000000002) is not active." in outcomes(verdict)["failed"]


def test_delegation_to_another_account_counts_in_part():
    answers = {"organizations.ListDelegatedAdministrators": {"DelegatedAdministrators": [{"Id": PROD.number}]}}
    verdict = looked("delegated_administrators", answers)
    assert verdict.outcome is Outcome.PARTLY
    assert "which is not security tooling" in verdict.observations[0].says


def forensic(status="opted-in", number=FORENSICS.number):
    region = {"RegionName": "us-east-1", "OptInStatus": status}
    return {"sts.GetCallerIdentity": {"Account": number}, "ec2.DescribeRegions": {"Regions": [region]}}


def test_a_forensic_account_per_region_passes():
    assert looked("forensic_accounts", forensic()).outcome is Outcome.PASSED


def test_a_region_without_a_forensic_account_is_named():
    accounts = (FORENSICS, replace(PROD, regions=("us-east-1", "eu-west-1")))
    verdict = looked("forensic_accounts", forensic(), accounts=accounts)
    assert outcomes(verdict)["failed"] == ["No forensic account for eu-west-1, where workloads run."]


def test_one_account_for_all_regions_is_said_as_what_it_is():
    accounts = (replace(FORENSICS, regions=("us-east-1", "eu-west-1")), PROD)
    verdict = looked("forensic_accounts", forensic(), accounts=accounts)
    assert "copies between regions are not blocked by structure" in verdict.observations[0].says


def test_a_region_that_is_not_opted_in_fails():
    assert looked("forensic_accounts", forensic("not-opted-in")).outcome is Outcome.PARTLY


def guarded(regions, operator="StringNotEquals"):
    """The forensic account right under the root, with one policy that leaves ``regions`` open."""
    deny = {"Effect": "Deny", "NotAction": "iam:*", "Condition": {operator: {"aws:RequestedRegion": regions}}}
    policy = {"PolicySummary": {"Id": "p-1", "Name": "stay"}, "Content": json.dumps({"Statement": deny})}
    return {
        "organizations.ListParents": {"Parents": [ROOT]},
        "organizations.ListPoliciesForTarget": {"Policies": [{"Id": "p-1"}]},
        "organizations.DescribePolicy": {"Policy": policy},
    }


def test_a_policy_that_leaves_only_its_region_is_a_guard():
    verdict = looked("region_guard", guarded("us-east-1"))
    assert outcomes(verdict) == {"passed": ["forensics (100000000004) stays in us-east-1."]}


def test_a_policy_that_leaves_another_region_too_is_none():
    assert looked("region_guard", guarded(["us-east-1", "eu-west-1"])).outcome is Outcome.FAILED


def test_a_policy_that_denies_the_region_itself_is_none():
    assert looked("region_guard", guarded("us-east-1", "StringEquals")).outcome is Outcome.FAILED


def test_a_policy_that_cannot_be_read_is_not_known():
    broken = guarded("us-east-1")
    broken["organizations.DescribePolicy"]["Policy"]["Content"] = "{"
    assert looked("region_guard", broken).outcome is Outcome.NOT_KNOWN


def test_a_role_that_refuses_the_portal_has_failed():
    """Elsewhere a refusal is not known; here it is the answer."""
    verdict = looked("roles_reachable", {}, enter=organisation().enter)
    assert verdict.outcome is Outcome.FAILED
    assert "does not trust the portal" in verdict.observations[0].answered


def test_a_role_that_leads_elsewhere_has_failed():
    verdict = looked("roles_reachable", {"sts.GetCallerIdentity": {"Account": PROD.number}})
    assert len(outcomes(verdict)["failed"]) == 5
    assert len(outcomes(verdict)["passed"]) == 2


def test_an_account_without_a_role_is_named():
    verdict = looked("roles_reachable", {}, accounts=(replace(PROD, acquire_role=""),))
    assert "prod-web (111122223333) has no acquire role." in outcomes(verdict)["failed"]


def test_refusals_of_entry_name_the_role():
    verdict = looked("backups", {}, enter=organisation().enter)
    assert verdict.observations[0].asked == "sts:AssumeRole, read role of prod-web (111122223333)"
