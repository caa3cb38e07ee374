"""Runs: what may be started, and how far it is."""

from typing import Any

from rest_framework import serializers

from api.paging import Order
from api.serializers.base import Input, LinesField, PageQuery, child_url, ordering, username
from cases.models import Phase, Run, Unit
from collectors import sources

ORDER = Order("requested_at")
WANTED = ("account", "region", "start", "end", "resources")
LATER = [(phase.value, phase.label) for phase in Phase if phase != Phase.COLLECTION]


class RunQuery(PageQuery):
    """Which runs. ``is_newest``: only these count for a phase."""

    lookups = {"phase": "phase", "state": "state", "tool": "tool", "request": "request", "is_newest": "is_newest"}
    ordering = ordering(ORDER, newest_first=True)
    phase = serializers.ChoiceField(choices=Phase.choices, required=False)
    state = serializers.ChoiceField(choices=Run.State.choices, required=False)
    tool = serializers.CharField(max_length=64, required=False)
    request = serializers.UUIDField(required=False)
    is_newest = serializers.BooleanField(required=False)


class RunInput(Input):
    """A collection (``source`` and its scope), or a later ``phase`` to start now. Times are [start, end)."""

    source = serializers.ChoiceField(
        choices=[(source.name, source.title) for source in sources],  # type: ignore[assignment]
        required=False,
    )
    account = serializers.RegexField(r"^[0-9]{12}\Z", required=False)
    region = serializers.RegexField(r"^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}\Z", max_length=32, required=False)
    start = serializers.DateTimeField(required=False)
    end = serializers.DateTimeField(required=False)
    resources = serializers.ListField(
        child=serializers.CharField(max_length=2048), required=False, max_length=1000, default=list
    )
    phase = serializers.ChoiceField(choices=LATER, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("source" in attrs) == ("phase" in attrs):
            raise serializers.ValidationError({"source": "give either source (a collection) or phase, not both"})
        if "phase" in attrs and (extra := [name for name in WANTED if attrs.get(name)]):
            raise serializers.ValidationError(dict.fromkeys(extra, "only a collection takes this"))
        return attrs


class CancelInput(Input):
    """Why the run is cancelled."""

    reason = LinesField(max_length=2000)


class RunRow(serializers.ModelSerializer[Run]):
    """A run in a list. ``size`` is in bytes; ``records`` = ``rows`` + ``quarantined``."""

    url = serializers.SerializerMethodField()
    exhibit = serializers.CharField(source="evidence.exhibit", read_only=True, allow_null=True, default=None)
    requested_by = username(is_always=True)

    class Meta:
        model = Run
        fields: tuple[str, ...] = (
            *("url", "id", "request", "phase", "tool", "title", "state", "is_newest", "exhibit", "requested_by"),
            *("requested_at", "started_at", "ended_at", "units_planned", "units_done", "members", "size"),
            *("records", "rows", "quarantined", "findings", "doing", "waiting_for", "not_before", "error"),
        )
        read_only_fields = fields

    def get_url(self, run: Run) -> str:
        return child_url(self.context, "run", run=run.pk)


class UnitShown(serializers.ModelSerializer[Unit]):
    """What a run counts: a part of evidence, a question, a report version."""

    class Meta:
        model = Unit
        fields = ("number", "label", "state", "planned_size", "finished_at")
        read_only_fields = fields


class RunShown(RunRow):
    """A run with its scope and its units (the first 200)."""

    units = serializers.SerializerMethodField()

    class Meta(RunRow.Meta):
        fields = (*RunRow.Meta.fields, "scope", "result_hash", "attempts", "units")
        read_only_fields = fields

    def get_units(self, run: Run) -> list[dict[str, Any]]:
        return list(UnitShown(run.units.order_by("number")[:200], many=True).data)
