"""Findings as a STIX 2.1 bundle: each a sighting-like note with the attack patterns and addresses that it speaks of.

https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
"""

import ipaddress
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from exports.base import FINDINGS, Row, export

# Ids follow from what they name: the same finding exported twice is the same object (section 2.9).
SCO_NAMESPACE = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
OURS = uuid5(UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), "https://forensics-portal.invalid/stix")


@export("stix", title="STIX 2.1 bundle", of=FINDINGS, suffix="json")
def write(rows: Iterable[Row]) -> Iterator[bytes]:
    """An identity for the portal, a note a finding, and what the notes are about.

    https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
    """
    objects: dict[str, dict[str, Any]] = {}
    for row in rows:
        patterns, addresses = map(pattern, row["techniques"]), filter(None, map(address, row["addresses"]))
        about = [*patterns, *addresses, *map(account, row["principals"])] or [portal(moment(row["found_at"]))]
        for one in [*about, note(row, [one["id"] for one in about])]:
            objects.setdefault(one["id"], one)
    whole = {"type": "bundle", "id": f"bundle--{uuid5(OURS, ' '.join(objects))}", "objects": list(objects.values())}
    yield json.dumps(whole, indent=2).encode()


def note(row: Row, about: list[str]) -> dict[str, Any]:
    at = moment(row["found_at"])
    words = f"{row['severity']}: {row['title']}. {row['explanation']}".strip()
    return {
        "type": "note",
        "spec_version": "2.1",
        "id": f"note--{uuid5(OURS, row['incident'] + row['label'])}",
        "created": at,
        "modified": at,
        "abstract": f"{row['incident']} {row['label']}",
        "content": words,
        # A note is about at least one object (section 4.12); without any it is about the one who found it.
        "object_refs": about,
    }


def portal(at: str) -> dict[str, Any]:
    names = {"name": "Forensics Portal", "identity_class": "system"}
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{OURS}",
        "created": at,
        "modified": at,
        **names,
    }


def pattern(technique: str) -> dict[str, Any]:
    reference = {"source_name": "mitre-attack", "external_id": technique}
    at = "2020-01-01T00:00:00.000Z"  # ATT&CK's own objects are older than any finding; the id names the technique
    return {
        "type": "attack-pattern",
        "spec_version": "2.1",
        "id": f"attack-pattern--{uuid5(OURS, technique)}",
        "created": at,
        "modified": at,
        "name": technique,
        "external_references": [reference],
    }


def address(value: str) -> dict[str, Any] | None:
    """None for what is no address: AWS's services stand in the same field."""
    try:
        kind = f"ipv{ipaddress.ip_address(value).version}-addr"
    except ValueError:
        return None
    return observable(kind, {"value": value})


def account(principal: str) -> dict[str, Any]:
    return observable("user-account", {"user_id": principal})


def observable(kind: str, fields: dict[str, str]) -> dict[str, Any]:
    """A cyber-observable; its id follows from its fields (section 2.9)."""
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid5(SCO_NAMESPACE, canonical)}", **fields}


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
