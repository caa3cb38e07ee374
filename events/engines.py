"""What an engine that is not the embedded one must do; readers of it ask like any other reader."""

from typing import Protocol

from sqlglot import exp

from events.dialects import Dialect
from events.shapes import Shape
from events.side_by_side import Rows


class Engine(Protocol):
    """Somebody else's engine over the files of one manifest. Safe to use from many threads."""

    @property
    def dialect(self) -> Dialect:
        """The SQL that it takes."""
        ...

    def tables(self) -> dict[str, exp.Query]:
        """Family -> the query that gives all rows of the manifest's files, and of no others, with ``is_copy``."""
        ...

    def rows(self, question: exp.Query, shape: Shape, seconds: float) -> Rows:
        """The answer in Python's values, as DuckDB gives them: times without a zone, structs and maps as dicts.

        Raises TooSlow after ``seconds``, QuestionRefused for what it will not answer, EngineFailed otherwise.
        """
        ...

    def close(self) -> None:
        """Let go of what is held; the next question gets it again."""
        ...
