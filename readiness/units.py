"""Organizational units as a tree. No check lives here.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_ous.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from readiness.organisation import Place


@dataclass(frozen=True, slots=True)
class Unit:
    """One organizational unit, with the ids of those above it, nearest first."""

    id: str
    name: str
    above: tuple[str, ...]


def units_of(place: Place) -> Iterator[Unit]:
    """Every unit of the organisation, parents before children; ``place`` is the management account's."""
    for root in place.ask("organizations", "list_roots").data["Roots"]:
        yield from units_under(place, (root["Id"],))


def units_under(place: Place, above: tuple[str, ...]) -> Iterator[Unit]:
    answer = place.ask("organizations", "list_organizational_units_for_parent", {"ParentId": above[0]})
    for found in answer.data["OrganizationalUnits"]:
        yield Unit(found["Id"], found["Name"], above)
        yield from units_under(place, (found["Id"], *above))


def ancestry_of(place: Place, child: str) -> Iterator[str]:
    """The ids of ``child`` (an account or a unit) and of everything above it, up to the root."""
    yield child
    for parent in place.ask("organizations", "list_parents", {"ChildId": child}).data["Parents"]:
        if parent["Type"] == "ROOT":
            yield parent["Id"]
        else:
            yield from ancestry_of(place, parent["Id"])
