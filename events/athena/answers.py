"""Athena's answers are text: nested values are asked for as JSON, and each text becomes the value that DuckDB gives.

https://docs.aws.amazon.com/athena/latest/APIReference/API_Datum.html
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlglot import exp

from events.errors import EngineFailed, NotInDialect
from events.shapes import Shape

NESTED = ("list", "struct", "map")
PLAIN: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "uinteger", "ubigint"), int),
    "double": float,
    "float": float,
    "varchar": str,
    "json": str,
    "boolean": lambda text: text == "true",
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


def is_nested(kind: Any) -> bool:
    return kind.id in NESTED


def as_text(tree: exp.Query, shape: Shape) -> exp.Query:
    """The same rows in the same order, with nested columns as JSON.

    The order is carried out of the question as columns of its own, because it may speak of what has become text.
    """
    if not any(is_nested(kind) for _, kind in shape):
        return tree
    if not isinstance(tree, exp.Select) or tree.args.get("distinct"):
        raise NotInDialect("nested values of a UNION or DISTINCT cannot be asked of Athena; put a SELECT around it")
    order = tree.args.get("order")
    keys = [one.copy() for one in order.expressions] if order else []
    places = {one.alias_or_name: number for number, one in enumerate(tree.expressions)}
    values = [one.unalias() for one in tree.expressions]
    told = [exp.alias_(value.copy(), f"c{number}", quoted=True) for number, value in enumerate(values)]
    hidden = [exp.alias_(meant(key.this, places, values), f"o{number}") for number, key in enumerate(keys)]
    tree.set("expressions", [*told, *hidden])
    if order:
        tree.set("order", order_by(keys))
    return around(tree, shape, keys)


def around(tree: exp.Select, shape: Shape, keys: Sequence[exp.Expr]) -> exp.Select:
    ctes = tree.args.get("with_")
    tree.set("with_", None)
    columns = [column_of(number, name, kind) for number, (name, kind) in enumerate(shape)]
    found = exp.select(*columns).from_(tree.subquery("told"))
    found.set("with_", ctes)
    if keys:
        found.set("order", order_by(keys))
    return found


def column_of(number: int, name: str, kind: Any) -> exp.Expr:
    value: exp.Expr = exp.column(f"c{number}", quoted=True)
    if is_nested(kind):
        value = exp.Anonymous(this="JSON_FORMAT", expressions=[exp.Cast(this=value, to=exp.DataType.build("json"))])
    return exp.alias_(value, name, quoted=True)


def order_by(keys: Sequence[exp.Expr]) -> exp.Order:
    """The same directions over the columns o0, o1, ..."""
    return exp.Order(
        expressions=[
            exp.Ordered(
                this=exp.column(f"o{number}"), desc=key.args.get("desc"), nulls_first=key.args.get("nulls_first")
            )
            for number, key in enumerate(keys)
        ]
    )


def meant(key: exp.Expr, places: Mapping[str, int], values: Sequence[exp.Expr]) -> exp.Expr:
    """What a key of an ORDER BY stands for: a column by number, names of columns, or an expression of either."""
    if isinstance(key, exp.Literal) and not key.is_string:
        return values[int(key.this) - 1].copy()

    def named(node: exp.Expr) -> exp.Expr:
        is_own = isinstance(node, exp.Column) and not node.table and node.name in places
        return values[places[node.name]].copy() if is_own else node

    return key.copy().transform(named)


def rows_of(found: Sequence[Sequence[str | None]], shape: Shape) -> list[tuple[Any, ...]]:
    """Text to values. Raises EngineFailed for text that is not of its column's type."""
    kinds = [kind for _, kind in shape]
    try:
        return [tuple(value_of(text, kind) for text, kind in zip(row, kinds, strict=True)) for row in found]
    except (ValueError, TypeError, KeyError) as problem:
        raise EngineFailed(f"Athena's answer is not of the types that were asked for: {problem!r}") from problem


def value_of(text: str | None, kind: Any) -> Any:
    if text is None:
        return None
    return inside(json.loads(text), kind) if is_nested(kind) else PLAIN[kind.id](text)


def inside(value: Any, kind: Any) -> Any:
    """A value of JSON as one of the type."""
    if value is None:
        return None
    if kind.id == "list":
        [(_, child)] = kind.children
        return [inside(one, child) for one in value]
    if kind.id == "struct":
        return {name: inside(value[name], child) for name, child in kind.children}
    if kind.id == "map":
        (_, key), (_, child) = kind.children
        return {inside(name, key): inside(one, child) for name, one in value.items()}
    return PLAIN[kind.id](value) if isinstance(value, str) else value
