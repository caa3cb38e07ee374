"""Phase 3, Analysis: one module per question asked of the events. No Django, no Celery."""

from analyzers.base import Analyzer, Asked, Example, Finding, Indicator, Material, analyzer, analyzers

__all__ = ["Analyzer", "Asked", "Example", "Finding", "Indicator", "Material", "analyzer", "analyzers"]
