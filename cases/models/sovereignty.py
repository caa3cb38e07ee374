from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.incident import Incident

LOCAL = "local"  # the jurisdiction and the place of a portal that nobody told otherwise


class PolicyQuerySet(models.QuerySet["Policy"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def for_lists(self) -> Self:
        return self.select_related("made_by", "withdrawn_by").order_by("jurisdiction", "place", "pk")


class Policy(models.Model):
    """Evidence of a jurisdiction may lie in a place, in every incident. Never deleted: a withdrawn one stays."""

    jurisdiction = models.CharField(max_length=32)
    place = models.CharField(max_length=64)
    reason = models.CharField(max_length=2000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=2000, blank=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "place"], condition=Q(withdrawn_at=None), name="policy_stands_once"
            ),
            models.CheckConstraint(condition=~Q(jurisdiction="") & ~Q(place=""), name="policy_names_both"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="policy_withdrawn_by_name",
            ),
        ]

    def __str__(self) -> str:
        return f"policy {self.pk}"


class AuthorizationQuerySet(models.QuerySet["Authorization"]):
    def covering(self, moment: datetime) -> Self:
        """Those that allow something at ``moment``: neither withdrawn nor past their end."""
        return self.filter(withdrawn_at=None, authorized_at__lte=moment, until_at__gt=moment)

    def for_lists(self) -> Self:
        return self.select_related("authorized_by", "withdrawn_by").order_by("-authorized_at", "-pk")


class Authorization(models.Model):
    """Who allowed evidence of a jurisdiction to come to a place, for one incident, why, by what law, until when.

    Never deleted: one that was withdrawn or has run out stays.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="authorizations")
    jurisdiction = models.CharField(max_length=32)
    place = models.CharField(max_length=64)
    reason = models.CharField(max_length=2000)
    legal_basis = models.CharField(max_length=2000)
    authorized_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    authorized_at = models.DateTimeField()
    until_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=2000, blank=True)

    objects = AuthorizationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=F("authorized_at")), name="authorization_ends_after"),
            models.CheckConstraint(
                condition=~Q(jurisdiction="") & ~Q(place="") & ~Q(legal_basis=""), name="authorization_is_whole"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="authorization_withdrawn_by_name",
            ),
        ]

    def __str__(self) -> str:
        return f"authorization {self.pk}"

    @property
    def state(self) -> str:
        """The word for it now: standing, withdrawn, or run out."""
        if self.withdrawn_at:
            return "withdrawn"
        return "standing" if self.until_at > timezone.now() else "expired"

    @property
    def state_word(self) -> str:
        return str({"withdrawn": _("Withdrawn"), "standing": _("Standing"), "expired": _("Expired")}[self.state])
