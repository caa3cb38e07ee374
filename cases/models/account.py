import secrets
from collections.abc import Mapping
from typing import Any, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

ROLE_NAMES = {"read": "ForensicsReadOnly", "acquire": "ForensicsAcquire"}  # as the templates in deploy/ name them


class AwsAccount(models.Model):
    """One account of the AWS organisation, and the roles by which the portal may enter it."""

    class Kind(models.TextChoices):
        MANAGEMENT = "management", _("Management")
        LOG_ARCHIVE = "log_archive", _("Log archive")
        SECURITY_TOOLING = "security_tooling", _("Security tooling")
        FORENSICS = "forensics", _("Forensics")
        WORKLOAD = "workload", _("Workload")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        GONE = "gone", _("Gone from the organisation")

    account = models.CharField(max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$")])
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    email = models.CharField(max_length=320, blank=True, help_text=_("of the account's root user"))
    ou_path = models.CharField(max_length=1000, blank=True, help_text=_("organisational units, from the root down"))
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    regions = models.JSONField(default=list)
    jurisdiction = models.CharField(max_length=32, default="local", help_text=_("whose law its evidence is under"))
    region_jurisdictions = models.JSONField(
        default=dict, blank=True, help_text=_("region -> jurisdiction, where it is another than the account's")
    )
    read_role_arn = models.CharField(max_length=2048, blank=True)
    acquire_role_arn = models.CharField(max_length=2048, blank=True)
    external_id = models.CharField(max_length=1224, blank=True)
    trail_buckets = models.JSONField(default=list, help_text=_("bucket or bucket/prefix, where its log files lie"))
    typed = models.JSONField(default=list, help_text=_("fields that a person set; discovery leaves them alone"))
    discovered_at = models.DateTimeField(null=True, blank=True, help_text=_("when AWS last named it to us"))

    class Meta:
        ordering = ["account"]
        constraints = [
            models.CheckConstraint(condition=models.Q(account__regex=r"^[0-9]{12}$"), name="account_is_twelve_digits"),
            models.CheckConstraint(condition=~models.Q(jurisdiction=""), name="account_has_a_jurisdiction"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.account})"

    def role_arn(self, role: str) -> str:
        """The ARN of its ``read`` or ``acquire`` role, empty where it has none."""
        return {"read": self.read_role_arn, "acquire": self.acquire_role_arn}[role]

    def fill(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Set what no person typed; return the fields that changed. Saves nothing."""
        changed = {
            name: value
            for name, value in values.items()
            if name not in self.typed and value != getattr(self, name)
        }  # fmt: skip
        for name, value in changed.items():
            setattr(self, name, value)
        return changed

    def jurisdiction_in(self, region: str) -> str:
        """Whose law evidence from ``region`` is under; the account's own holds where the region has none."""
        return str(self.region_jurisdictions.get(region) or self.jurisdiction)


def new_external_id() -> str:
    """Its own for each account, so that no other customer of the portal's role can borrow it."""
    return secrets.token_urlsafe(24)


class RoleCheckQuerySet(models.QuerySet["RoleCheck"]):
    def newest(self) -> Self:
        """The newest check of each role of each account."""
        last = self.order_by().values("account", "role").annotate(last=Max("pk")).values("last")
        return self.filter(pk__in=last)


class RoleCheck(models.Model):
    """What one try at one role of an account came to. Triggers refuse any change: a later try is a row of its own."""

    class Role(models.TextChoices):
        READ = "read", _("Read")
        ACQUIRE = "acquire", _("Acquire")

    account = models.ForeignKey(AwsAccount, on_delete=models.PROTECT, related_name="role_checks")
    role = models.CharField(max_length=8, choices=Role.choices)
    role_arn = models.CharField(max_length=2048, blank=True)
    is_entered = models.BooleanField(help_text=_("AWS let the portal into the role"))
    found_account = models.CharField(max_length=12, blank=True, help_text=_("where the role led"))
    refuses_strangers = models.BooleanField(null=True, help_text=_("refuses a wrong ExternalId; null: not known"))
    are_actions_known = models.BooleanField(default=False, help_text=_("AWS was willing to say what is allowed"))
    missing_actions = models.JSONField(default=list)
    said = models.TextField(blank=True, help_text=_("AWS's own words, where it refused or failed"))
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = RoleCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["account", "role", "-id"], name="role_check_newest")]

    def __str__(self) -> str:
        return f"{self.role} role of {self.account_id}"

    @property
    def is_right_account(self) -> bool:
        return self.found_account == self.account.account

    @property
    def state(self) -> str:
        """ok, warn (works, and something is not as it should be or not known) or failed."""
        if not self.is_entered or not self.is_right_account:
            return "failed"
        is_sound = self.refuses_strangers and self.are_actions_known and not self.missing_actions
        return "ok" if is_sound else "warn"
