"""Phase 2, Examination: one module per evidence format -> typed event rows, and validators. No Django, no Celery."""

from examiners.base import (
    VERDICTS,
    EventBatch,
    Examined,
    Examiner,
    Member,
    Tally,
    Validator,
    Verdict,
    examiner,
    examiners,
    validator,
)

__all__ = [
    "VERDICTS",
    "EventBatch",
    "Examined",
    "Examiner",
    "Member",
    "Tally",
    "Validator",
    "Verdict",
    "examiner",
    "examiners",
    "validator",
]
