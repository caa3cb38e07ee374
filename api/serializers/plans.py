"""Playbooks, and the plans that are made of them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.paging import Order
from api.serializers.base import Input, PageQuery, child_url, ordering, username
from cases.models import CollectionPlan
from collectors.playbooks import KINDS
from phases.plan_runs import runs_of
from phases.plans import PlannedStep, PlanScope, steps_of

ORDER = Order("made_at")
MOST = 1000


class PlanQuery(PageQuery):
    """Which plans."""

    lookups = {"playbook": "playbook"}
    ordering = ordering(ORDER, newest_first=True)
    playbook = serializers.CharField(max_length=40, required=False)


class NoQuery(Input):
    """The list is short and whole: it takes no parameter."""


def names() -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=2048), max_length=MOST, required=False)


class ResourcesInput(Input):
    """Named resources by their kind: instance ids, names of buckets, access key ids, user names, ..."""

    instances, buckets, access_keys, users, functions, databases, log_groups, event_data_stores = (
        names() for _ in KINDS
    )


class PlanInput(Input):
    """A playbook and what the incident is about. Times are [start, end). ``dry_run`` answers the plan and asks nothing.

    ``is_draft`` keeps the plan and has a worker count what it would bring: poll it, then start it.
    ``leave_out`` names steps (by source) that are not to be asked.
    """

    playbook = serializers.CharField(max_length=40)
    accounts = serializers.ListField(child=serializers.RegexField(r"^[0-9]{12}\Z"), min_length=1, max_length=MOST)
    regions = serializers.ListField(
        child=serializers.RegexField(r"^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}\Z", max_length=32), min_length=1, max_length=100
    )
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    resources = ResourcesInput(required=False)
    leave_out = serializers.ListField(child=serializers.CharField(max_length=40), max_length=100, required=False)
    dry_run = serializers.BooleanField(default=False)
    is_draft = serializers.BooleanField(default=False)


def scope_from(values: dict[str, Any]) -> PlanScope:
    """What was named, each account and region once, in the order given."""
    return PlanScope(
        accounts=tuple(dict.fromkeys(values["accounts"])),
        regions=tuple(dict.fromkeys(values["regions"])),
        start=values["start"],
        end=values["end"],
        resources={kind: tuple(named) for kind, named in values.get("resources", {}).items()},
        leave_out=tuple(values.get("leave_out", ())),
    )


class PlaybookStepShown(serializers.Serializer[Any]):
    """A step as its file says it."""

    source = serializers.CharField()  # type: ignore[assignment]
    why = serializers.CharField()
    accounts = serializers.CharField(help_text="workload, all or log_archive: the kind of account that is asked.")
    regions = serializers.CharField(help_text="each, or once an account.")
    needs = serializers.ListField(child=serializers.CharField(), help_text="One of these kinds must be named.")
    takes = serializers.ListField(child=serializers.CharField(), help_text="Handed over where they are named.")
    written = serializers.DictField(child=serializers.CharField(), help_text="How the source writes a kind.")
    follows = serializers.CharField(allow_blank=True)
    before = serializers.CharField()
    after = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]


class PlaybookShown(serializers.Serializer[Any]):
    """What to collect for one kind of incident; ``kinds`` are the resources that its steps speak of."""

    name = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    steps = PlaybookStepShown(many=True)


class PlaceShown(serializers.Serializer[Any]):
    """Where a step is asked."""

    account = serializers.CharField()
    region = serializers.CharField()


class NotAskedShown(serializers.Serializer[Any]):
    """What of a step cannot be asked, and why."""

    subject = serializers.CharField()
    reason = serializers.CharField()


class PlanStepShown(serializers.Serializer[Any]):
    """A step of a plan. ``rank`` is its volatility (0 is gone first); ``follows`` waits for what that step makes."""

    source = serializers.CharField()  # type: ignore[assignment]
    title = serializers.CharField()
    why = serializers.CharField()
    required = serializers.BooleanField(source="is_required")  # type: ignore[assignment]
    rank = serializers.IntegerField()
    follows = serializers.CharField(allow_blank=True)
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    resources = serializers.ListField(child=serializers.CharField())
    places = serializers.SerializerMethodField()
    not_asked = NotAskedShown(many=True, source="cannot")

    @extend_schema_field(PlaceShown(many=True))
    def get_places(self, step: PlannedStep) -> list[dict[str, str]]:
        return [{"account": account, "region": region} for account, region in step.places]


class LineShown(serializers.Serializer[Any]):
    """What was counted of one source in one place (bytes). ``state``: counted, at_least, acts, later or unknown."""

    source = serializers.CharField()  # type: ignore[assignment]
    account = serializers.CharField()
    region = serializers.CharField()
    state = serializers.CharField()
    objects = serializers.IntegerField()
    size = serializers.IntegerField()
    unsized = serializers.IntegerField(help_text="Objects whose size is not known before they are read.")
    words = serializers.CharField(allow_blank=True)


class EstimateShown(serializers.Serializer[Any]):
    """What a plan would bring, as far as it was counted."""

    at = serializers.DateTimeField()
    is_done = serializers.BooleanField()
    lines = LineShown(many=True)


class PlanRow(serializers.ModelSerializer[CollectionPlan]):
    """A plan in a list; a draft has no ``started_at``. Its runs have its ``request``."""

    url = serializers.SerializerMethodField()
    runs_url = serializers.SerializerMethodField()
    request = serializers.SerializerMethodField()
    made_by = username(is_always=True)
    made_at = serializers.DateTimeField(read_only=True, allow_null=True)
    started_by = username()

    class Meta:
        model = CollectionPlan
        fields: tuple[str, ...] = (
            *("url", "request", "runs_url", "playbook", "title", "made_by", "made_at", "started_by", "started_at"),
        )
        read_only_fields = fields

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_request(self, plan: CollectionPlan) -> str | None:
        return str(plan.request) if plan.pk else None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_url(self, plan: CollectionPlan) -> str | None:
        return child_url(self.context, "plan", plan=str(plan.request)) if plan.pk else None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_runs_url(self, plan: CollectionPlan) -> str | None:
        return f"{child_url(self.context, 'runs')}?request={plan.request}" if plan.pk else None


class PlanShown(PlanRow):
    """A plan with its steps, and how many of its runs are in which state; a dry run has no request and no runs.

    Where a run that was at work already does the plan's work, it is counted too; it has the request that asked first.
    """

    scope = serializers.JSONField(read_only=True, help_text="As it was named.")
    steps = serializers.SerializerMethodField()
    estimate = serializers.SerializerMethodField()
    runs = serializers.SerializerMethodField()

    class Meta(PlanRow.Meta):
        fields = (*PlanRow.Meta.fields, "scope", "steps", "estimate", "runs")
        read_only_fields = fields

    @extend_schema_field(PlanStepShown(many=True))
    def get_steps(self, plan: CollectionPlan) -> Any:
        return PlanStepShown(steps_of(plan), many=True).data

    @extend_schema_field(EstimateShown(allow_null=True))
    def get_estimate(self, plan: CollectionPlan) -> Any:
        return EstimateShown(plan.estimate).data if plan.estimate else None

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_runs(self, plan: CollectionPlan) -> dict[str, int]:
        """State of run -> how many."""
        counts: dict[str, int] = {}
        for states in runs_of(plan).values() if plan.pk else ():
            for state, many in states.items():
                counts[state] = counts.get(state, 0) + many
        return counts
