from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.incident import Incident
from cases.models.run import Run


class Report(models.Model):
    """One frozen version of the report: content and PDF lie in the vault. Only the people's words on it change.

    A version that becomes final gets pages that say so, with its reviewers; the custody log keeps the hashes of both.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft, not reviewed")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        FINAL = "final", _("Final")
        SUPERSEDED = "superseded", _("Superseded")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reports")
    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="report")
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    content_sha256 = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64)
    pdf_size = models.PositiveBigIntegerField(help_text=_("bytes"))
    manifest = models.JSONField(help_text=_("hashes of the evidence and findings it speaks of"))
    manifest_sha256 = models.CharField(max_length=64)
    inputs_hash = models.CharField(max_length=64)
    custody_size = models.PositiveBigIntegerField(help_text=_("the custody log as of this entry"))
    custody_root = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "version"], name="report_version_once")]

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def is_under_review(self) -> bool:
        return self.status in (self.Status.IN_REVIEW, self.Status.APPROVED)
