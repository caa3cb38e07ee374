"""The words that every room shares: registries, gaps, quarantine, waiting, windows, entities. Standard library only."""

from plugins.registry import DuplicateName, Plugin, Registry, UnknownName
from plugins.words import Entity, Gap, GapKind, NotReady, Quarantined, Refused, Window

__all__ = [
    "DuplicateName",
    "Entity",
    "Gap",
    "GapKind",
    "NotReady",
    "Plugin",
    "Quarantined",
    "Refused",
    "Registry",
    "UnknownName",
    "Window",
]
