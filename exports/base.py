"""The contract of an export: rows in, bytes out, one after the other; nothing is held whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plugins import Registry

EVENTS, FINDINGS = "events", "findings"
Row = Mapping[str, Any]
Write = Callable[[Iterable[Row]], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format. ``of`` is EVENTS (rows in the timeline's columns and their family's own) or FINDINGS.

    ``suffix`` is that of the file.
    """

    name: str
    title: str
    of: str
    suffix: str
    write: Write
    module: str = ""


export_formats: Registry[ExportFormat] = Registry("exports")


def export(name: str, *, title: str, of: str, suffix: str) -> Callable[[Write], Write]:
    """Register the decorated generator as an export format."""

    def register(write: Write) -> Write:
        export_formats.add(ExportFormat(name, title, of, suffix, write, write.__module__))
        return write

    return register


def written(value: Any) -> Any:
    """A value as JSON can hold it: times as RFC 3339 in UTC."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def filled(row: Row) -> dict[str, Any]:
    """The columns that hold something."""
    return {name: written(value) for name, value in row.items() if value is not None}
