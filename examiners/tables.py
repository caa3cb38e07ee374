"""Rows of any family on their way into Arrow batches; values come in Python's types and leave in the schema's."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from events import FAMILIES
from examiners.base import EventBatch, Member
from examiners.records import Malformed
from examiners.rows import EARLIEST, LATEST, texts

PIECE_ROWS = 5_000
PIECE_BYTES = 16 << 20
FLAGS = {True: True, False: False, "true": True, "false": False, "True": True, "False": False}
SHOWN = 60  # characters of a value in an error


class Table:
    """Collects rows of one family, with the place that each came from; ``size`` is the bytes of their text."""

    def __init__(self, family: str) -> None:
        self.family = family
        self.schema: pa.Schema = FAMILIES[family].schema
        self.names: list[str] = self.schema.names
        self.casts = {field.name: CASTS[field.type] for field in self.schema}
        self.texts = frozenset(field.name for field in self.schema if field.type == pa.string())
        self.clear()

    def clear(self) -> None:
        self.rows: list[list[Any]] = []
        self.size = 0

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= PIECE_ROWS or self.size >= PIECE_BYTES

    def add(self, member: Member, row: int, values: Mapping[str, Any], size: int) -> None:
        """One row; columns that are not named are null. Raises Malformed naming the value that does not fit."""
        texts = self.texts  # most cells are text, which is not worth a call: this is done for each
        cells = {
            name: value if type(value) is str and name in texts else self.cell(name, value)
            for name, value in values.items()
            if value is not None
        }
        cells["evidence"], cells["part"], cells["member"] = member.evidence, member.part, member.index
        cells["src_file"], cells["src_row"] = member.file, row
        self.rows.append(list(map(cells.get, self.names)))
        self.size += size

    def cell(self, name: str, value: Any) -> Any:
        """The value in its column's type. Raises Malformed."""
        try:
            return self.casts[name](value)
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise Malformed(f"{name} cannot be {str(value)[:SHOWN]!r}") from None

    def batches(self) -> Iterator[EventBatch]:
        """What was collected, in the family's schema; nothing is left behind."""
        if self.rows:
            columns = zip(*self.rows, strict=True)
            arrays = [array_of(field.type, cells) for field, cells in zip(self.schema, columns, strict=True)]
            batch = pa.RecordBatch.from_arrays(arrays, schema=self.schema)
            self.clear()
            yield EventBatch(self.family, batch)


def array_of(kind: pa.DataType, values: Sequence[Any]) -> pa.Array:
    return texts(values) if kind == pa.string() else pa.array(values, kind)


def text(value: Any) -> str:
    """Text as it is; an object or list as compact JSON, a flag as JSON writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(value)


def whole(bits: int) -> Callable[[Any], int]:
    """A cast to whole numbers of so many bits. Raises ValueError for what is none or does not fit."""
    limit = 1 << (bits - 1)

    def cast(value: Any) -> int:
        if isinstance(value, bool | float) or (isinstance(value, str) and len(value) > bits):
            raise ValueError("not a whole number")
        number = int(value)
        if not -limit <= number < limit:
            raise ValueError("does not fit")
        return number

    return cast


def flag(value: Any) -> bool:
    if value not in FLAGS:
        raise ValueError("neither true nor false")
    return FLAGS[value]


def moment(value: Any) -> datetime | None:
    """UTC without a zone; None for a time that no log of today can hold: it would stretch every histogram."""
    time: datetime = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return time if EARLIEST <= time < LATEST else None


CASTS: Mapping[pa.DataType, Callable[[Any], Any]] = {
    pa.string(): text,
    pa.int32(): whole(32),
    pa.int64(): whole(64),
    pa.float64(): float,
    pa.bool_(): flag,
    pa.timestamp("us"): moment,
}
