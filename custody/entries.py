"""What one entry of a custody log says, and its exact bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from custody.verifier import VERSION, canonical


@dataclass(frozen=True, slots=True)
class Entry:
    """One handling: ``ts`` is UTC with microseconds, ``prev`` the SHA-256 (hex) of the entry before ("" for none)."""

    log: str
    seq: int
    prev: str
    ts: str
    action: str
    actor: Mapping[str, Any]
    object: Mapping[str, Any]
    actor_ip: str = ""
    reason: str = ""
    aws: Mapping[str, Any] = field(default_factory=dict)
    tool: Mapping[str, Any] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)


def entry_bytes(entry: Entry) -> bytes:
    """The canonical bytes that are stored and hashed, never made again. Raises NotCanonical."""
    values = {one.name: getattr(entry, one.name) for one in fields(entry)}
    return canonical({"v": VERSION, **values})
