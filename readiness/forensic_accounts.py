"""A forensic account for every region in use: there, with a role that lets the portal in, and with the region opted in.

https://docs.aws.amazon.com/security-ir/latest/userguide/develop-aws-account-structure.html
"""

from collections.abc import Iterator

from readiness.base import check
from readiness.organisation import Kind, Organisation, Place, by_register, each
from readiness.verdicts import Observation, Outcome, Verdict, judged

OPEN = ("opt-in-not-required", "opted-in")
TODO = "Make a forensic account for each region without one, register it with its roles, and opt the region in."


@check(
    "forensic_accounts",
    title="Every region in use has a forensic account that lets the portal in",
    practice="SEC10-BP03",
    permissions=("sts:GetCallerIdentity", "ec2:DescribeRegions"),
    weight=5,
)
def look(organisation: Organisation) -> Verdict:
    """Enter each forensic account, ask whether its regions are opted in, and say which of AWS's two models this is."""
    seen = [*covered(organisation), *each(organisation.places(Kind.FORENSICS), entered)]
    return judged(seen, TODO)


def covered(organisation: Organisation) -> Iterator[Observation]:
    """Which regions have an account, and how many regions share one."""
    forensics = organisation.of(Kind.FORENSICS)
    shown = {str(account): account.regions for account in forensics}
    for region in organisation.regions_in_use():
        if organisation.forensics_for(region) is None:
            yield by_register(
                Outcome.FAILED, f"No forensic account for {region}, where workloads run.", shown or "none"
            )
    shared = [account for account in forensics if len(account.regions) > 1]
    if shared:
        names = ", ".join(map(str, shared))
        says = f"One account for several regions ({names}): copies between regions are not blocked by structure."
        yield by_register(Outcome.PASSED, says, shown)
    elif forensics:
        yield by_register(Outcome.PASSED, "One forensic account per region.", shown)


def entered(place: Place) -> Iterator[Observation]:
    who = place.ask("sts", "get_caller_identity")
    if who.data["Account"] == place.account.number:
        yield who.passed(f"The portal enters {place.account}.")
    else:
        yield who.failed(f"The role that is registered for {place.account} leads to another account.")
    answer = place.ask("ec2", "describe_regions", {"RegionNames": [place.region], "AllRegions": True})
    status = [region.get("OptInStatus", "") for region in answer.data["Regions"]]
    if status and status[0] in OPEN:
        yield answer.passed(f"{place.region} is open to {place.account}.")
    else:
        yield answer.failed(f"{place.region} is not opted in for {place.account}.")
