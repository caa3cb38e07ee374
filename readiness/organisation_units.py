"""A security OU with log archive and security tooling, a forensics OU with the forensic accounts.

https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_incident_response_prepare_forensic.html
"""

from collections.abc import Iterator
from functools import partial

from readiness.base import check
from readiness.organisation import Account, Kind, Organisation, Place, each
from readiness.units import Unit, units_of
from readiness.verdicts import Observation, Outcome, Verdict, judged, quoted

WANTED = {"security": (Kind.LOG_ARCHIVE, Kind.SECURITY_TOOLING), "forensic": (Kind.FORENSICS,)}
TODO = "Make a Security and a Forensics OU in AWS Organizations and move each account named below into its own."


@check(
    "organisation_units",
    title="Security and forensics OUs hold their accounts",
    practice="SEC10-BP03",
    permissions=(
        "organizations:ListRoots",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListParents",
    ),
    weight=3,
)
def look(organisation: Organisation) -> Verdict:
    """Look for an OU by its name, and whether the registered accounts of its kind are in it or in one below."""
    return judged(each(organisation.homes(Kind.MANAGEMENT), partial(looked_at, organisation)), TODO)


def looked_at(organisation: Organisation, place: Place) -> Iterator[Observation]:
    units = list(units_of(place))
    for word, kinds in WANTED.items():
        named = {unit.id for unit in units if word in unit.name.lower()}
        yield unit_seen(place, word, units, named)
        inside = {unit.id for unit in units if named & {unit.id, *unit.above}}
        for account in organisation.of(*kinds):
            yield account_seen(place, account, word, inside)


def unit_seen(place: Place, word: str, units: list[Unit], named: set[str]) -> Observation:
    outcome = Outcome.PASSED if named else Outcome.FAILED
    says = f"There is an OU with “{word}” in its name." if named else f"No OU has “{word}” in its name."
    asked = f"organizations:ListOrganizationalUnitsForParent, from the root down, in {place}"
    return Observation(outcome, says, asked, quoted({unit.id: unit.name for unit in units}))


def account_seen(place: Place, account: Account, word: str, inside: set[str]) -> Observation:
    expected = ("AccountNotFoundException", "ChildNotFoundException")
    answer = place.ask("organizations", "list_parents", {"ChildId": account.number}, expected)
    if any(parent["Id"] in inside for parent in answer.data.get("Parents", ())):
        return answer.passed(f"{account} is in the {word} OU.")
    return answer.failed(f"{account} is not in a {word} OU.")
