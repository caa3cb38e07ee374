"""An engine without any events, to try a question out: what it refuses here, it would refuse over evidence too."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from events.columns import views
from events.engine import connect


@contextmanager
def empty_engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked engine whose views are all there and empty."""
    with TemporaryDirectory() as folder, connect(Path(folder), views=views({})) as engine:
        yield engine
