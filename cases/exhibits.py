"""The canonical manifest of an exhibit: the same bytes in, the same hash out, whoever collected them and when."""

import hashlib
from typing import Any

from cases.models import Evidence, Member
from custody import canonical


def manifest_of(evidence: Evidence) -> dict[str, Any]:
    """What the exhibit's SHA-256 covers: source, scope, parts and members; no number, no time of ours."""
    return {
        "format": "forensics-portal-exhibit-1",
        "kind": evidence.kind,
        "source": evidence.source,
        "account": evidence.account,
        "region": evidence.region,
        "parts": [
            {"number": p.number, "kind": p.kind, "sha256": p.sha256, "size": p.size, "members": members_of(p.pk)}
            for p in evidence.parts.order_by("number")
        ],
    }


def members_of(part: int) -> list[dict[str, Any]]:
    fields = ("index", "origin", "version", "size", "sha256")
    return [dict(row) for row in Member.objects.filter(part=part).order_by("index").values(*fields)]


def manifest_hash(evidence: Evidence) -> str:
    return hashlib.sha256(canonical(manifest_of(evidence))).hexdigest()
