"""The case timeline: what people hold to have happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.paging import Order
from api.serializers.base import Input, LinesField, PageQuery, child_url, ordering, username
from cases.models import TimelineEntry
from cases.moments import check_moment
from cases.tellings import MOST_TECHNIQUES, TECHNIQUE

ENTRIES = Order("made_at")


class TimelineEntryQuery(PageQuery):
    """Which entries. ``is_withdrawn``: taken back since."""

    lookups = {"kind": "kind", "is_withdrawn": "withdrawn_at__isnull", "since": "at__gte", "before": "at__lt"}
    ordering = ordering(ENTRIES)
    kind = serializers.ChoiceField(choices=TimelineEntry.Kind.choices, required=False)
    is_withdrawn = serializers.BooleanField(required=False)
    since = serializers.DateTimeField(required=False, help_text="What happened then or later.")
    before = serializers.DateTimeField(required=False, help_text="What happened earlier.")

    @classmethod
    def conditions(cls, asked: Mapping[str, Any]) -> dict[str, Any]:
        found = super().conditions(asked)
        if "withdrawn_at__isnull" in found:
            found["withdrawn_at__isnull"] = not found["withdrawn_at__isnull"]
        return found


class ZonedDateTimeField(serializers.DateTimeField):
    """A moment with its zone: without one nobody knows when it was."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            has_zone = datetime.fromisoformat(str(value)).tzinfo is not None
        except ValueError:
            has_zone = True  # no time at all: the field's own message says so
        if not has_zone:
            raise serializers.ValidationError("give the time with its zone, such as 2026-11-20T09:30:00Z or +09:00")
        return super().to_internal_value(value)


class TimelineEntryInput(Input):
    """An event by its key, a finding by its number, or a sentence of its own with ``at`` and ``title``."""

    event = serializers.CharField(max_length=64, required=False)
    finding = serializers.IntegerField(
        min_value=1, required=False, error_messages={"invalid": "give the finding's number, such as 3 for F-03"}
    )
    at = ZonedDateTimeField(required=False, validators=[check_moment])
    title = serializers.CharField(max_length=300, required=False)
    text = LinesField(max_length=4000, required=False, allow_blank=True, default="")
    techniques = serializers.ListField(
        child=serializers.RegexField(rf"^{TECHNIQUE.pattern}\Z"),
        max_length=MOST_TECHNIQUES,
        required=False,
        help_text="Of ATT&CK; those of the finding if none are given.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        sources = [name for name in ("event", "finding", "at") if name in attrs]
        if len(sources) != 1 or ("at" in attrs) != ("title" in attrs):
            raise serializers.ValidationError("give one of these: event, or finding, or both at and title")
        return attrs


class WithdrawalInput(Input):
    """Why the entry no longer stands."""

    reason = LinesField(max_length=2000)


class TimelineEntryShown(serializers.ModelSerializer[TimelineEntry]):
    """One entry; ``snapshot`` is what the event or finding said when it was added."""

    url = serializers.SerializerMethodField()
    event_url = serializers.SerializerMethodField()
    finding_url = serializers.SerializerMethodField()
    techniques = serializers.ListField(child=serializers.CharField(), read_only=True)
    snapshot = serializers.DictField(read_only=True)
    made_by = username(is_always=True)
    withdrawn_by = username()

    class Meta:
        model = TimelineEntry
        fields: tuple[str, ...] = (
            *("url", "id", "kind", "at", "title", "text", "techniques", "event", "event_url", "finding_url"),
            *("snapshot", "made_by", "made_at", "withdrawn_by", "withdrawn_at", "withdrawn_reason"),
        )
        read_only_fields = fields

    def get_url(self, entry: TimelineEntry) -> str:
        return child_url(self.context, "timeline_entry", entry=entry.pk)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_event_url(self, entry: TimelineEntry) -> str | None:
        return child_url(self.context, "event", key=entry.event) if entry.event else None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_finding_url(self, entry: TimelineEntry) -> str | None:
        found = entry.finding
        return child_url(self.context, "finding", number=found.number) if found and not found.is_summary else None
