"""Findings and gaps: what analysis says, what is missing, and what people decide about both."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.paging import MOST, Order
from api.serializers.base import Input, LinesField, PageQuery, child_url, ordering, username
from api.serializers.geography import LocationShown, place_of
from cases.models import Finding, GapRecord, Incident, Phase
from events import key_of

KINDS = ("principal", "access_key", "address", "resource")
FINDINGS = Order("number", "number")
GAPS = Order("noticed_at")


class FindingQuery(PageQuery):
    """Which findings. ``is_current``: the newest analysis still finds it."""

    lookups = {
        "status": "status",
        "min_severity": "severity__gte",
        "question": "question",
        "entity": "entity",
        "is_current": "is_current",
    }
    ordering = ordering(FINDINGS)
    status = serializers.ChoiceField(choices=Finding.Status.choices, required=False)
    min_severity = serializers.ChoiceField(choices=Incident.Severity.choices, required=False)
    question = serializers.CharField(max_length=200, required=False)
    entity = serializers.CharField(max_length=2048, required=False)
    is_current = serializers.BooleanField(required=False)


class DecisionInput(Input):
    """A person's word on a finding. Dismissing needs a reason.

    ``seen``, if given, is the status that was seen: where it is another by now, the answer is 409 ``overtaken``.
    """

    status = serializers.ChoiceField(choices=Finding.Status.choices)
    reason = LinesField(max_length=2000, required=False, allow_blank=True, default="")
    seen = serializers.ChoiceField(choices=Finding.Status.choices, required=False)

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        if attrs["status"] == Finding.Status.DISMISSED and not attrs["reason"]:
            raise serializers.ValidationError({"reason": "say why the finding is dismissed"})
        return attrs


class FindingRow(serializers.ModelSerializer[Finding]):
    """A finding in a list."""

    url = serializers.SerializerMethodField()
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    severity_name = serializers.CharField(source="get_severity_display", read_only=True)
    decided_by = username()
    techniques = serializers.ListField(child=serializers.CharField(), read_only=True)
    principals = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Finding
        fields: tuple[str, ...] = (
            *("url", "number", "label", "title", "question", "tool", "entity_kind", "entity", "severity"),
            *("severity_name", "techniques", "principals", "count", "first_at", "last_at", "is_current"),
            *("status", "decided_by", "decided_at", "decision_reason"),
        )
        read_only_fields = fields

    def get_url(self, finding: Finding) -> str:
        return child_url(self.context, "finding", number=finding.number)


class FindingShown(FindingRow):
    """A finding with its explanation, example events and the query that gives the rest."""

    false_positives = serializers.ListField(child=serializers.CharField(), read_only=True)
    examples = serializers.ListField(child=serializers.DictField(), read_only=True)
    query = serializers.DictField(read_only=True)
    facts = serializers.DictField(read_only=True)

    class Meta(FindingRow.Meta):
        fields = (
            *FindingRow.Meta.fields,
            *("explanation", "next_steps", "false_positives", "examples", "query", "facts", "author", "licence"),
        )
        read_only_fields = fields


class LeadQuery(Input):
    """Which leads."""

    lookups = {"kind": "entity_kind"}
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=100)

    @classmethod
    def conditions(cls, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {lookup: asked[name] for name, lookup in cls.lookups.items() if name in asked}


class SignalShown(serializers.Serializer[Any]):
    """One reason of a score: its part of the way to certainty, its sentence, and the events that show it."""

    name = serializers.CharField()
    part = serializers.FloatField(min_value=0, max_value=1)
    words = serializers.CharField()
    events = serializers.ListField(
        child=serializers.CharField(), help_text="Short keys, as `/events/{key}/` takes them."
    )


class LeadShown(serializers.ModelSerializer[Finding]):
    """Somebody or something to look at first."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    rank = serializers.IntegerField(source="facts.rank", read_only=True)
    kind = serializers.ChoiceField(source="entity_kind", choices=KINDS, read_only=True)
    score = serializers.FloatField(source="facts.score", min_value=0, max_value=100, read_only=True)
    why = serializers.CharField(source="explanation", read_only=True)
    signals = serializers.SerializerMethodField()
    query = serializers.DictField(read_only=True)
    place = serializers.SerializerMethodField(help_text="Where an address is.")

    class Meta:
        model = Finding
        fields = (
            *(
                "label",
                "rank",
                "kind",
                "entity",
                "place",
                "score",
                "why",
                "signals",
                "count",
                "first_at",
                "last_at",
                "query",
            ),
        )
        read_only_fields = fields

    @extend_schema_field(LocationShown(allow_null=True))
    def get_place(self, finding: Finding) -> dict[str, Any] | None:
        return place_of(finding.entity) if finding.entity_kind == "address" else None

    @extend_schema_field(SignalShown(many=True))
    def get_signals(self, finding: Finding) -> list[dict[str, Any]]:
        keys = [key_of(example | {"src_row": example["row"]}) for example in finding.examples]
        return [
            {name: signal[name] for name in ("name", "part", "words")}
            | {"events": [keys[at] for at in signal["cited"]]}
            for signal in finding.facts["signals"]
        ]


class GapQuery(PageQuery):
    """Which gaps. ``is_open``: nobody has put a name under it yet."""

    lookups = {"phase": "phase", "kind": "kind", "is_open": "acknowledged_at__isnull"}
    ordering = ordering(GAPS)
    phase = serializers.ChoiceField(choices=Phase.choices, required=False)
    kind = serializers.ChoiceField(choices=GapRecord.Kind.choices, required=False)
    is_open = serializers.BooleanField(required=False)


class AcknowledgementInput(Input):
    """Why the gap is accepted."""

    reason = LinesField(max_length=2000)


class GapShown(serializers.ModelSerializer[GapRecord]):
    """Something asked for that is not there."""

    url = serializers.SerializerMethodField()
    run = serializers.IntegerField(source="run_id", read_only=True)
    acknowledged_by = username()

    class Meta:
        model = GapRecord
        fields = (
            *("url", "id", "run", "phase", "kind", "subject", "detail", "noticed_at"),
            *("acknowledged_at", "acknowledged_by", "reason"),
        )
        read_only_fields = fields

    def get_url(self, gap: GapRecord) -> str:
        return child_url(self.context, "gap", gap=gap.pk)
