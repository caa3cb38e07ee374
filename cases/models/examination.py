from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cases.models.evidence import Evidence, EvidencePart
from cases.models.incident import Incident
from cases.models.run import Run


class StagedFile(models.Model):
    """One Parquet file of rows that one examiner made of one part. Replaced only by a newer run over the part."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="staged_files")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="staged_files")
    part = models.ForeignKey(EvidencePart, on_delete=models.PROTECT, related_name="staged_files")
    examiner = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    family = models.CharField(max_length=64)
    rows = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField(help_text=_("bytes"))
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "part", "examiner"], name="staged_once_per_run")]

    def __str__(self) -> str:
        return self.name


class ExaminedFile(models.Model):
    """What became of one file: records read = rows + quarantined. Files inside archives are here too."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="examined_files")
    part = models.ForeignKey(EvidencePart, on_delete=models.PROTECT, related_name="examined_files")
    index = models.PositiveIntegerField()
    file = models.CharField(max_length=2048)
    examiner = models.CharField(max_length=64, blank=True, help_text=_("empty: nothing read it"))
    read = models.PositiveBigIntegerField()
    rows = models.PositiveBigIntegerField()
    quarantined = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "part", "index"], name="examined_once_per_run"),
            models.CheckConstraint(condition=models.Q(read=F("rows") + F("quarantined")), name="file_tally_balances"),
        ]

    def __str__(self) -> str:
        return self.file


class QuarantinedRecord(models.Model):
    """A record that no row came of: file, row and reason. ``row`` is empty when the whole file is meant.

    A part with more than QUARANTINE_ROWS of them keeps the first here; all of them lie in the vault as JSON Lines.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="quarantined_records")
    part = models.ForeignKey(EvidencePart, on_delete=models.PROTECT, related_name="quarantined_records")
    index = models.PositiveIntegerField()
    file = models.CharField(max_length=2048)
    row = models.PositiveBigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=500)

    class Meta:
        indexes = [models.Index(fields=["part", "index", "row"], name="quarantine_place")]

    def __str__(self) -> str:
        return f"{self.file} row {self.row}: {self.reason}"


class Verdict(models.Model):
    """What a validator says of one file: valid, altered, missing, unlisted, no digest, unverifiable."""

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        ALTERED = "altered", _("Altered")
        MISSING = "missing", _("Missing")
        UNLISTED = "unlisted", _("Unlisted")
        NO_DIGEST = "no_digest", _("No digest")
        UNVERIFIABLE = "unverifiable", _("Unverifiable")

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="verdicts")
    evidence = models.ForeignKey(Evidence, null=True, blank=True, on_delete=models.PROTECT, related_name="verdicts")
    part = models.PositiveIntegerField(default=0)
    index = models.IntegerField(default=-1)
    file = models.CharField(max_length=2048)
    state = models.CharField(max_length=12, choices=State.choices)
    detail = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "state"], name="verdict_by_state")]

    def __str__(self) -> str:
        return f"{self.file}: {self.state}"
