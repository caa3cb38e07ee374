"""Indicators of compromise as people hand them over: STIX 2.1 bundles, CSV, one a line. What cannot be used is said."""

from analyzers.stix.kinds import KINDS, Unusable
from analyzers.stix.reading import (
    MOST,
    MOST_BYTES,
    Reading,
    Refusal,
    Unreadable,
    Value,
    read_file,
    read_json,
    read_text,
)

__all__ = [
    "KINDS",
    "MOST",
    "MOST_BYTES",
    "Reading",
    "Refusal",
    "Unreadable",
    "Unusable",
    "Value",
    "read_file",
    "read_json",
    "read_text",
]
