from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.finding import Finding
from cases.models.incident import Incident


class TimelineEntryQuerySet(models.QuerySet["TimelineEntry"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def withdrawn(self) -> Self:
        return self.filter(withdrawn_at__isnull=False)

    def for_lists(self) -> Self:
        """In the order in which it happened, with all that a row shows."""
        return self.select_related("finding__decided_by", "made_by", "withdrawn_by").order_by("at", "pk")


class TimelineEntry(models.Model):
    """One sentence of what the team holds to be the story of the incident. Never deleted: a withdrawn one stays.

    ``snapshot`` is what the event or finding said when it was added: the story reads without the events.
    """

    class Kind(models.TextChoices):
        MANUAL = "manual", _("By hand")
        EVENT = "event", _("From an event")
        FINDING = "finding", _("From a finding")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="timeline_entries")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.MANUAL)
    at = models.DateTimeField()
    title = models.CharField(max_length=300)
    text = models.CharField(max_length=4000, blank=True)
    event = models.CharField(max_length=64, blank=True, help_text=_("key of the event: exhibit, part, member, row"))
    finding = models.ForeignKey(Finding, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    snapshot = models.JSONField(default=dict)
    techniques = models.JSONField(default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=2000, blank=True)

    objects = TimelineEntryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["incident", "at", "id"], name="timeline_in_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "event"],
                condition=Q(kind="event", withdrawn_at=None),
                name="timeline_event_stands_once",
            ),
            models.UniqueConstraint(
                fields=["incident", "finding"],
                condition=Q(kind="finding", withdrawn_at=None),
                name="timeline_finding_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="manual", event="", finding=None)
                | (Q(kind="event", finding=None) & ~Q(event=""))
                | Q(kind="finding", event="", finding__isnull=False),
                name="timeline_entry_is_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="timeline_withdrawn_by_name",
            ),
        ]

    def __str__(self) -> str:
        return f"timeline entry {self.pk}"
