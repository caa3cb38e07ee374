import json
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.incident import Incident
from cases.models.run import Run

INDICATORS = "indicators"  # the question whose findings are about what somebody else knew before
PRINCIPAL_SUMMARY, LEADS, OBJECTS = "principal_summary", "leads", "s3_objects"
# The questions whose rows are facts and hints, no findings; each with the letter of its labels.
SUMMARIES = {PRINCIPAL_SUMMARY: "P", LEADS: "L", OBJECTS: "S"}


class FindingQuerySet(models.QuerySet["Finding"]):
    def for_lists(self) -> Self:
        """The gravest first; of the same severity, what was done before which known indicator was seen."""
        is_indicator = models.Case(models.When(question=INDICATORS, then=1), default=0)
        return self.select_related("decided_by").order_by("-severity", is_indicator, "first_at", "number")

    def detections(self) -> Self:
        """Findings proper: the rows that only sum up what was done, or say where to look, are left out."""
        return self.exclude(question__in=SUMMARIES)

    def summaries(self) -> Self:
        return self.filter(question=PRINCIPAL_SUMMARY)

    def leads(self) -> Self:
        """Where to look first, as the newest analysis ranks it; dismissed ones are left out."""
        return self.standing().filter(question=LEADS).order_by("facts__rank", "number")

    def objects(self) -> Self:
        """What was done to the objects of buckets, as the newest analysis counts it."""
        return self.standing().filter(question=OBJECTS).order_by("facts__rank", "number")

    def standing(self) -> Self:
        """What the newest analysis says; dismissed ones and ones no longer found are left out."""
        return self.filter(is_current=True).exclude(status=Finding.Status.DISMISSED)


class Finding(models.Model):
    """One answer of one question about one entity. Counts are the analyzer's, the status is a person's.

    Summaries of principals (P-01), leads (L-01) and objects (S-01) are counted apart, so that the numbers of findings
    proper (F-01) have no holes.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        CONFIRMED = "confirmed", _("Confirmed")
        DISMISSED = "dismissed", _("Dismissed")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="findings")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="found")
    number = models.PositiveIntegerField()
    question = models.CharField(max_length=200)
    tool = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    entity_kind = models.CharField(max_length=32)
    entity = models.CharField(max_length=2048)
    severity = models.PositiveSmallIntegerField(choices=Incident.Severity.choices)
    techniques = models.JSONField(default=list)
    count = models.PositiveBigIntegerField()
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    principals = models.JSONField(default=list)
    examples = models.JSONField(default=list)
    query = models.JSONField(default=dict)
    explanation = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)
    false_positives = models.JSONField(default=list)
    author = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict)
    inputs_hash = models.CharField(max_length=64)
    is_current = models.BooleanField(default=True, help_text=_("The newest analysis still finds it."))
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=2000, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "number"], condition=~Q(question__in=list(SUMMARIES)), name="finding_number_once"
            ),
            models.UniqueConstraint(
                fields=["incident", "number"], condition=Q(question__in=list(SUMMARIES)), name="summary_number_once"
            ),
            models.UniqueConstraint(
                fields=["incident", "question", "entity_kind", "entity"], name="finding_once_per_entity"
            ),
            models.CheckConstraint(
                condition=Q(status="proposed") | Q(decided_by__isnull=False), name="finding_decided_by_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def entity_parts(self) -> list[str]:
        """The values that together are whom it is about: a rule that groups by several fields keeps a JSON list."""
        try:
            parts = json.loads(self.entity) if self.entity.startswith("[") else None
        except ValueError:  # a name that only begins like a list, or one that was cut
            parts = None
        return [str(part) for part in parts] if isinstance(parts, list) and parts else [self.entity]

    @property
    def entity_words(self) -> str:
        return ", ".join(self.entity_parts)

    @property
    def is_summary(self) -> bool:
        return self.question in SUMMARIES

    @property
    def label(self) -> str:
        return f"{SUMMARIES.get(self.question, 'F')}-{self.number:02d}"


class Answer(models.Model):
    """What one question came to in one run, "no match" included; an error says why it could not be asked."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=200)
    version = models.CharField(max_length=64)
    matches = models.PositiveBigIntegerField(default=0)
    error = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "question"], name="answer_once_per_run")]

    def __str__(self) -> str:
        return f"{self.question}: {self.matches}"
