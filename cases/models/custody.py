from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PORTAL_LOG = "portal"


class CustodyLog(models.Model):
    """One log and its head: how many entries, the Merkle root over them, and what an append needs to go on."""

    name = models.CharField(max_length=32, unique=True)
    size = models.PositiveBigIntegerField(default=0)
    root = models.CharField(max_length=64)
    frontier = models.TextField(default="", blank=True)
    last_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.size})"


class CustodyEntryQuerySet(models.QuerySet["CustodyEntry"]):
    def about(self, kind: str, identifier: str) -> Self:
        return self.filter(object_type=kind, object_id=identifier)


class CustodyEntry(models.Model):
    """One handling of evidence: the exact canonical bytes and their place in the tree. Triggers refuse any change.

    The columns beside ``data`` only help to find entries; the bytes are the entry.
    """

    class Action(models.TextChoices):
        OPENED = "opened", _("Incident opened")
        TRANSITIONED = "transitioned", _("State changed")
        IDENTIFIED = "identified", _("Identified")
        REQUESTED = "requested", _("Requested")
        RECEIVED = "received", _("Received")
        ACQUIRED = "acquired", _("Acquired")
        ACQUISITION_FAILED = "acquisition_failed", _("Acquisition failed")
        VERIFIED = "verified", _("Verified")
        VERIFICATION_FAILED = "verification_failed", _("Verification failed")
        SEALED = "sealed", _("Sealed")
        ACCESSED = "accessed", _("Accessed")
        DOWNLOADED = "downloaded", _("Downloaded")
        EXPORTED = "exported", _("Exported")
        EXAMINED = "examined", _("Examined")
        VALIDATED = "validated", _("Validated")
        INDEXED = "indexed", _("Indexed")
        ANALYSED = "analysed", _("Analysed")
        DECIDED = "decided", _("Finding decided")
        INDICATORS_ADDED = "indicators_added", _("Indicators added")
        INDICATOR_REMOVED = "indicator_removed", _("Indicator removed")
        GAP_ACKNOWLEDGED = "gap_acknowledged", _("Gap acknowledged")
        REPORTED = "reported", _("Report made")
        REPORT_DECIDED = "report_decided", _("Report decided")
        HOLD_PLACED = "hold_placed", _("Legal hold placed")
        HOLD_RELEASED = "hold_released", _("Legal hold released")
        ACCESS_GRANTED = "access_granted", _("Access granted")
        ACCESS_REVOKED = "access_revoked", _("Access revoked")
        RUN_CANCELLED = "run_cancelled", _("Run cancelled")
        RUN_ENDED = "run_ended", _("Run ended")
        CHANGED = "changed", _("Incident changed")
        SETTINGS_CHANGED = "settings_changed", _("Settings changed")
        HEAD_RECORDED = "head_recorded", _("Log head recorded")
        MOVE_REFUSED = "move_refused", _("Refused by the region guard")
        COPY_PERMITTED = "copy_permitted", _("Copy permitted")
        COPIED = "copied", _("Copied")
        COPIED_CROSS_REGION = "copied_cross_region", _("Copied to another region")
        AUTHORIZED = "authorized", _("Place authorised")
        AUTHORIZATION_WITHDRAWN = "authorization_withdrawn", _("Authorisation withdrawn")
        POLICY_MADE = "policy_made", _("Policy of places made")
        POLICY_WITHDRAWN = "policy_withdrawn", _("Policy of places withdrawn")
        TIMELINE_ADDED = "timeline_added", _("Added to the case timeline")
        TIMELINE_WITHDRAWN = "timeline_withdrawn", _("Withdrawn from the case timeline")
        VIEW_SAVED = "view_saved", _("View of the timeline saved")
        VIEW_REMOVED = "view_removed", _("View of the timeline removed")
        NOTED = "noted", _("Note written")
        NOTE_REVISED = "note_revised", _("Note revised")
        CORRECTED = "corrected", _("Corrected")

    log = models.ForeignKey(CustodyLog, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveBigIntegerField()
    data = models.BinaryField()
    leaf_hash = models.CharField(max_length=64)
    root = models.CharField(max_length=64, help_text=_("of the tree with this entry as its last"))
    action = models.CharField(max_length=24, choices=Action.choices)
    object_type = models.CharField(max_length=32)
    object_id = models.CharField(max_length=200)
    actor = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = CustodyEntryQuerySet.as_manager()

    class Meta:
        ordering = ["log", "seq"]
        indexes = [models.Index(fields=["log", "object_type", "object_id"], name="custody_by_object")]
        constraints = [
            models.UniqueConstraint(fields=["log", "seq"], name="custody_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="custody_seq_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id} entry {self.seq}: {self.action}"
