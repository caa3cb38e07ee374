"""What a question's answer looks like: asked of the embedded engine without any rows, which knows every type."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from events.columns import definitions, rows_of
from events.engine import connect, only_select
from events.families import FAMILIES

# Name and DuckDB's type of each column, in order.
Shape = tuple[tuple[str, Any], ...]
NOWHERE = Path("/nonexistent")  # nothing is read or written


class Shapes:
    """The views of some families without rows. Safe to use from many threads."""

    def __init__(self, families: Sequence[str]) -> None:
        tables = {f"every_{name}": f"SELECT * FROM {rows_of(FAMILIES[name], ())}" for name in families}  # noqa: S608
        self._views = {**tables, **definitions(families)}
        self._engine: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()
        self.columns = {name: self.columns_of(name) for name in self._views}

    def columns_of(self, view: str) -> dict[str, str]:
        return {name: str(kind) for name, kind in self.of(f"SELECT * FROM {view}")}  # noqa: S608  our own name

    def of(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Shape:
        """The columns that a question gives. Raises NotSelect, and what DuckDB says of a wrong one."""
        with self._lock:
            self._engine = self._engine or self.opened()
            found = self._engine.execute(only_select(self._engine, sql), parameters)
            return tuple((name, kind) for name, kind, *_ in found.description)

    def opened(self) -> duckdb.DuckDBPyConnection:
        made = [f"CREATE VIEW {name} AS {sql}" for name, sql in self._views.items()]
        return connect(NOWHERE, threads=1, views=made)

    def close(self) -> None:
        """Close the engine; the next question opens another."""
        with self._lock:
            if self._engine:
                self._engine.close()
            self._engine = None
