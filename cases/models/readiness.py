from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

MOST_LOOKS = 3  # tries that a request is worth


class ReadinessRequestQuerySet(models.QuerySet["ReadinessRequest"]):
    def open(self) -> Self:
        return self.filter(is_open=True)

    def claimable(self) -> Self:
        """Nobody is looking, or whoever was has fallen silent; by the database's clock."""
        is_free = Q(taken_until=None) | Q(taken_until__lt=Now())
        return self.open().filter(is_free, attempts__lt=MOST_LOOKS)

    def given_up(self) -> Self:
        """Tried as often as it may be, and silent."""
        return self.open().filter(attempts__gte=MOST_LOOKS, taken_until__lt=Now())


class ReadinessRequest(models.Model):
    """A wish to look at the forensic environment. One is open at a time; a worker takes it and closes it."""

    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    taken_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0, help_text=_("checks made so far"))
    is_open = models.BooleanField(default=True)
    error = models.TextField(blank=True)

    objects = ReadinessRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_open"], condition=Q(is_open=True), name="readiness_one_open"),
            models.CheckConstraint(condition=Q(error="") | Q(is_open=False), name="readiness_error_when_closed"),
        ]

    def __str__(self) -> str:
        return f"readiness, asked {self.requested_at:%Y-%m-%d %H:%M}"


class ReadinessRun(models.Model):
    """One look at the forensic environment, as AWS answered. Triggers refuse any change.

    ``results`` holds for each check its name, title, practice, weight, outcome, summary, todo and observations.
    """

    request = models.OneToOneField(ReadinessRequest, on_delete=models.PROTECT, related_name="run")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(db_index=True)
    score = models.PositiveSmallIntegerField(help_text=_("0 to 100"))
    passed = models.PositiveSmallIntegerField()
    checks = models.PositiveSmallIntegerField()
    results = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__lte=100), name="readiness_score_to_100"),
            models.CheckConstraint(condition=Q(passed__lte=F("checks")), name="readiness_passed_of_checks"),
        ]

    def __str__(self) -> str:
        return f"{self.passed} of {self.checks} checks passed"

    @property
    def is_ready(self) -> bool:
        return self.passed == self.checks
