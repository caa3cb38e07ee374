"""The portal's roles can be taken in every account, and lead where the register says.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
"""

from collections.abc import Iterator
from dataclasses import replace

from readiness.base import check
from readiness.organisation import Kind, NotEntered, Organisation, Place, Role, by_register, each
from readiness.verdicts import Observation, Outcome, Verdict, judged

TODO = "Make the missing roles with the trust policy that docs/sources.md shows, and register their ARNs."
ACQUIRED = (Kind.WORKLOAD, Kind.FORENSICS)


@check(
    "roles_reachable",
    title="The portal's roles can be taken in every account",
    practice="SEC10-BP03",
    permissions=("sts:GetCallerIdentity",),
    weight=5,
    roles=(Role.READ, Role.ACQUIRE),
)
def look(organisation: Organisation) -> Verdict:
    """Take the read role of every account, and the acquire role where evidence is made or copied."""
    return judged(each(wanted(organisation), role_seen), TODO)


def wanted(organisation: Organisation) -> Iterator[Place]:
    yield from organisation.homes()
    for account in organisation.of(*ACQUIRED):
        yield organisation.place(account, role=Role.ACQUIRE)


def role_seen(place: Place) -> Iterator[Observation]:
    if not (arn := place.account.role(place.role)):
        yield by_register(Outcome.FAILED, f"{place.account} has no {place.role} role.", "none registered")
        return
    try:
        answer = place.ask("sts", "get_caller_identity")
    except NotEntered as refusal:  # what is asked here is whether one is let in, so a refusal is an answer
        yield replace(refusal.observation, outcome=Outcome.FAILED, says=f"{arn} does not let the portal in.")
        return
    if answer.data["Account"] == place.account.number:
        yield answer.passed(f"The {place.role} role of {place.account} lets the portal in.")
    else:
        yield answer.failed(f"{arn} leads to another account than {place.account}.")
