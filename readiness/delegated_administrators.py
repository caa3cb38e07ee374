"""GuardDuty, Security Hub, CloudTrail and Config are administered by security tooling, not by the management account.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_delegated_admin.html
"""

from collections.abc import Iterator
from functools import partial

from readiness.base import check
from readiness.organisation import Kind, Organisation, Place, each
from readiness.verdicts import Observation, Verdict, judged

SERVICES = {
    "guardduty.amazonaws.com": "GuardDuty",
    "securityhub.amazonaws.com": "Security Hub",
    "cloudtrail.amazonaws.com": "CloudTrail",
    "config.amazonaws.com": "Config",
}
TODO = "Register the security tooling account as delegated administrator of each service that is named below."


@check(
    "delegated_administrators",
    title="Security tooling administers GuardDuty, Security Hub, CloudTrail and Config",
    practice="SEC10-BP03",
    permissions=("organizations:ListDelegatedAdministrators",),
    weight=3,
)
def look(organisation: Organisation) -> Verdict:
    """Ask for each service which account it is delegated to."""
    return judged(each(organisation.homes(Kind.MANAGEMENT), partial(looked_at, organisation)), TODO)


def looked_at(organisation: Organisation, place: Place) -> Iterator[Observation]:
    tooling = {account.number for account in organisation.of(Kind.SECURITY_TOOLING)}
    for principal, service in SERVICES.items():
        yield service_seen(place, principal, service, tooling)


def service_seen(place: Place, principal: str, service: str, tooling: set[str]) -> Observation:
    answer = place.ask("organizations", "list_delegated_administrators", {"ServicePrincipal": principal})
    found = {account["Id"] for account in answer.data["DelegatedAdministrators"]}
    if not found:
        return answer.failed(f"{service} is delegated to nobody.")
    if found & tooling:
        return answer.passed(f"{service} is delegated to security tooling.")
    return answer.partly(f"{service} is delegated to {', '.join(sorted(found))}, which is not security tooling.")
