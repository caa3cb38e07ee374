"""How a report writes values: times in UTC, numbers, sizes, exhibits, severities."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from reports.base import Table, Text
from reports.phrases import gettext as _
from reports.phrases import ngettext

SEVERITIES = ("fatal", "critical", "high", "medium", "low", "informational", "unknown")
NOTHING = "—"

Row = Mapping[str, Any]


def moment(value: str | None) -> str:
    """Return an ISO 8601 time as "2026-11-22 21:04:00 UTC"; a dash for none. Raises ValueError without a zone."""
    return f"{clock(value)} UTC" if value else NOTHING


def clock(value: str | None) -> str:
    """Return the time without its zone, for columns whose head says UTC; fractions of a second stay."""
    if not value:
        return NOTHING
    given = datetime.fromisoformat(value)
    if given.tzinfo is None:
        raise ValueError(f"the time {value!r} has no zone; give it with one, such as 2026-03-01T00:00Z")
    return given.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "milliseconds").removesuffix(".000")


def number(value: int | None) -> str:
    return NOTHING if value is None else f"{value:,}"


def size(value: int | None) -> str:
    """Return bytes in decimal units, as AWS bills them: "1.2 GB"."""
    if value is None:
        return NOTHING
    amount, unit = float(value), "B"
    for larger in ("kB", "MB", "GB", "TB", "PB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{value} B" if unit == "B" else f"{amount:.1f} {unit}"


def text_of(row: Row, key: str) -> str:
    """Return the value as text; a dash for what is not there."""
    value = row.get(key)
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value) or NOTHING
    return NOTHING if value is None or value == "" else str(value)


def with_reason(said: str, row: Row) -> str:
    """Return who decided, and the person's reason where there is one, in one line."""
    return f"{said}: {in_a_line(str(row['reason']))}" if row.get("reason") else said


def in_a_line(text: str) -> str:
    """Return a person's lines as one: in a cell, a line feed would be a mark."""
    return text.replace("\n", " ")


def short(exhibit: str, reference: str) -> str:
    """Return "E0007" for FP-2026-000123-E0007: the incident is named on every page."""
    return exhibit.removeprefix(f"{reference}-")


def by_severity(findings: Iterable[Row]) -> list[Row]:
    """Return the gravest first; what is equally grave stays in the order given."""
    return sorted(findings, key=lambda finding: rank(str(finding.get("severity", "unknown"))))


def rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def severity_word(severity: str) -> str:
    """Return the severity as a person reads it; a word that is not ours is shown as given."""
    known = {
        "fatal": _("Fatal"),
        "critical": _("Critical"),
        "high": _("High"),
        "medium": _("Medium"),
        "low": _("Low"),
        "informational": _("Informational"),
        "unknown": _("Unknown"),
    }
    return known.get(severity, severity)


def plain(word: str) -> str:
    """Return a state or kind as words: "out_of_retention" reads "out of retention"."""
    return word.replace("_", " ")


def event_row(event: Row, reference: str) -> tuple[str, ...]:
    """Return the nine cells of an Events block."""
    cells = (text_of(event, key) for key in ("event", "principal", "address", "outcome"))
    where = (short(text_of(event, "exhibit"), reference), text_of(event, "file"), text_of(event, "row"))
    return (clock(event.get("at")), *cells, *where, text_of(event, "target"))


def listed(
    items: Sequence[Row], most: int, row: Callable[[Row], tuple[str, ...]]
) -> tuple[tuple[tuple[str, ...], ...], int]:
    """Return the rows of the first ``most`` items, and how many are left over: a report never cuts in silence."""
    return tuple(row(item) for item in items[:most]), max(0, len(items) - most)


def remainder(left: int, where: str) -> tuple[Text, ...]:
    """Return the note that says how many rows a table leaves out and where they are; nothing if it shows them all."""
    if left <= 0:
        return ()
    rows = ngettext("%(count)s further row", "%(count)s further rows", left)
    return (Text(_("%(rows)s: see %(where)s.") % {"rows": rows, "where": where}, "note"),)


def facts(rows: Iterable[tuple[str, str]], mono: bool = False) -> Table:
    columns = (_("Fact"), _("Value"))
    return Table(columns, tuple(rows), mono=columns[1:] if mono else (), shape="facts")
