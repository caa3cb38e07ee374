"""Filter fields that have few values: each value with the title that a person knows it by."""

import re
from collections.abc import Mapping

from events.families import FAMILIES

LITERAL = re.compile(r"'(\w+)'")
NOT_A_WORD = re.compile(r"[\W_]+")
SHORTEST = 3  # characters from which a part of a title is enough


def categories() -> dict[str, str]:
    """CloudTrail's eventCategory, and the one word that each other family has in its place.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """
    others = {family.title: LITERAL.fullmatch(family.shown.get("event_category", "")) for family in FAMILIES.values()}
    return {
        "Management": "Management events",
        "Data": "Data events",
        "Insight": "Insights events",
        "NetworkActivity": "Network activity events",
        **{found[1]: title for title, found in others.items() if found},
    }


# Filter -> its values as stored -> their titles.
CHOICES: Mapping[str, Mapping[str, str]] = {
    "family": {name: family.title for name, family in FAMILIES.items()},
    "outcome": {"ok": "OK", "error": "Failed"},
    "category": categories(),
}
# What people also say.
ALSO = {"failure": "error", "denied": "error", "refused": "error", "success": "ok", "succeeded": "ok"}


def title_of(field: str, value: str) -> str:
    """The value's title; the value itself where there is none."""
    return CHOICES.get(field, {}).get(value, value)


def chosen(field: str, typed: str) -> tuple[str, ...]:
    """The values that a person means by a value, a title or a part of either; what nobody knows stays as typed."""
    wanted, known = bare(typed), CHOICES[field]
    if ALSO.get(wanted) in known:
        return (ALSO[wanted],)
    exact = tuple(value for value, title in known.items() if wanted in (bare(value), bare(title)))
    parts = tuple(value for value, title in known.items() if wanted in bare(value) or wanted in bare(title))
    return exact or (parts if len(wanted) >= SHORTEST else ()) or (typed,)


def bare(text: str) -> str:
    return NOT_A_WORD.sub("", text.casefold())
