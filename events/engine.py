"""DuckDB, locked down: it sees the incident's folder, no network, no extension, and settings that cannot be changed."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from events.errors import NotSelect, TooSlow

Parameters = Sequence[Any] | dict[str, Any]
KEPT = 256  # statements, of some 40 kB each
_parsed: dict[str, duckdb.Statement] = {}


def connect(
    folder: Path, *, memory: str = "256MB", threads: int = 2, views: Sequence[str] = ()
) -> duckdb.DuckDBPyConnection:
    """Open an in-memory engine that can reach ``folder`` only; ``views`` are made before the lock.

    The order matters: external access can be switched off only after the folder is allowed, and the lock comes last.
    """
    connection = duckdb.connect(":memory:")
    for statement in (
        "SET GLOBAL TimeZone = 'UTC'",  # for cursors too
        f"SET temp_directory = {literal(str(folder / 'tmp'))}",
        f"SET memory_limit = {literal(memory)}",
        f"SET threads = {threads}",
        f"SET allowed_directories = [{literal(f'{folder}/')}]",
        "SET parquet_metadata_cache = true",  # segments never change under their names
        "SET enable_progress_bar = false",  # of a long question, on standard output
        "SET enable_external_access = false",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        *views,
        "SET lock_configuration = true",
    ):
        connection.execute(statement)
    return connection


def fetch(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
    """Run one SELECT and nothing else. Raises NotSelect."""
    return connection.execute(only_select(connection, sql), parameters).fetchall()


def only_select(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The one SELECT that a text is. Raises NotSelect: the engine is locked but not read-only, COPY would write.

    Remembered for all engines of the process: rules and pages ask the same texts again and again, and to parse a long
    one takes as long as to answer it.
    """
    statement = _parsed.get(sql)
    if statement is None:
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise NotSelect("only one SELECT may be run against event rows")
        [statement] = statements
        if len(_parsed) >= KEPT:
            _parsed.clear()
        _parsed[sql] = statement
    return statement


@contextmanager
def time_limit(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what runs inside after ``seconds``. Raises TooSlow."""
    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    limit = time.monotonic() + seconds
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise too_slow(seconds) from error
    finally:
        timer.cancel()
    # An interrupt between two statements stops neither; the limit holds all the same.
    if time.monotonic() > limit:
        raise too_slow(seconds)


def too_slow(seconds: float) -> TooSlow:
    return TooSlow(f"the question took longer than {seconds:g} s and was stopped; narrow the filter")


def literal(text: str) -> str:
    """A text as an SQL literal; for paths of ours and checked field names, never for what a person or a log says."""
    return "'" + text.replace("'", "''") + "'"


def parquet(paths: Sequence[Path]) -> str:
    """A table expression over exactly these files. Hive partitioning is off: it silently beats what the file says."""
    names = ", ".join(literal(str(path)) for path in paths)
    return f"read_parquet([{names}], hive_partitioning = false)"


def first_values(column: str, most: int) -> str:
    """An aggregate: the different values of a column in their order, the first ``most``; what is absent is none."""
    return f"coalesce(list(DISTINCT {column} ORDER BY {column}) FILTER ({column} IS NOT NULL), [])[1:{most}]"
