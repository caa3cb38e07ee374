"""One row each: what it is stands in the model's docstring."""

from cases.models.account import ROLE_NAMES, AwsAccount, RoleCheck, new_external_id
from cases.models.custody import PORTAL_LOG, CustodyEntry, CustodyLog
from cases.models.evidence import Evidence, EvidencePart, Member
from cases.models.examination import ExaminedFile, QuarantinedRecord, StagedFile, Verdict
from cases.models.finding import INDICATORS, LEADS, OBJECTS, PRINCIPAL_SUMMARY, SUMMARIES, Answer, Finding
from cases.models.gap import GapRecord
from cases.models.incident import Counter, Incident, IncidentTransition, Membership
from cases.models.indicator import TYPED, Indicator
from cases.models.note import Note, NoteRevision
from cases.models.plan import CollectionPlan
from cases.models.readiness import ReadinessRequest, ReadinessRun
from cases.models.report import Report
from cases.models.run import ACTIVE, MAX_ATTEMPTS, QUEUES, Phase, Run, RunQuerySet, Unit
from cases.models.saved_view import SavedView
from cases.models.sovereignty import LOCAL, Authorization, Policy
from cases.models.timeline import TimelineEntry
from cases.models.user import PORTAL, User

__all__ = [
    "ACTIVE",
    "INDICATORS",
    "LEADS",
    "LOCAL",
    "MAX_ATTEMPTS",
    "OBJECTS",
    "PORTAL",
    "PORTAL_LOG",
    "PRINCIPAL_SUMMARY",
    "QUEUES",
    "ROLE_NAMES",
    "SUMMARIES",
    "TYPED",
    "Answer",
    "Authorization",
    "AwsAccount",
    "CollectionPlan",
    "Counter",
    "CustodyEntry",
    "CustodyLog",
    "Evidence",
    "EvidencePart",
    "ExaminedFile",
    "Finding",
    "GapRecord",
    "Incident",
    "IncidentTransition",
    "Indicator",
    "Member",
    "Membership",
    "Note",
    "NoteRevision",
    "Phase",
    "Policy",
    "QuarantinedRecord",
    "ReadinessRequest",
    "ReadinessRun",
    "Report",
    "RoleCheck",
    "Run",
    "RunQuerySet",
    "SavedView",
    "StagedFile",
    "TimelineEntry",
    "Unit",
    "User",
    "Verdict",
    "new_external_id",
]
