"""Security Hub is on in every account and region: findings of all services in one form and one place.

https://docs.aws.amazon.com/securityhub/latest/userguide/designate-orgs-admin-account.html
"""

from collections.abc import Iterator

from readiness.base import check
from readiness.organisation import Organisation, Place, each
from readiness.verdicts import Observation, Verdict, judged

OFF = ("InvalidAccessException", "ResourceNotFoundException")
TODO = "Turn Security Hub on for all accounts from its delegated administrator."


@check(
    "security_hub_everywhere",
    title="Security Hub is on everywhere",
    practice="SEC10-BP03",
    permissions=("securityhub:DescribeHub",),
    weight=2,
)
def look(organisation: Organisation) -> Verdict:
    """Ask each account and region in use for its hub."""
    return judged(each(organisation.places(), hub_seen), TODO)


def hub_seen(place: Place) -> Iterator[Observation]:
    answer = place.ask("securityhub", "describe_hub", expected=OFF)
    if answer.code:
        yield answer.failed(f"Security Hub is off in {place}.")
    else:
        yield answer.passed(f"Security Hub is on in {place}.", {"HubArn": answer.data["HubArn"]})
