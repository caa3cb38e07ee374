from datetime import timedelta
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.incident import Incident


class Phase(models.TextChoices):
    """The four phases of NIST SP 800-86."""

    COLLECTION = "collection", _("Collection")
    EXAMINATION = "examination", _("Examination")
    ANALYSIS = "analysis", _("Analysis")
    REPORTING = "reporting", _("Reporting")


QUEUES = {
    Phase.COLLECTION: "collect",
    Phase.EXAMINATION: "examine",
    Phase.ANALYSIS: "analyze",
    Phase.REPORTING: "report",
}
MAX_ATTEMPTS = 3
ACTIVE = ("queued", "running")


class RunQuerySet(models.QuerySet["Run"]):
    def active(self) -> Self:
        return self.filter(state__in=ACTIVE)

    def newest(self) -> Self:
        """Only these count for a phase: the newest run of each tool and scope."""
        return self.filter(is_newest=True)

    def of(self, phase: str) -> Self:
        return self.filter(phase=phase)

    def for_lists(self) -> Self:
        return self.select_related("requested_by", "evidence").order_by("-requested_at", "-pk")


class Run(models.Model):
    """One piece of work of one phase, claimed whole by one process. The row is the truth, the queue only a bell."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        COMPLETE = "complete", _("Complete")
        FAILED = "failed", _("Failed")
        DEAD = "dead", _("Dead")
        CANCELLED = "cancelled", _("Cancelled")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="runs")
    request = models.UUIDField(default=uuid4, help_text=_("Runs asked for together share it."))
    phase = models.CharField(max_length=12, choices=Phase.choices)
    tool = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    scope = models.JSONField(default=dict)
    scope_hash = models.CharField(max_length=64)
    inputs_hash = models.CharField(max_length=64, blank=True)
    evidence = models.ForeignKey("cases.Evidence", null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    part = models.ForeignKey("cases.EvidencePart", null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_newest = models.BooleanField(default=True)
    priority = models.PositiveSmallIntegerField(default=5, help_text=_("0 is served first."))

    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    not_before = models.DateTimeField(null=True, blank=True)
    waiting_for = models.CharField(max_length=500, blank=True)
    wait_until = models.DateTimeField(null=True, blank=True, help_text=_("When waiting for AWS is given up."))
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    worker = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    doing = models.CharField(max_length=500, blank=True, help_text=_("What is happening now, in words."))
    result_hash = models.CharField(max_length=64, blank=True)

    units_planned = models.PositiveIntegerField(default=0)
    units_done = models.PositiveIntegerField(default=0)
    members = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text=_("bytes"))
    records = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    quarantined = models.PositiveBigIntegerField(default=0)
    findings = models.PositiveIntegerField(default=0)

    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "phase", "priority", "requested_at"], name="run_next"),
            models.Index(fields=["incident", "-requested_at"], name="run_of_incident"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "tool", "scope_hash", "inputs_hash"],
                condition=Q(state__in=ACTIVE),
                name="run_active_once",
            ),
            models.UniqueConstraint(
                fields=["incident", "tool", "scope_hash"], condition=Q(is_newest=True), name="run_newest_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("failed", "dead", "cancelled")) | Q(error=""),
                name="run_error_only_when_ended_so",
            ),
            models.CheckConstraint(
                condition=Q(records=models.F("rows") + models.F("quarantined")), name="run_tally_balances"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tool} of {self.incident_id} ({self.state})"

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def queue(self) -> str:
        return QUEUES[Phase(self.phase)]

    @property
    def took(self) -> timedelta | None:
        return self.ended_at - self.started_at if self.started_at and self.ended_at else None


class Unit(models.Model):
    """What a run counts: a part of evidence to store or to examine, a question, a report version."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        EMPTY = "empty", _("Empty")
        DENIED = "denied", _("Access denied")
        NOT_ENABLED = "not_enabled", _("Not enabled")
        OUT_OF_RETENTION = "out_of_retention", _("Out of retention")
        PARTIAL = "partial", _("Partial")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        WAIVED = "waived", _("Waived")

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="units")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PLANNED)
    plan = models.JSONField(default=list, help_text=_("origin and version of each artifact, in order"))
    planned_size = models.PositiveBigIntegerField(default=0, help_text=_("bytes; unknown sizes count 0"))
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="unit_number_once")]

    def __str__(self) -> str:
        return f"unit {self.number} of run {self.run_id}"
