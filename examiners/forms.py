"""What most examiners are made of: the items of a file one after the other, each made into one row of a family."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from examiners.base import Examined, Member, Tally
from examiners.documents import Content, elements
from examiners.records import Malformed
from examiners.rows import no_collector
from examiners.splitting import RECORDS
from examiners.streams import Unreadable, plain
from examiners.tables import Table
from plugins import Quarantined

# Why an examiner refuses a record, and what odd values do to code that expects AWS's.
UNFIT = (Malformed, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Item:
    """One record as it lies in its file. ``row`` counts from 0; ``context`` is what else its reading needs.

    ``problem`` says why this item alone cannot be read.
    """

    row: int
    data: bytes
    context: Any = None
    problem: str = ""


Items = Callable[[Member], Iterator[Item]]
Parse = Callable[[Item], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Form:
    """How one format becomes rows of ``family``.

    ``items`` gives a file's records, and raises Unreadable behind the last one where damage follows; ``parse`` gives
    one record's values by column, and raises Malformed.
    """

    family: str
    items: Items
    parse: Parse

    def examine(self, members: Iterator[Member]) -> Iterator[Examined]:
        """Batches across files, quarantined records, and one balanced tally a file."""
        table = Table(self.family)
        for member in members:
            yield from self.examine_member(member, table)
        yield from table.batches()

    def examine_member(self, member: Member, table: Table) -> Iterator[Examined]:
        read = bad = 0
        try:
            for item in self.items(member):
                read += 1
                if problem := self.taken(member, item, table):
                    bad += 1
                    yield Quarantined(member.index, member.file, item.row, problem)
                if table.is_full:
                    yield from table.batches()
        except Unreadable as error:
            read, bad = read + 1, bad + 1
            yield Quarantined(member.index, member.file, None, str(error))
        yield Tally(member.index, member.file, read, read - bad, bad)

    def taken(self, member: Member, item: Item, table: Table) -> str:
        """Add the item's row; returns why that cannot be done, or nothing."""
        if item.problem:
            return item.problem
        try:
            table.add(member, item.row, self.parse(item), len(item.data))
        except Malformed as error:
            return str(error)
        except UNFIT as error:
            return f"not in the form that this log has: {type(error).__name__} {str(error)[:200]}"
        return ""

    def raw(self, member: Member, row: int) -> str:
        """The text of one record as it lies in its file, by its row. Raises LookupError."""
        try:
            for item in self.items(member):
                if item.row == row:
                    return item.data.decode("utf-8", "replace")
        except Unreadable as error:
            raise LookupError(f"row {row} lies behind damage: {error}") from error
        raise LookupError(f"the file has no row {row}")


def json_items(member: Member, names: tuple[str, ...] = RECORDS) -> Iterator[Item]:
    """The records of an array, of JSON Lines, of a list under one of ``names``, or the one object that a file is."""
    with no_collector(), member.open() as stream:
        for row, text, problem in elements(Content(plain(stream)), names):
            yield Item(row, text, problem=problem)


def with_context(items: Iterator[Item], context: Any) -> Iterator[Item]:
    """The items with what their reading needs; made anew rather than replaced, which takes thrice as long."""
    return (Item(item.row, item.data, context, item.problem) for item in items)
