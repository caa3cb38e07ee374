"""The arithmetic of the custody log: canonical bytes and Merkle tree. Standard library only."""

from custody.entries import Entry, entry_bytes
from custody.verifier import (
    EMPTY_ROOT,
    PROVES,
    Frontier,
    NotCanonical,
    Problem,
    canonical,
    check_entries,
    check_log,
    clean,
    leaf_hash,
)

__all__ = [
    "EMPTY_ROOT",
    "PROVES",
    "Entry",
    "Frontier",
    "NotCanonical",
    "Problem",
    "canonical",
    "check_entries",
    "check_log",
    "clean",
    "entry_bytes",
    "leaf_hash",
]
