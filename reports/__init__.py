"""Phase 4, Reporting: one module per section of the report, and its output formats. No Django, no Celery."""

from reports.base import (
    Block,
    CaseSnapshot,
    Events,
    Figure,
    Section,
    SectionWriter,
    Table,
    Text,
    section,
    sections,
)

__all__ = [
    "Block",
    "CaseSnapshot",
    "Events",
    "Figure",
    "Section",
    "SectionWriter",
    "Table",
    "Text",
    "section",
    "sections",
]
