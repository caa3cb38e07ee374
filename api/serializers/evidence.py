"""Exhibits, their parts and files, and the custody log."""

import json
from typing import Any

from rest_framework import serializers

from api.paging import Order
from api.serializers.base import PageQuery, child_url, ordering
from cases.models import CustodyEntry, CustodyLog, Evidence, EvidencePart, Member

EXHIBITS = Order("number", "number")
ENTRIES = Order("seq", "seq")
MEMBERS = Order("number")


class EvidenceQuery(PageQuery):
    """Which exhibits."""

    lookups = {"kind": "kind", "source": "source", "state": "state", "account": "account", "region": "region"}
    ordering = ordering(EXHIBITS)
    kind = serializers.CharField(max_length=32, required=False)
    source = serializers.CharField(max_length=64, required=False)  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=Evidence.State.choices, required=False)
    account = serializers.CharField(max_length=12, required=False)
    region = serializers.CharField(max_length=32, required=False)


class MemberQuery(PageQuery):
    """Which files; ``part`` and ``sha256`` narrow them."""

    lookups = {"part": "part__number", "sha256": "sha256"}
    ordering = ordering(MEMBERS)
    part = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z", required=False)


class CustodyQuery(PageQuery):
    """Which entries."""

    lookups = {"action": "action"}
    ordering = ordering(ENTRIES)
    action = serializers.ChoiceField(choices=CustodyEntry.Action.choices, required=False)


class EvidenceRow(serializers.ModelSerializer[Evidence]):
    """An exhibit in a list. ``size`` is in bytes; ``sha256`` is of its canonical manifest, fixed at seal."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = Evidence
        fields: tuple[str, ...] = (
            *("url", "exhibit", "number", "title", "kind", "source", "account", "region", "jurisdiction"),
            *("window_start_at", "window_end_at", "resources", "state", "integrity", "copy", "legal_hold"),
            *("members", "size", "sha256", "requested_at", "sealed_at"),
        )
        read_only_fields = fields

    def get_url(self, evidence: Evidence) -> str:
        return child_url(self.context, "exhibit", exhibit=evidence.exhibit)


class PartShown(serializers.ModelSerializer[EvidencePart]):
    """One object in the vault. ``size`` is in bytes."""

    class Meta:
        model = EvidencePart
        fields = ("number", "kind", "sha256", "size", "members", "place", "stored_at", "verified_at")
        read_only_fields = fields


class EvidenceShown(EvidenceRow):
    """An exhibit with its parts and how it was acquired."""

    parts = PartShown(many=True, read_only=True)

    class Meta(EvidenceRow.Meta):
        fields = (*EvidenceRow.Meta.fields, "acquisition", "parts")
        read_only_fields = fields


class MemberShown(serializers.ModelSerializer[Member]):
    """One file inside a part, with the name it had where it came from. ``size`` is in bytes."""

    part = serializers.IntegerField(source="part.number", read_only=True)

    class Meta:
        model = Member
        fields = ("part", "index", "file", "origin", "version", "size", "sha256", "modified_at")
        read_only_fields = fields


class EntryShown(serializers.ModelSerializer[CustodyEntry]):
    """One custody entry. ``entry`` is what was written; its canonical bytes (RFC 8785) give ``leaf_hash``."""

    entry = serializers.SerializerMethodField()

    class Meta:
        model = CustodyEntry
        fields = ("seq", "at", "action", "object_type", "object_id", "actor", "leaf_hash", "root", "entry")
        read_only_fields = fields

    def get_entry(self, row: CustodyEntry) -> dict[str, Any]:
        return dict(json.loads(bytes(row.data)))


class HeadShown(serializers.ModelSerializer[CustodyLog]):
    """The head of a custody log: how many entries, and the Merkle root over them (RFC 6962)."""

    class Meta:
        model = CustodyLog
        fields = ("name", "size", "root")
        read_only_fields = fields
