"""CSV that a spreadsheet opens without running what is in it.

Format: https://www.rfc-editor.org/rfc/rfc4180. A cell that begins like a formula gets an apostrophe before it:
https://owasp.org/www-community/attacks/CSV_Injection. Log content is written by attackers, who may put blanks or
signs that nobody sees before it: spreadsheets drop them.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from events import EXPORTED
from exports.base import EVENTS, Row, export, written
from plugins.text import is_hidden

# The full-width ones too: a spreadsheet set to Japanese or Chinese reads them as the others.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@export("csv", title="CSV", of=EVENTS, suffix="csv")
def write(rows: Iterable[Row]) -> Iterator[bytes]:
    """A header of the timeline's columns, then a line an event.

    https://www.rfc-editor.org/rfc/rfc4180
    """
    yield line(EXPORTED)
    for row in rows:
        yield line([safe(row.get(name)) for name in EXPORTED])


def line(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(cells)
    return out.getvalue().encode("utf-8", "replace")


def safe(value: Any) -> str:
    """The cell's text; NUL, which no CSV may hold, becomes its visible sign."""
    text = "" if value is None else str(written(value)).replace("\0", "\u2400")
    return f"'{text}" if text.startswith(FORMULA) or shown(text).startswith(FORMULA) else text


def shown(text: str) -> str:
    """The text from the first sign that is seen."""
    if "!" <= text[:1] <= "~":  # nearly every cell, and there are millions
        return text
    start = next((place for place, sign in enumerate(text) if not (sign.isspace() or is_hidden(sign))), len(text))
    return text[start:]
