"""Phase 1, Collection: one module per AWS evidence source. No Django, no Celery, no vault."""

from collectors.base import Artifact, Collect, CopyTerms, Crossing, Haven, Scope, Source, source, sources

__all__ = ["Artifact", "Collect", "CopyTerms", "Crossing", "Haven", "Scope", "Source", "source", "sources"]
