"""Parquet in the timeline's columns, for DuckDB, Athena or a notebook."""

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from events import EXPORTED
from exports.base import EVENTS, Row, export

GROUP = 10_000  # rows of a row group
KINDS = {
    **dict.fromkeys(("part", "member", "src_row"), pa.int32()),
    "event_time": pa.timestamp("us", "UTC"),
    "read_only": pa.bool_(),
}
SCHEMA = pa.schema([pa.field(name, KINDS.get(name, pa.string())) for name in EXPORTED])


@export("parquet", title="Parquet", of=EVENTS, suffix="parquet")
def write(rows: Iterable[Row]) -> Iterator[bytes]:
    """Row groups of 10,000, zstd.

    https://parquet.apache.org/docs/file-format/
    """
    sink, left = Drain(), iter(rows)
    with pq.ParquetWriter(sink, SCHEMA, compression="zstd") as writer:
        while group := list(islice(left, GROUP)):
            writer.write_table(pa.Table.from_pylist([cells(row) for row in group], schema=SCHEMA))
            yield sink.taken()
    yield sink.taken()


def cells(row: Row) -> dict[str, Any]:
    return {name: plain(row.get(name)) for name in EXPORTED}


def plain(value: Any) -> Any:
    """The value in its column's type; text that is no Unicode keeps its readable part."""
    if value is None or isinstance(value, datetime | bool | int):
        return value
    return str(value).encode("utf-8", "replace").decode()


class Drain(io.RawIOBase):
    """A file that is only written to and gives away what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self.pieces.append(piece)
        self.size += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)
