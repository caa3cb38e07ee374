"""An engine that holds a few examined events in memory: the way of evidence, without files, a hundred times a test."""

import json

import duckdb
import pyarrow as pa

from events.columns import sigma_names
from events.families import FAMILIES
from examiners import EventBatch, examiners
from tests.analyzers.building import member


class Engine:
    """The view that rules are asked of, over a few examined events."""

    def __init__(self):
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone='UTC'")
        self.hold([])  # the view asks for the rows by name, whichever are held: it is made once
        names = sigma_names(FAMILIES["cloudtrail"])
        self.connection.execute(f"CREATE TEMP VIEW seen AS SELECT *, {names} FROM rows")

    def hold(self, records):
        content = json.dumps({"Records": records}, ensure_ascii=False).encode()
        said = examiners.get("cloudtrail").examine(iter([member(0, content)]))
        rows = [one.rows for one in said if isinstance(one, EventBatch)]
        self.connection.register("rows", pa.Table.from_batches(rows, FAMILIES["cloudtrail"].schema))

    def find(self, sql):
        return {row for (row,) in self.connection.execute(f"WITH {sql} SELECT src_row FROM chosen").fetchall()}
