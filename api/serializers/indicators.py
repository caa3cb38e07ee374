"""Indicators: what is looked for, where it was seen, and what became of a list that was handed over."""

from typing import Any

from rest_framework import serializers

from api.paging import Order
from api.serializers.base import PageQuery, child_url, ordering, username
from cases.models import Indicator
from phases.indicators import Intake

ORDER = Order("added_at")
TEXT = {"type": "string"}
# The two forms of the body, as OpenAPI says them: what is in them is read value by value, not refused as a whole.
BODY = {
    "oneOf": [
        {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["value"],
                "properties": {"type": TEXT, "value": TEXT, "label": TEXT},
                "additionalProperties": False,
            },
        },
        {
            "type": "object",
            "description": "A STIX 2.1 bundle.",
            "required": ["type", "objects"],
            "properties": {
                "type": {"type": "string", "enum": ["bundle"]},
                "objects": {"type": "array", "items": {"type": "object"}},
            },
        },
    ]
}


class IndicatorQuery(PageQuery):
    """Which indicators."""

    lookups = {"type": "kind", "value": "value"}
    ordering = ordering(ORDER)
    type = serializers.ChoiceField(choices=Indicator.Kind.choices, required=False)
    value = serializers.CharField(max_length=1500, required=False)


class IndicatorShown(serializers.ModelSerializer[Indicator]):
    """A value that is looked for; ``events`` and ``finding`` are null where the newest analysis did not see it."""

    type = serializers.ChoiceField(source="kind", choices=Indicator.Kind.choices, read_only=True)
    added_by = username(is_always=True)
    events = serializers.IntegerField(source="matches", read_only=True, allow_null=True)
    finding = serializers.SerializerMethodField()

    class Meta:
        model = Indicator
        fields = ("id", "type", "value", "label", "origin", "added_by", "added_at", "events", "finding")
        read_only_fields = fields

    def get_finding(self, indicator: Any) -> str | None:
        number = indicator.finding_number
        return child_url(self.context, "finding", number=number) if number else None


class RefusalShown(serializers.Serializer[Any]):
    """A value that cannot be used: where it stands, how it begins, and why."""

    place = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class IntakeShown(serializers.Serializer[Intake]):
    """What became of a list: read = taken + known + refused. ``around`` counts objects that hold no value, by type."""

    read = serializers.IntegerField(source="reading.read")
    taken = serializers.IntegerField()
    known = serializers.IntegerField()
    refused = RefusalShown(source="reading.refused", many=True)
    around = serializers.DictField(source="reading.around", child=serializers.IntegerField())
