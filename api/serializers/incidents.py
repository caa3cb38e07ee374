"""Incidents: what a SOAR may say of one, and what it sees."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.paging import Order
from api.serializers.base import Input, LinesField, PageQuery, ordering, username
from cases.actions.incidents import next_states
from cases.board import WorkState, board
from cases.models import Incident, Phase, User
from cases.moments import check_moment
from cases.permissions import role_of, verbs_of
from cases.places import jurisdictions

ORDER = Order("opened_at")


class IncidentQuery(PageQuery):
    """Which incidents."""

    lookups = {
        "state": "state",
        "severity": "severity",
        "min_severity": "severity__gte",
        "source": "source",
        "source_ref": "source_ref",
        "updated_since": "changed_at__gte",
    }
    ordering = ordering(ORDER, newest_first=True)
    state = serializers.ChoiceField(choices=Incident.State.choices, required=False)
    severity = serializers.ChoiceField(choices=Incident.Severity.choices, required=False)
    min_severity = serializers.ChoiceField(choices=Incident.Severity.choices, required=False)
    source = serializers.CharField(max_length=100, required=False)  # type: ignore[assignment]
    source_ref = serializers.CharField(max_length=200, required=False)
    updated_since = serializers.DateTimeField(required=False)


class IncidentInput(Input):
    """An incident to open. ``source`` and ``source_ref`` (both or none) make a retry safe: 201 once, then 200."""

    title = serializers.CharField(max_length=300)
    description = LinesField(max_length=8000, required=False, allow_blank=True)
    severity = serializers.ChoiceField(choices=Incident.Severity.choices, required=False, help_text="OCSF severity_id.")
    tlp = serializers.ChoiceField(choices=Incident.Tlp.choices, required=False)
    detected_at = serializers.DateTimeField(required=False, allow_null=True, validators=[check_moment])
    actual_start_at = serializers.DateTimeField(required=False, allow_null=True, validators=[check_moment])
    source = serializers.CharField(max_length=100, required=False)  # type: ignore[assignment]
    source_ref = serializers.CharField(max_length=200, required=False)
    jurisdiction = serializers.CharField(
        max_length=32, required=False, help_text="Decides for good in which place its events and reports lie."
    )
    commander = serializers.SlugRelatedField(
        slug_field="username",
        queryset=User.objects.filter(is_active=True, is_service=False),
        required=False,
        help_text="User name of who commands it; else who opens it.",
    )

    def validate_jurisdiction(self, name: str) -> str:
        if name not in (known := jurisdictions()):
            raise serializers.ValidationError(f"no registered account has it; there are {', '.join(known)}")
        return name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("source" in attrs) != ("source_ref" in attrs):
            missing = "source_ref" if "source" in attrs else "source"
            raise serializers.ValidationError({missing: "give source and source_ref together, or neither"})
        return attrs


class IncidentChange(Input):
    """Particulars with new values; what is not named stays."""

    title = serializers.CharField(max_length=300, required=False)
    description = LinesField(max_length=8000, required=False, allow_blank=True)
    severity = serializers.ChoiceField(choices=Incident.Severity.choices, required=False)
    tlp = serializers.ChoiceField(choices=Incident.Tlp.choices, required=False)
    outcome = serializers.ChoiceField(choices=Incident.Outcome.choices, required=False)
    detected_at = serializers.DateTimeField(required=False, allow_null=True, validators=[check_moment])
    actual_start_at = serializers.DateTimeField(required=False, allow_null=True, validators=[check_moment])
    auto_advance = serializers.BooleanField(required=False)


class TransitionInput(Input):
    """The state to go to, and why."""

    to = serializers.ChoiceField(choices=Incident.State.choices)
    reason = LinesField(max_length=2000, required=False, allow_blank=True, default="")


class IncidentRow(serializers.ModelSerializer[Incident]):
    """An incident in a list."""

    url = serializers.HyperlinkedIdentityField(
        view_name="api:incident", lookup_field="reference", lookup_url_kwarg="reference"
    )
    commander = username()
    outcome = serializers.SerializerMethodField(help_text="Null until a verdict is chosen.")
    severity_name = serializers.CharField(source="get_severity_display", read_only=True)

    class Meta:
        model = Incident
        fields: tuple[str, ...] = (
            *("url", "reference", "title", "severity", "severity_name", "tlp", "state", "outcome", "commander"),
            *("source", "source_ref", "opened_at", "detected_at", "actual_start_at", "acknowledged_at"),
            *("contained_at", "closed_at", "changed_at", "version", "jurisdiction", "place"),
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=Incident.Outcome.choices, allow_null=True))
    def get_outcome(self, incident: Incident) -> str | None:
        return incident.outcome or None


class PhaseShown(serializers.Serializer[Any]):
    """One of the four phases: how far its work is, and its gaps. ``size`` is in bytes."""

    phase = serializers.ChoiceField(choices=Phase.choices)
    work = serializers.ChoiceField(choices=[(state.value, state.value) for state in WorkState])
    gaps_open = serializers.IntegerField()
    gaps_acknowledged = serializers.IntegerField()
    units_planned = serializers.IntegerField()
    units_done = serializers.IntegerField()
    members = serializers.IntegerField()
    size = serializers.IntegerField()
    records = serializers.IntegerField()
    rows = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    findings = serializers.IntegerField()
    runs_active = serializers.IntegerField()
    runs_failed = serializers.IntegerField()
    doing = serializers.CharField(allow_blank=True)


class IncidentShown(IncidentRow):
    """An incident with its four phases, and what the caller may do in it."""

    phases = serializers.SerializerMethodField()
    next_states = serializers.SerializerMethodField()
    your_role = serializers.SerializerMethodField()
    your_verbs = serializers.SerializerMethodField()

    class Meta(IncidentRow.Meta):
        fields = (
            *IncidentRow.Meta.fields,
            *("description", "auto_advance", "phases", "next_states", "your_role", "your_verbs"),
        )
        read_only_fields = fields

    @extend_schema_field(PhaseShown(many=True))
    def get_phases(self, incident: Incident) -> Any:
        return PhaseShown(board(incident), many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Incident.State.choices)))
    def get_next_states(self, incident: Incident) -> list[str]:
        return sorted(next_states(incident))

    def get_your_role(self, incident: Incident) -> str | None:
        return role_of(self.context["request"].user, incident)

    def get_your_verbs(self, incident: Incident) -> list[str]:
        return sorted(verbs_of(self.context["request"].user, incident))
