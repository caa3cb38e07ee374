from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.incident import Incident


class PlanQuerySet(models.QuerySet["CollectionPlan"]):
    def started(self) -> Self:
        return self.filter(started_at__isnull=False)

    def for_lists(self) -> Self:
        return self.select_related("made_by", "started_by").order_by("-made_at", "-pk")


class CollectionPlan(models.Model):
    """A playbook turned into steps for one incident. A draft until a person starts it; then its steps become runs.

    ``steps`` are frozen as they were planned: what a file of the playbook says later changes no plan.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="plans")
    request = models.UUIDField(unique=True, default=uuid4, help_text=_("The runs of the plan share it."))
    playbook = models.CharField(max_length=40)
    title = models.CharField(max_length=100)
    scope = models.JSONField(help_text=_("accounts, regions, window and resources, as they were named"))
    steps = models.JSONField(default=list, help_text=_("what is asked of whom, and what cannot be asked, in order"))
    estimate = models.JSONField(default=dict, help_text=_("what AWS holds of it, as far as it was counted"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True, help_text=_("when all steps that wait for none were asked."))

    objects = PlanQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["incident", "-made_at"], name="plan_of_incident")]
        constraints = [
            models.CheckConstraint(
                condition=Q(started_at=None, started_by=None) | Q(started_at__isnull=False, started_by__isnull=False),
                name="plan_started_by_name",
            ),
            models.CheckConstraint(
                condition=Q(asked_at=None) | Q(started_at__isnull=False), name="plan_asked_after_its_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.incident_id})"
