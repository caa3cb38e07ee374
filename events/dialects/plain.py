"""A question in DuckDB's dialect as a tree of plain SQL: what only DuckDB can say is said as every engine can.

Values stand as literals in the tree; each engine's generator quotes them in its own way. Parser and generators are
sqlglot's, https://sqlglot.com/sqlglot.html
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.tokenizer_core import TokenType

from events.errors import NotInDialect, NotSelect

Columns = Mapping[str, Mapping[str, str]]  # view -> column -> SQL type

BOUND = "bound__"  # the names that stand for ``?`` while a question is parsed: sqlglot cannot read ``?::VARCHAR[]``
DUCKDB = "duckdb"


def plain(sql: str, parameters: Sequence[Any], columns: Columns) -> exp.Query:
    """The tree of a question over the views in ``columns``. Raises NotSelect, NotInDialect."""
    tree = bound(parsed(sql), parameters)
    for query in list(tree.find_all(exp.Select)):
        list_rows(query)
    for query in list(tree.find_all(exp.Select)):
        unnested(query)
        semi_joined(query)
    return qualified(tree, columns)


def parsed(sql: str) -> exp.Query:
    """The tree of one SELECT, its ``?`` as columns bound__1, bound__2 ... Raises NotSelect."""
    try:
        trees = sqlglot.parse(numbered(sql), read=DUCKDB)
    except SqlglotError as problem:
        raise NotInDialect(f"the question cannot be read for another engine: {problem}") from problem
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise NotSelect("only one SELECT may be run against event rows")
    return trees[0]


def numbered(sql: str) -> str:
    parts, end, number = [], 0, 0
    for token in sqlglot.tokenize(sql, read=DUCKDB):
        if token.token_type in (TokenType.PLACEHOLDER, TokenType.QDCOLON):  # "?", and "?::" which sqlglot takes for one
            number += 1
            parts += [sql[end : token.start], f"{BOUND}{number}", token.text[1:]]
            end = token.end + 1
    return "".join([*parts, sql[end:]])


def bound(tree: exp.Query, parameters: Sequence[Any]) -> exp.Query:
    """Put the values in the places of the ``?``. Raises NotInDialect for what cannot be a literal."""
    values = {f"{BOUND}{number}": value for number, value in enumerate(parameters, 1)}
    for node in list(tree.find_all(exp.Column, exp.Var)):  # a Var where sqlglot expects a word, as in time_bucket
        if (name := node.name.lower()) in values:
            cast = node.parent if isinstance(node.parent, exp.Cast) else node
            cast.replace(literal(values[name]))
    return tree


def literal(value: Any) -> exp.Expr:
    """A value as a literal of the tree; times are UTC without a zone."""
    if isinstance(value, bool | None):
        return exp.convert(value)
    if isinstance(value, str):
        if "\0" in value:
            raise NotInDialect("the value holds a NUL character, which this engine cannot be asked for; leave it out")
        return exp.Literal.string(value)
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.replace(tzinfo=None).isoformat(" ", "microseconds")), "timestamp")
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    if isinstance(value, int | float):
        return exp.Literal.number(repr(value))
    if isinstance(value, list | tuple):
        return exp.Array(expressions=[literal(one) for one in value])
    raise NotInDialect(f"a value of type {type(value).__name__} cannot be bound; give text, a number or a time")


def qualified(tree: exp.Query, columns: Columns) -> exp.Query:
    """Names in full, ``*`` as its columns, aliases in WHERE, GROUP BY and HAVING as what they stand for."""
    try:
        found = qualify(tree, schema=dict(columns), dialect=DUCKDB, validate_qualify_columns=False)
    except SqlglotError as problem:
        raise NotInDialect(f"the names of the question cannot be told for another engine: {problem}") from problem
    for cte in found.find_all(exp.CTE):
        cte.set("materialized", None)  # a hint of DuckDB's
    for query in found.find_all(exp.Select):
        grouped_by_all(query)
    return found


def grouped_by_all(query: exp.Select) -> None:
    """``GROUP BY ALL`` as every column that aggregates nothing."""
    group = query.args.get("group")
    if group is not None and group.args.get("all"):
        told = (one.unalias() for one in query.expressions)
        group.set("expressions", [one.copy() for one in told if not one.find(exp.AggFunc, exp.Window, exp.Anonymous)])
        group.set("all", None)


def list_rows(query: exp.Select) -> None:
    """``SELECT unnest(LIST) AS a, unnest(LIST) AS b`` as rows of VALUES; alone in an IN, as its list."""
    lists = [one for one in query.expressions if isinstance(one.unalias(), exp.Explode)]
    if not lists or len(lists) != len(query.expressions) or query.args.get("from_"):
        return
    values = [one.unalias().this.expressions for one in lists]
    if (inside := query.find_ancestor(exp.In, exp.Select)) and isinstance(inside, exp.In):
        inside.replace(one_of(inside.this, values[0]))
        return
    query.replace(rows_of([one.alias for one in lists], values))


def one_of(value: exp.Expr, wanted: Sequence[exp.Expr]) -> exp.Expr:
    return exp.In(this=value.copy(), expressions=[*wanted]) if wanted else exp.false()


def rows_of(names: Sequence[str], values: Sequence[Sequence[exp.Expr]]) -> exp.Select:
    """A query of these columns; without any row, of text and empty."""
    rows = [exp.Tuple(expressions=[one.copy() for one in row]) for row in zip(*values, strict=True)]
    if not rows:
        return exp.select(*(exp.alias_(exp.cast(exp.null(), "text"), name) for name in names)).where("FALSE")
    alias = exp.TableAlias(this=exp.to_identifier("told"), columns=[exp.to_identifier(name) for name in names])
    told = exp.Values(expressions=rows, alias=alias)
    return exp.select(*(exp.column(name, "told") for name in names)).from_(told)


def unnested(query: exp.Select) -> None:
    """``unnest`` among the columns as a join with the list."""
    for one in list(query.expressions):
        if isinstance(one.unalias(), exp.Explode):
            name = one.alias_or_name
            alias = exp.TableAlias(this=exp.to_identifier("each"), columns=[exp.to_identifier(name)])
            table = exp.Unnest(expressions=[one.unalias().this], alias=alias)
            one.replace(exp.alias_(exp.column(name, "each"), name))
            query.join(table, join_type="cross", copy=False)


def semi_joined(query: exp.Select) -> None:
    """``SEMI JOIN t USING (a, b)`` as ``WHERE EXISTS`` of the same values; not all engines know tuples in IN."""
    for join in list(query.args.get("joins") or ()):
        if join.kind == "SEMI":
            own, other = query.args["from_"].this, join.this
            own.set("alias", own.args.get("alias") or exp.TableAlias(this=exp.to_identifier("likely")))
            same = [
                exp.column(name.name, other.alias_or_name).eq(exp.column(name.name, own.alias_or_name))
                for name in join.args["using"]
            ]
            found = exp.select(exp.convert(1)).from_(other).where(*same)
            query.where(exp.Exists(this=found), copy=False)
            join.pop()
