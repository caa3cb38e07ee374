"""What a question's answer looks like: asked of the embedded engine without any rows, which knows every type."""

import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from events.columns import definitions, rows_of
from events.engine import connect, only_select
from events.families import FAMILIES

# Name and DuckDB's type of each column, in order.
Shape = tuple[tuple[str, Any], ...]


class Shapes:
    """The views of some families without rows. Safe to use from many threads."""

    def __init__(self, families: Sequence[str]) -> None:
        tables = {f"every_{name}": f"SELECT * FROM {rows_of(FAMILIES[name], ())}" for name in families}  # noqa: S608
        views = {**tables, **definitions(families)}
        self._folder = TemporaryDirectory(prefix="shapes-")
        self._engine = connect(
            Path(self._folder.name), threads=1, views=[f"CREATE VIEW {name} AS {sql}" for name, sql in views.items()]
        )
        self._lock = threading.Lock()
        self.columns = {name: self.columns_of(name) for name in views}

    def columns_of(self, view: str) -> dict[str, str]:
        return {name: str(kind) for name, kind in self.of(f"SELECT * FROM {view}")}  # noqa: S608  our own name

    def of(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Shape:
        """The columns that a question gives. Raises NotSelect, and what DuckDB says of a wrong one."""
        with self._lock:
            found = self._engine.execute(only_select(self._engine, sql), parameters)
            return tuple((name, kind) for name, kind, *_ in found.description)

    def close(self) -> None:
        self._engine.close()
        self._folder.cleanup()
