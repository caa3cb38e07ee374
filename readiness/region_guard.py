"""Service control policies keep each forensic account in its own regions, so that evidence cannot be copied out.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
"""

from collections.abc import Iterator
from functools import partial

from readiness.base import check
from readiness.organisation import Account, Answer, Kind, Organisation, Place, each
from readiness.policies import regions_left, statements_of
from readiness.units import ancestry_of
from readiness.verdicts import Observation, Verdict, judged

FILTER = "SERVICE_CONTROL_POLICY"
TODO = "Attach a service control policy that denies every other aws:RequestedRegion to each account named below."


@check(
    "region_guard",
    title="Policies keep forensic accounts in their regions",
    practice="SEC10-BP03",
    permissions=(
        "organizations:ListParents",
        "organizations:ListPoliciesForTarget",
        "organizations:DescribePolicy",
    ),
    weight=4,
)
def look(organisation: Organisation) -> Verdict:
    """Read the policies of each forensic account and of everything above it for a Deny by region."""
    return judged(each(organisation.homes(Kind.MANAGEMENT), partial(looked_at, organisation)), TODO)


def looked_at(organisation: Organisation, place: Place) -> Iterator[Observation]:
    for account in organisation.of(Kind.FORENSICS):
        yield guard_seen(place, account)


def guard_seen(place: Place, account: Account) -> Observation:
    policies = list(policies_over(place, account))
    own = set(account.regions)
    for answer in policies:
        for left in map(regions_left, statements_of(answer, answer.data["Policy"]["Content"])):
            if left is not None and left <= own:
                return answer.passed(guarded(account), answer.data["Policy"]["Content"])
    asked = place.ask("organizations", "list_policies_for_target", {"TargetId": account.number, "Filter": FILTER})
    names = [answer.data["Policy"]["PolicySummary"]["Name"] for answer in policies]
    return asked.failed(f"No policy keeps {account} in {', '.join(account.regions)}.", {"policies over it": names})


def guarded(account: Account) -> str:
    if len(account.regions) > 1:
        return f"{account} stays in its regions; copies between these are not blocked by structure."
    return f"{account} stays in {account.regions[0]}."


def policies_over(place: Place, account: Account) -> Iterator[Answer]:
    for target in ancestry_of(place, account.number):
        found = place.ask("organizations", "list_policies_for_target", {"TargetId": target, "Filter": FILTER})
        for policy in found.data["Policies"]:
            yield place.ask("organizations", "describe_policy", {"PolicyId": policy["Id"]})
