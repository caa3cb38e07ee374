"""One engine's SQL: how a plain tree is put into its words, and how they are written down."""

from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from events.dialects.rewriting import Rules, known, rewritten
from events.errors import NotInDialect


@dataclass(frozen=True, slots=True)
class Dialect:
    """``name`` is sqlglot's, ``title`` for people; ``functions`` are those whose meaning was compared with DuckDB's."""

    name: str
    title: str
    rules: Rules
    functions: frozenset[str]

    def said(self, tree: exp.Query) -> exp.Query:
        """The tree in the engine's words. Raises NotInDialect for what it has none for."""
        return known(rewritten(tree, self.rules), self.functions, self.title)

    def text_of(self, tree: exp.Query) -> str:
        """The SQL of a tree that was ``said``. Raises NotInDialect."""
        try:
            return tree.sql(dialect=self.name, unsupported_level=ErrorLevel.RAISE)
        except SqlglotError as problem:
            raise NotInDialect(f"the question cannot be said in {self.title}'s SQL: {problem}") from problem
