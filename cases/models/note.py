from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q

from cases.models.finding import Finding
from cases.models.incident import Incident


class NoteQuerySet(models.QuerySet["Note"]):
    def for_lists(self) -> Self:
        """Newest first, with all revisions: two queries, however many notes."""
        revisions = NoteRevision.objects.order_by("number")
        with_people = self.select_related("made_by", "finding")
        return with_people.prefetch_related(Prefetch("revisions", queryset=revisions)).order_by("-pk")

    def on_event(self, key: str) -> Self:
        return self.filter(event=key)

    def on_finding(self, finding: Finding) -> Self:
        return self.filter(finding=finding)


class Note(models.Model):
    """What somebody wrote about an incident, one of its events or one of its findings. Append-only.

    Its words are those of its newest revision; only its author revises it.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="notes")
    event = models.CharField(max_length=64, blank=True)
    finding = models.ForeignKey(Finding, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = NoteQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["incident", "event", "-id"], name="note_by_event")]
        constraints = [
            models.CheckConstraint(condition=Q(event="") | Q(finding=None), name="note_is_about_one_thing"),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"

    @property
    def newest(self) -> "NoteRevision":
        """The revision whose words stand."""
        return list(self.revisions.all())[-1]

    @property
    def is_edited(self) -> bool:
        return self.newest.number > 1


class NoteRevision(models.Model):
    """What a note said from a moment on, in its author's words. Append-only."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=8000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "number"], name="note_revision_once"),
            models.CheckConstraint(condition=Q(number__gte=1) & ~Q(text=""), name="note_revision_says_something"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of note {self.note_id}"
