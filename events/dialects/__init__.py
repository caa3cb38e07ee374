"""Questions in DuckDB's dialect, said in that of another engine; what an engine cannot say is refused by name.

The embedded engine asks its own SQL as it stands; nothing here touches it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from events.columns import definitions
from events.dialects.athena import ATHENA
from events.dialects.dialect import Dialect
from events.dialects.plain import Columns, plain
from events.dialects.spark import SPARK

__all__ = ["ATHENA", "SPARK", "Columns", "Dialect", "Speech"]


class Speech:
    """One incident's views in an engine's dialect, and questions over them.

    ``columns`` are those of all views, ``tables`` what the engine knows as ``every_FAMILY``: family -> query.
    """

    def __init__(self, dialect: Dialect, columns: Columns, tables: Mapping[str, exp.Query]) -> None:
        self.dialect = dialect
        self.columns = columns
        self.views: dict[str, exp.Query] = {f"every_{name}": query for name, query in tables.items()}
        for name, sql in definitions(list(tables)).items():
            self.views[name] = self.said(sql)

    def question(self, sql: str, parameters: Sequence[Any] = ()) -> exp.Query:
        """The question as a tree of the dialect, with the views that it needs. Raises NotSelect, NotInDialect."""
        return self.with_views(self.said(sql, parameters))

    def said(self, sql: str, parameters: Sequence[Any] = ()) -> exp.Query:
        """The question alone. Raises NotSelect, NotInDialect."""
        return self.dialect.said(plain(sql, parameters, self.columns))

    def with_views(self, tree: exp.Query) -> exp.Query:
        """Put the views that a question names before it, and those that they name before them."""
        needed = self.needed_by(tree)
        own = tree.args.get("with_")
        ctes = [cte_of(name, query) for name, query in self.views.items() if name in needed]
        tree.set("with_", exp.With(expressions=[*ctes, *(own.expressions if own else ())]))
        return tree

    def needed_by(self, tree: exp.Query) -> set[str]:
        tables = (
            table for table in tree.find_all(exp.Table) if not table.db
        )  # with a database, it is the engine's own
        named = {table.name for table in tables} & self.views.keys()
        return named.union(*(self.needed_by(self.views[name]) for name in named))


def cte_of(name: str, query: exp.Query) -> exp.CTE:
    alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
    return exp.CTE(this=query.copy(), alias=alias)
