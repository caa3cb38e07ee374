"""What policies say: statements of bucket policies and service control policies. No check lives here.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from readiness.organisation import Answer, NotAnswered


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. ``principals`` are ARNs, account numbers, service names or ``*``; an Allow with exceptions
    (NotPrincipal, NotAction) counts as one for everybody, or for everything."""

    is_allow: bool
    principals: tuple[str, ...]
    actions: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Any]]
    raw: Mapping[str, Any]

    def covers(self, action: str) -> bool:
        """Whether the statement speaks of ``action``; wildcards count, letter case does not."""
        return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in self.actions)


def statements_of(answer: Answer, document: str) -> Iterator[Statement]:
    """The statements of a policy in an answer. Raises NotAnswered where it is no policy."""
    try:
        found = listed(json.loads(document)["Statement"])
    except (ValueError, KeyError, TypeError) as problem:
        raise NotAnswered(answer.asked, f"this is no policy: {document}") from problem
    for statement in found:
        yield Statement(
            statement.get("Effect") == "Allow",
            ("*",) if "NotPrincipal" in statement else tuple(principals_of(statement.get("Principal", {}))),
            ("*",) if "NotAction" in statement else tuple(listed(statement.get("Action", []))),
            statement.get("Condition", {}),
            statement,
        )


def principals_of(principal: Any) -> Iterator[str]:
    if isinstance(principal, str):
        yield principal
        return
    for names in principal.values():
        yield from listed(names)


def listed(value: Any) -> list[Any]:
    """AWS writes one thing as itself, and several as a list."""
    return value if isinstance(value, list) else [value]


def regions_left(statement: Statement) -> set[str] | None:
    """The regions that a Deny leaves open through ``aws:RequestedRegion``; None where it is no such statement.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
    """
    if statement.is_allow or not statement.covers("ec2:CopySnapshot"):
        return None
    for operator, condition in statement.conditions.items():
        keys = {key.lower(): value for key, value in condition.items()}
        if operator.lower().startswith(("stringnotequals", "stringnotlike")) and "aws:requestedregion" in keys:
            return set(listed(keys["aws:requestedregion"]))
    return None
