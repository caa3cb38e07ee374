from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.incident import Incident
from cases.models.run import Phase, Run, Unit


class GapQuerySet(models.QuerySet["GapRecord"]):
    def current(self) -> Self:
        """Gaps of the newest runs; a run that was done again leaves its old gaps behind."""
        return self.filter(run__is_newest=True)

    def open(self) -> Self:
        return self.current().filter(acknowledged_at=None)

    def for_lists(self) -> Self:
        return self.select_related("run", "run__evidence", "acknowledged_by").order_by("pk")


class GapRecord(models.Model):
    """Something asked for that is not there. A person may acknowledge it by name; it never goes away by itself."""

    class Kind(models.TextChoices):
        DENIED = "denied", _("Access denied")
        NOT_ENABLED = "not_enabled", _("Not enabled")
        OUT_OF_RETENTION = "out_of_retention", _("Out of retention")
        NOT_FOUND = "not_found", _("Not found")
        UNREADABLE = "unreadable", _("Unreadable")
        TOO_LARGE = "too_large", _("Too large")
        TRUNCATED = "truncated", _("Truncated")
        CHANGED = "changed", _("Changed")
        UNSUPPORTED = "unsupported", _("Unsupported")
        INTERRUPTED = "interrupted", _("Interrupted")
        QUARANTINED = "quarantined", _("Quarantined")
        NO_EXAMINER = "no_examiner", _("No examiner")
        UNVERIFIED = "unverified", _("Unverified")
        MISSING = "missing", _("Missing")
        TIMED_OUT = "timed_out", _("Timed out")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="gaps")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="gaps")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="gaps")
    phase = models.CharField(max_length=12, choices=Phase.choices)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    subject = models.CharField(max_length=2048)
    detail = models.CharField(max_length=2000, blank=True)
    noticed_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=2000, blank=True)

    objects = GapQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "subject"], name="gap_once_per_run"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="gap_acknowledged_by_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"
