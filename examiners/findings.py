"""What the findings of all services have in common: how they are handed over, and how bad they are.

Events: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
Severity: https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from examiners.base import Member
from examiners.forms import Item, json_items
from examiners.outlines import Path, has_keys
from examiners.records import text_of
from examiners.values import at, elements_in, fields_in, number, packed, words

LISTS = ("Findings", "findings")
# Where findings lie in files: outermost, in an answer's list, in an event, in an event that holds several.
PLACES: tuple[Path, ...] = ((), ("Findings",), ("findings",), ("detail",), ("detail", "findings"))
# Security Hub's labels, from which of its numbers on each begins.
LABELS = {"CRITICAL": 90, "HIGH": 70, "MEDIUM": 40, "LOW": 1, "INFORMATIONAL": 0}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a finding that may not say so itself: its account and region."""

    account: str | None = None
    region: str | None = None


def is_findings(head: bytes, *marks: str, below: str = "") -> bool:
    """Whether the file's findings have all these keys, in any way that findings are handed over.

    ``below`` is the key of the object in a finding that has them.
    """
    places = [(*place, below) if below else place for place in PLACES]
    return has_keys(head, marks, *places)


def findings_in(member: Member) -> Iterator[Item]:
    """The findings one after the other, numbered from 0, out of lists, lines, and events of EventBridge."""
    known = surroundings_of(member)
    row = 0
    for item in json_items(member, LISTS):
        for data, around in unwrapped(item.data, known):
            yield Item(row, data, around)
            row += 1


def surroundings_of(member: Member) -> Surroundings:
    return Surroundings(member.account or None, member.region or None)


def unwrapped(data: bytes, known: Surroundings) -> Iterator[tuple[bytes, Surroundings]]:
    """What an event of EventBridge holds, one finding or a list of them; anything else as it is."""
    event = fields_in(data) if b'"detail"' in data else {}
    if not {"detail", "detail-type"} <= event.keys():
        yield data, known
        return
    around = replace(known, **told_by(event))
    detail = bytes(event["detail"])
    several = fields_in(detail).get("findings")
    for finding in (detail,) if several is None else elements_in(bytes(several)):
        yield finding, around


def told_by(event: Mapping[str, msgspec.Raw]) -> dict[str, str]:
    return {name: text for name in ("account", "region") if (text := text_of(event.get(name, msgspec.Raw())))}


def graded(grade: Any, original: Any = None) -> dict[str, Any]:
    """The columns of severity, by a number of 0 to 100 or by a label; what is neither is kept as it was written."""
    written = words(grade if original is None else original)
    score = number(grade)
    if score is not None and 0 <= score <= 100:
        rounded = round(score)
        label = next(label for label, least in LABELS.items() if rounded >= least)
        return {"severity": label, "severity_number": rounded, "severity_original": written}
    label = str(grade).upper()
    return {
        "severity": label if label in LABELS else None,
        "severity_number": LABELS.get(label),
        "severity_original": written,
    }


def archived_or_active(is_archived: Any) -> str | None:
    """How services without a status of findings say what has been put away."""
    if isinstance(is_archived, bool):
        return "ARCHIVED" if is_archived else "ACTIVE"
    return None


def attack(tactics: list[str], techniques: list[str]) -> dict[str, str | None]:
    """The columns of ATT&CK, each name once."""
    told = {"tactics": [*dict.fromkeys(tactics)], "techniques": [*dict.fromkeys(techniques)]}
    return {column: packed(names) if names else None for column, names in told.items()}


def names_in(value: Any, key: str) -> list[str]:
    """The texts under ``key`` of every object in a list."""
    return [text for one in value if (text := words(at(one, key)))] if isinstance(value, list) else []


def indicated(sequence: Any, key: str) -> list[str]:
    """What the indicators of an attack sequence say under ATTACK_TACTIC or ATTACK_TECHNIQUE.

    https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Indicator.html
    """
    indicators = at(sequence, "sequenceIndicators")
    if not isinstance(indicators, list):
        return []
    values = [at(one, "values") for one in indicators if at(one, "key") == key]
    return [str(name) for names in values if isinstance(names, list) for name in names]
