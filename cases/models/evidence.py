from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.incident import Incident


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def for_lists(self) -> Self:
        return self.select_related("incident").order_by("number")


class Evidence(models.Model):
    """One exhibit that a person would name; its bytes lie in parts. Only its state and seal ever change."""

    class State(models.TextChoices):
        IDENTIFIED = "identified", _("Identified")
        REQUESTED = "requested", _("Requested")
        ACQUIRING = "acquiring", _("Acquiring")
        ACQUIRED = "acquired", _("Acquired")
        VERIFIED = "verified", _("Verified")
        SEALED = "sealed", _("Sealed")
        IN_EXAMINATION = "in_examination", _("In examination")
        RELEASED = "released", _("Released")
        DISPOSAL_PENDING = "disposal_pending", _("Disposal pending")
        DISPOSED = "disposed", _("Disposed")
        INTEGRITY_FAILED = "integrity_failed", _("Integrity failed")

    class Integrity(models.TextChoices):
        """How well the bytes are vouched for."""

        PROVIDER_STATE = "provider_state", _("State reported by the provider")
        PROVIDER_CHECKSUM = "provider_checksum", _("Checksum reported by the provider")
        FULL_HASH = "full_hash", _("Hashed in full")
        FULL_HASH_REREAD = "full_hash_reread", _("Hashed in full, read back and hashed again")

    class Copy(models.TextChoices):
        ORIGINAL = "original", _("Original")
        WORKING_COPY = "working_copy", _("Working copy")
        DERIVATIVE = "derivative", _("Derivative")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="evidence")
    number = models.PositiveIntegerField()
    exhibit = models.CharField(max_length=48, unique=True)
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=32)
    copy = models.CharField(max_length=12, choices=Copy.choices, default=Copy.ORIGINAL)
    derived_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="derivatives"
    )
    source = models.CharField(max_length=64)
    account = models.CharField(max_length=12, blank=True)
    region = models.CharField(max_length=32, blank=True)
    jurisdiction = models.CharField(max_length=32, default="local")
    window_start_at = models.DateTimeField(null=True, blank=True)
    window_end_at = models.DateTimeField(null=True, blank=True)
    resources = models.JSONField(default=list)
    acquisition = models.JSONField(default=dict, help_text=_("tool, version, role, session, who asked"))
    state = models.CharField(max_length=20, choices=State.choices, default=State.REQUESTED)
    integrity = models.CharField(max_length=20, choices=Integrity.choices, default=Integrity.FULL_HASH_REREAD)
    legal_hold = models.BooleanField(default=False)
    members = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text=_("bytes"))
    sha256 = models.CharField(max_length=64, blank=True, help_text=_("of the canonical manifest, fixed at seal"))
    requested_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="evidence_number_once"),
            models.CheckConstraint(condition=~Q(state="sealed") | ~Q(sha256=""), name="evidence_sealed_with_a_hash"),
        ]

    def __str__(self) -> str:
        return self.exhibit

    @property
    def is_empty(self) -> bool:
        """Whether it is sealed without a file: all was asked for, and nothing came."""
        return bool(self.sha256) and not self.members

    @property
    def short(self) -> str:
        """The number as people say it: E0007."""
        return f"E{self.number:04d}"


class EvidencePart(models.Model):
    """One object in the vault: a pack (zip) of members, or one file as it came (raw). Never changed."""

    class Kind(models.TextChoices):
        ZIP = "zip", _("Pack")
        RAW = "raw", _("As it came")

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="parts")
    unit = models.OneToOneField("cases.Unit", on_delete=models.PROTECT, related_name="stored_part")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=4, choices=Kind.choices)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text=_("bytes"))
    place = models.CharField(max_length=64, default="local")
    vault_key = models.CharField(max_length=200)
    members = models.PositiveIntegerField()
    stored_at = models.DateTimeField()
    verified_at = models.DateTimeField()

    class Meta:
        ordering = ["evidence", "number"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "number"], name="part_number_once"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="part_has_a_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} part {self.number}"


class Member(models.Model):
    """One file inside a part, with the name it had where it came from. Never changed."""

    part = models.ForeignKey(EvidencePart, on_delete=models.PROTECT, related_name="files")
    index = models.PositiveIntegerField()
    file = models.CharField(max_length=2048)
    origin = models.CharField(max_length=2048)
    version = models.CharField(max_length=1024, blank=True)
    size = models.PositiveBigIntegerField(help_text=_("bytes"))
    sha256 = models.CharField(max_length=64)
    modified_at = models.DateTimeField(null=True, blank=True)
    notes = models.JSONField(default=dict)

    class Meta:
        ordering = ["part", "index"]
        constraints = [
            models.UniqueConstraint(fields=["part", "index"], name="member_index_once"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="member_has_a_sha256"),
        ]

    def __str__(self) -> str:
        return self.file
