from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models.incident import Incident


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def for_lists(self) -> Self:
        return self.select_related("made_by").order_by("name", "pk")


class SavedView(models.Model):
    """A question to the events that somebody keeps under a name, for all members of the incident.

    ``query`` is the query string of the timeline as the page itself writes it.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="saved_views")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=8000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "name"], name="saved_view_name_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_view_names_both"),
        ]

    def __str__(self) -> str:
        return f"saved view {self.pk}"
