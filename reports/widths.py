"""How wide a table's columns are on paper, decided here by what stands in them: typst need not measure each cell."""

from collections.abc import Callable, Mapping
from typing import Any

# Points on A4 between the margins, per character at the tables' sizes, and around each cell.
PAPER = 482.0
SANS = 4.6
MONO = 4.25
PADDING = 13.0

# A hash is set in two lines of 32; nothing else asks for more than a good line, and no run breaks below 16.
HASH = 32
LINE = 44
RUN = 17


def columns_of(table: Mapping[str, Any]) -> list[float]:
    """Return a width in points for each column; together they fill the paper.

    Each gets at least its longest run that cannot break; short values (times, numbers) stay on one line if they can.
    """
    indexes = range(len(table["columns"]))
    wanted = [width_of(table, index, asked) for index in indexes]
    runs = [width_of(table, index, run_of) for index in indexes]
    firm = [want if is_short(table, index) else run for index, (want, run) in enumerate(zip(wanted, runs, strict=True))]
    least = firm if sum(firm) <= PAPER else runs
    return shared(least, wanted)


def shared(least: list[float], wanted: list[float]) -> list[float]:
    """Spread the paper that ``least`` leaves over the columns by what more they want; too little is shared by scale."""
    spare = PAPER - sum(least)
    more = [max(want - low, 0.0) for want, low in zip(wanted, least, strict=True)]
    if spare < 0 or not sum(more):
        return [low * PAPER / sum(least) for low in least]
    return [low + spare * extra / sum(more) for low, extra in zip(least, more, strict=True)]


def width_of(table: Mapping[str, Any], index: int, measure: Callable[[str], int]) -> float:
    name = table["columns"][index]
    each = MONO if name in table["mono"] else SANS
    longest = max((measure(row[index]) for row in table["rows"]), default=0)
    return max(longest * each, run_of(name) * SANS) + PADDING


def asked(cell: str) -> int:
    return HASH if is_hash(cell) else min(span(cell), LINE)


def run_of(cell: str) -> int:
    """Return the longest stretch that is kept on one line: a word of up to 17 characters."""
    if is_hash(cell):
        return HASH
    return max((min(span(word), RUN) for word in cell.split()), default=1)


def span(text: str) -> int:
    """Return the text's width in characters; one outside ASCII counts for two."""
    return len(text) + sum(not char.isascii() for char in text)


def is_hash(cell: str) -> bool:
    return len(cell) == 2 * HASH and cell.isalnum()


def is_short(table: Mapping[str, Any], index: int) -> bool:
    return all(span(row[index]) <= 23 for row in table["rows"])
