"""STIX 2.1 bundles: indicators with their patterns, and observables that are values by themselves.

https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html, sections 4.7, 6 and 8.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from analyzers.stix.kinds import Unusable
from analyzers.stix.patterns import DIGITS, PLAIN, values_of

# Objects that hold no value to look for: they are counted, not refused.
AROUND = frozenset(
    {
        *("attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident", "infrastructure"),
        *("intrusion-set", "location", "malware", "malware-analysis", "note", "observed-data", "opinion", "report"),
        *("threat-actor", "tool", "vulnerability", "relationship", "sighting"),
        *("marking-definition", "extension-definition", "language-content"),
    }
)
Pair = tuple[str, str]  # kind (empty: to be guessed) and value, as written


def pairs_of(one: Mapping[str, Any], now: datetime) -> Iterator[Pair]:
    """The values of an indicator or observable. Raises Unusable for what cannot be looked for, and says why."""
    kind = one.get("type")
    if kind == "indicator":
        check_stands(one, now)
        yield from values_of(text_of(one, "pattern"))
    elif kind in PLAIN:
        yield str(kind), text_of(one, "value")
    elif kind == "file":
        yield from hashes_of(one)
    elif kind == "user-account":
        yield "user-account", text_of(one, "user_id" if one.get("user_id") else "account_login")
    else:
        raise Unusable(f"no event holds what is of type {kind[:60]}" if isinstance(kind, str) else "it has no type")


def check_stands(one: Mapping[str, Any], now: datetime) -> None:
    """Raises Unusable for an indicator that is not to be used, or not written in STIX's own language."""
    if one.get("revoked") is True:
        raise Unusable("it is revoked")
    if one.get("pattern_type", "stix") != "stix":
        raise Unusable("its pattern is written in another language than STIX")
    if one.get("valid_until") and (until := moment_of(text_of(one, "valid_until"))) <= now:
        raise Unusable(f"it was valid until {until:%Y-%m-%d %H:%M %Z}")


def moment_of(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable("its valid_until is no time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def hashes_of(one: Mapping[str, Any]) -> Iterator[Pair]:
    hashes = one.get("hashes")
    known = [hashes[name] for name in DIGITS if name in hashes] if isinstance(hashes, Mapping) else []
    if not known:
        raise Unusable("it has no MD5, SHA-1 or SHA-256")
    for value in known:
        yield "file", value if isinstance(value, str) else ""


def text_of(one: Mapping[str, Any], name: str) -> str:
    value = one.get(name)
    if not isinstance(value, str):
        raise Unusable(f"its {name} is no text")
    return value


def label_of(one: Mapping[str, Any]) -> str:
    """What whoever made it calls it: its name, else its types."""
    name, types = one.get("name"), one.get("indicator_types")
    if isinstance(name, str) and name.strip():
        return name
    return ", ".join(one for one in types[:5] if isinstance(one, str)) if isinstance(types, list) else ""
