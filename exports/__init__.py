"""Events and findings as other tools read them: one file per format. No Django, no Celery."""

from exports.base import EVENTS, FINDINGS, ExportFormat, export_formats

__all__ = ["EVENTS", "FINDINGS", "ExportFormat", "export_formats"]
