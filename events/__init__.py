"""Event rows of an incident: schema, staging, index, and questions to them (Parquet read by DuckDB)."""

from events.choices import CHOICES, chosen, title_of
from events.columns import column, presence
from events.cursors import key_of
from events.engine import first_values
from events.errors import (
    AlteredFile,
    BadCursor,
    BadField,
    BadFilter,
    EngineFailed,
    MissingManifest,
    NotInDialect,
    NotOnDisk,
    NotSelect,
    QuestionRefused,
    TooSlow,
    UnknownPlace,
)
from events.families import FAMILIES, PLACE, Family
from events.filters import FIELDS, Filters
from events.histograms import SERIES, Bucket
from events.manifests import EventTally, Manifest, Segment, Staged
from events.reader import EXPORTED, STACKED, Page, Reader
from events.side_by_side import Rows
from events.store import EventFiles, open_events
from events.trials import empty_engine
from events.values import exactly

__all__ = [
    "CHOICES",
    "EXPORTED",
    "FAMILIES",
    "FIELDS",
    "PLACE",
    "SERIES",
    "STACKED",
    "AlteredFile",
    "BadCursor",
    "BadField",
    "BadFilter",
    "Bucket",
    "EngineFailed",
    "EventFiles",
    "EventTally",
    "Family",
    "Filters",
    "Manifest",
    "MissingManifest",
    "NotInDialect",
    "NotOnDisk",
    "NotSelect",
    "Page",
    "QuestionRefused",
    "Reader",
    "Rows",
    "Segment",
    "Staged",
    "TooSlow",
    "UnknownPlace",
    "chosen",
    "column",
    "empty_engine",
    "exactly",
    "first_values",
    "key_of",
    "open_events",
    "presence",
    "title_of",
]
