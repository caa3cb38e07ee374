"""A reader whose questions another engine answers: each is tried on no rows at home, then said in its dialect."""

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from events.columns import present
from events.cursors import Cursor, key_of
from events.dialects import Speech
from events.engine import Parameters
from events.engines import Engine
from events.manifests import Manifest
from events.reader import Reader, aware
from events.shapes import Shape, Shapes
from events.side_by_side import Question, Rows, in_order


class DistributedReader(Reader):
    """The page questions of ``Reader`` put to an engine over exactly one manifest's files."""

    is_near = False

    def __init__(self, manifest: Manifest, engine: Engine, seconds: float) -> None:
        super().__init__(Path(), manifest, {}, seconds)
        self._asked = engine
        self._shapes = Shapes(present({file.family: True for file in manifest.files}))
        self._speech = Speech(engine.dialect, self._shapes.columns, engine.tables())

    def select(self, sql: str, parameters: Parameters = (), *, seconds: float | None = None) -> Rows:
        """Run one SELECT; times come back in UTC. Raises NotSelect, NotInDialect, TooSlow, QuestionRefused."""
        return self.answered(sql, values_of(parameters), seconds or self.seconds)[1]

    def answers(
        self, questions: Sequence[Question], *, seconds: float | None = None
    ) -> Generator[Future[Rows], None, None]:
        """Ask questions as ``select`` does, two side by side; close what is not read to its end."""
        limit = seconds or self.seconds
        yield from in_order(lambda sql, values: self.answered(sql, values, limit)[1], questions)

    def dicts(self, sql: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
        shape, rows = self.answered(sql, parameters, self.seconds)
        names = [name for name, _ in shape]
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return [row | {"key": key_of(row)} for row in found]

    def answered(self, sql: str, parameters: Sequence[Any], seconds: float) -> tuple[Shape, Rows]:
        shape = self._shapes.of(sql, parameters)
        rows = self._asked.rows(self._speech.question(sql, parameters), shape, seconds)
        return shape, [tuple(map(aware, row)) for row in rows]

    def describe(self) -> list[tuple[str, str]]:
        """Column names and DuckDB's types of the view ``logs``."""
        return list(self._shapes.columns["logs"].items())

    def floors(self, cursor: Cursor | None) -> Iterator[datetime | None]:
        """The engine reads the files' statistics itself."""
        return iter((None,))

    @contextmanager
    def engine(self) -> Iterator[duckdb.DuckDBPyConnection]:
        raise TypeError("these events are not in the embedded engine; ask with select() or answers()")
        yield  # what makes it a context, as the reader's own

    def single_threaded(self) -> duckdb.DuckDBPyConnection:
        raise TypeError("these events are not in the embedded engine; ask with select() or answers()")

    def close(self) -> None:
        """Let go of what is held; the reader gets it again when it is asked."""
        self._shapes.close()
        self._asked.close()


def values_of(parameters: Parameters) -> Sequence[Any]:
    if isinstance(parameters, dict):
        raise TypeError("values by name cannot be asked of another engine; bind them in order, with ?")
    return parameters
