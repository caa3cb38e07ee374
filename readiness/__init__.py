"""Checks of the forensic environment against SEC10-BP03, one module each. No Django, no Celery."""

from readiness.base import Check, Look, check, checks, verdict_of
from readiness.organisation import Account, Kind, NoEntry, Organisation, Rehearsal, Role
from readiness.recovery import RecoveryPoint, last_before
from readiness.score import Score, score_of
from readiness.verdicts import Observation, Outcome, Verdict, judged

__all__ = [
    "Account",
    "Check",
    "Kind",
    "Look",
    "NoEntry",
    "Observation",
    "Organisation",
    "Outcome",
    "RecoveryPoint",
    "Rehearsal",
    "Role",
    "Score",
    "Verdict",
    "check",
    "checks",
    "judged",
    "last_before",
    "score_of",
    "verdict_of",
]
