"""Spark as an engine of events: exactly one manifest's files, by their paths. One session a process.

https://spark.apache.org/docs/latest/spark-standalone.html
"""

import logging
import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JError
from pyspark.errors import AnalysisException, ParseException, PySparkException
from pyspark.sql import Row, SparkSession
from sqlglot import exp

from events.columns import present
from events.columns import rows_of as table_of
from events.dialects import SPARK, Dialect
from events.dialects.plain import parsed
from events.errors import EngineFailed, QuestionRefused, TooSlow
from events.families import FAMILIES
from events.manifests import Manifest
from events.shapes import Shape
from events.side_by_side import Rows

# What the meaning of questions hangs on; all else is spark-defaults.conf's.
MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.ui.showConsoleProgress": "false",
}


@dataclass(frozen=True, slots=True)
class SparkEngine:
    """One manifest's files (family -> paths), asked of a master (spark://HOST:PORT)."""

    master: str
    manifest: Manifest
    files: Mapping[str, Sequence[Path]]
    dialect: Dialect = SPARK

    def tables(self) -> dict[str, exp.Query]:
        """Raises EngineFailed if Spark cannot be reached or cannot read a file."""
        with failures(self.master):
            return {family: self.table(family) for family in present(self.files)}

    def table(self, family: str) -> exp.Query:
        files = self.files.get(family, ())
        if not files:
            return SPARK.said(parsed(f"SELECT * FROM {table_of(FAMILIES[family], ())}"))  # noqa: S608  our own names
        view = f"{family}_of_{self.manifest.name}"
        session_of(self.master).read.parquet(*(f"file://{path}" for path in files)).createOrReplaceTempView(view)
        names = [*FAMILIES[family].schema.names, "is_copy"]
        return exp.select(*(exp.column(name, quoted=True) for name in names)).from_(exp.table_(view, quoted=True))

    def rows(self, question: exp.Query, shape: Shape, seconds: float) -> Rows:
        """Raises TooSlow, QuestionRefused, EngineFailed, NotInDialect."""
        session, sql = session_of(self.master), SPARK.text_of(question)
        with failures(self.master), time_limit(session, seconds):
            found = session.sql(sql).collect()
        return [tuple(map(plain, row)) for row in found]

    def close(self) -> None:
        """Nothing is held: a view is a name in the process's session."""


def session_of(master: str) -> SparkSession:
    return made_session(os.getpid(), master)


@lru_cache(maxsize=1)
def made_session(process: int, master: str) -> SparkSession:
    """The session of this process: a JVM must not be used on the other side of a fork."""
    logging.getLogger("py4j").setLevel(logging.WARNING)  # it tells of every connection that closes
    builder = SparkSession.builder.master(master).appName(f"forensics-portal-{process}")
    for name, value in MEANING.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


@contextmanager
def time_limit(session: SparkSession, seconds: float) -> Iterator[None]:
    """Cancel what runs inside after ``seconds``. Raises TooSlow."""
    group, is_over = secrets.token_hex(8), threading.Event()

    def cancel() -> None:
        is_over.set()
        session.sparkContext.cancelJobGroup(group)

    session.sparkContext.setJobGroup(group, "a question to events", interruptOnCancel=True)
    timer = threading.Timer(seconds, cancel)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (PySparkException, Py4JError) as problem:
        if is_over.is_set():
            raise too_slow(group, seconds) from problem
        raise
    finally:
        timer.cancel()
    if is_over.is_set():
        raise too_slow(group, seconds)


def too_slow(group: str, seconds: float) -> TooSlow:
    return TooSlow(
        f"job group {group} took longer than {seconds:g} s and was stopped; narrow the filter, or raise EVENTS_SECONDS"
    )


@contextmanager
def failures(master: str) -> Iterator[None]:
    """Spark's failures as ours: of the question itself, or of the engine."""
    try:
        yield
    except (AnalysisException, ParseException) as problem:
        raise QuestionRefused(f"Spark at {master} would not answer: {first_line(problem)}") from problem
    except (PySparkException, Py4JError) as problem:
        words = f"Spark at {master} failed: {first_line(problem)}"
        raise EngineFailed(f"{words}; look at its log there, and at docs/engines.md for what it needs") from problem


def first_line(problem: Exception) -> str:
    return next((line for line in str(problem).splitlines() if line.strip()), type(problem).__name__)


def plain(value: Any) -> Any:
    """Spark's rows as dicts, all the way down."""
    if isinstance(value, Row):
        return {name: plain(one) for name, one in value.asDict().items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return value
