from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

OPEN_STATES = (
    "submitted",
    "acknowledged",
    "detection_and_analysis",
    "containment_eradication_recovery",
    "post_incident",
    "ready_to_close",
    "on_hold",
)


class IncidentQuerySet(models.QuerySet["Incident"]):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """The incidents that ``user`` is a member of: the only door for reads. Nobody else's exist for them."""
        if not user.is_active:
            return self.none()
        mine = Membership.objects.filter(user_id=user.pk, ended_at=None).values("incident")
        return self.filter(pk__in=mine)

    def for_lists(self) -> Self:
        return self.select_related("commander").order_by("-opened_at", "-pk")


class Incident(models.Model):
    """One security incident. Its state and clocks are a cache of the newest transition row."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Submitted")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        DETECTION = "detection_and_analysis", _("Detection and analysis")
        CONTAINMENT = "containment_eradication_recovery", _("Containment, eradication and recovery")
        POST_INCIDENT = "post_incident", _("Post-incident")
        READY_TO_CLOSE = "ready_to_close", _("Ready to close")
        CLOSED = "closed", _("Closed")
        ON_HOLD = "on_hold", _("On hold")

    class Severity(models.IntegerChoices):
        """OCSF severity_id."""

        UNKNOWN = 0, _("Unknown")
        INFORMATIONAL = 1, _("Informational")
        LOW = 2, _("Low")
        MEDIUM = 3, _("Medium")
        HIGH = 4, _("High")
        CRITICAL = 5, _("Critical")
        FATAL = 6, _("Fatal")

    class Tlp(models.TextChoices):
        """Traffic Light Protocol 2.0 (FIRST)."""

        CLEAR = "clear", "TLP:CLEAR"
        GREEN = "green", "TLP:GREEN"
        AMBER = "amber", "TLP:AMBER"
        AMBER_STRICT = "amber+strict", "TLP:AMBER+STRICT"
        RED = "red", "TLP:RED"

    class Outcome(models.TextChoices):
        """The verdict at closure."""

        TRUE_POSITIVE_IMPACT = "true_positive_with_impact", _("True positive with impact")
        TRUE_POSITIVE = "true_positive_without_impact", _("True positive without impact")
        FALSE_POSITIVE = "false_positive", _("False positive")
        BENIGN = "benign", _("Benign")
        DUPLICATE = "duplicate", _("Duplicate")
        UNDETERMINED = "undetermined", _("Undetermined")

    reference = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=300)
    description = models.CharField(max_length=8000, blank=True)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices, default=Severity.UNKNOWN)
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.AMBER)
    state = models.CharField(max_length=32, choices=State.choices, default=State.SUBMITTED)
    outcome = models.CharField(max_length=32, choices=Outcome.choices, blank=True)
    commander = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    restricted = models.BooleanField(default=False)
    legal_hold = models.BooleanField(default=False)
    source = models.CharField(max_length=100, null=True, blank=True, help_text=_("The system that sent it."))
    source_ref = models.CharField(max_length=200, null=True, blank=True, help_text=_("That system's own id."))
    jurisdiction = models.CharField(max_length=32, default="local")
    place = models.CharField(max_length=64, default="local", help_text=_("where its events and reports lie"))
    auto_advance = models.BooleanField(default=True, help_text=_("Start the next phase without being asked."))
    actual_start_at = models.DateTimeField(null=True, blank=True)
    detected_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    contained_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    events_manifest = models.CharField(max_length=64, blank=True)
    events_inputs = models.CharField(max_length=64, blank=True, help_text=_("Hash of the staged inputs indexed."))
    indicators_inputs = models.CharField(
        max_length=64, blank=True, help_text=_("Hash of the indicators to look for; empty while there are none.")
    )
    events_generation = models.PositiveIntegerField(default=0)
    last_exhibit = models.PositiveIntegerField(default=0)
    last_finding = models.PositiveIntegerField(default=0)
    last_summary = models.PositiveIntegerField(default=0)
    last_report = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1, help_text=_("For optimistic locking (ETag)."))
    changed_at = models.DateTimeField()
    change = models.PositiveBigIntegerField(default=0, help_text=_("Counts visible changes; live pages follow it."))

    objects = IncidentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-opened_at", "-id"], name="incident_newest_first")]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_ref"], name="incident_source_ref_once"),
            models.CheckConstraint(
                condition=Q(source=None, source_ref=None) | Q(source__isnull=False, source_ref__isnull=False),
                name="incident_source_and_ref_together",
            ),
            models.CheckConstraint(condition=Q(severity__lte=6), name="incident_severity_is_ocsf"),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="incident_closed_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class IncidentTransition(models.Model):
    """One change of an incident's state. Append-only."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=32, blank=True)
    to_state = models.CharField(max_length=32, choices=Incident.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(from_state=F("to_state")), name="transition_changes_the_state"),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} -> {self.to_state}"


class Membership(models.Model):
    """One person's role in one incident, while it lasts."""

    class Role(models.TextChoices):
        COMMANDER = "commander", _("Commander")
        RESPONDER = "responder", _("Responder")
        ANALYST = "analyst", _("Analyst")
        OBSERVER = "observer", _("Observer")
        LEGAL = "legal", _("Legal")
        EXTERNAL = "external", _("External")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "user"], condition=Q(ended_at=None), name="membership_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"


class Counter(models.Model):
    """The last number given out under a name (a year's incidents). Locked in the transaction that takes the next."""

    name = models.CharField(max_length=32, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"
