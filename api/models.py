"""What the API itself must remember: its tokens, and the answers it gave to keyed requests."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

KEEP = timedelta(hours=24)
IN_WORK = timedelta(minutes=2)


class ApiToken(AbstractAuthToken):  # type: ignore[misc]
    """One token of a person or a SOAR, stored as SHA-512 of 256 random bits; shown once, when it is made."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=Scope.choices, default=Scope.READ)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="token_name_once_per_user"),
            models.CheckConstraint(condition=Q(scope__in=("read", "write")), name="token_scope_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.token_key}... ({self.name})"

    @property
    def can_write(self) -> bool:
        return self.scope == self.Scope.WRITE

    @property
    def is_expired(self) -> bool:
        return self.expiry is not None and self.expiry <= timezone.now()


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    def stale(self) -> Self:
        """Answers past their 24 hours, and requests that died in work."""
        now = timezone.now()
        return self.filter(Q(made_at__lt=now - KEEP) | Q(status=0, made_at__lt=now - IN_WORK))


class KeptAnswer(models.Model):
    """The answer to one request with an Idempotency-Key, given again when it is repeated. Status 0: still in work."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64, help_text=_("of method, path and body"))
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    location = models.CharField(max_length=500, blank=True)
    etag = models.CharField(max_length=100, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answer_once_per_key")]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
