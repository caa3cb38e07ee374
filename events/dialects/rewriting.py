"""What the dialects share: how a tree is rewritten node by node, and the pieces of SQL that rewriting takes."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import pyarrow as pa
from sqlglot import exp

from events.dialects.patterns import pattern_of
from events.errors import NotInDialect
from events.families import FAMILIES

Rules = Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr]]

# What a row names as the place of an event: struct_pack(event_time := ..., ...), and lists of them.
PLACES = ("place", "examples")
ORDERED_BY = ("evidence", "part", "member", "src_row")
LAST = "9999-12-31 23:59:59.999"
# The fields of the structs that questions make, and their types.
FIELDS = {
    "event_time": "TIMESTAMP",
    "evidence": "VARCHAR",
    "part": "INT",
    "member": "INT",
    "src_row": "INT",
    "src_file": "VARCHAR",
    "what": "VARCHAR",
    "network": "VARCHAR",
    "events": "BIGINT",
    "first_at": "TIMESTAMP",
}
# The columns of all families that hold numbers.
NUMBERS = {
    field.name
    for family in FAMILIES.values()
    for field in family.schema
    if pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
}
STEP = re.compile(r'\."([^"]+)"')


def rewritten(tree: exp.Query, rules: Rules) -> exp.Query:
    """Put each node through the rule for its type, the innermost first; what a rule makes is not looked at again."""
    for node in reversed(list(tree.walk())):
        if rule := rules.get(type(node)):
            made = rule(node)
            if made is not node:
                node.replace(made)
    return tree


def known(tree: exp.Query, functions: frozenset[str], engine: str) -> exp.Query:
    """Raises NotInDialect for the first function that nobody has compared with DuckDB's."""
    for node in tree.find_all(exp.Func, exp.Explode, exp.Comprehension):
        name = node.name.lower() if isinstance(node, exp.Anonymous) else type(node).__name__
        if name not in functions:
            words = node.name if isinstance(node, exp.Anonymous) else type(node).__name__
            raise NotInDialect(
                f"{words} cannot be said in {engine}'s SQL; ask this on the embedded engine (EVENTS_URL=file://)"
            )
    return tree


def call(name: str, *arguments: exp.Expr | str | int) -> exp.Anonymous:
    """A function by its own name, which no generator changes."""
    return exp.Anonymous(this=name, expressions=[value(one) for one in arguments])


def value(one: exp.Expr | str | int) -> exp.Expr:
    return one if isinstance(one, exp.Expr) else exp.convert(one)


def where_present(tested: exp.Expr, told: exp.Expr) -> exp.Expr:
    """NULL where the tested is NULL, else what is told: some functions make text of NULL."""
    return exp.Case(ifs=[exp.If(this=exp.Not(this=exp.Is(this=tested.copy(), expression=exp.null())), true=told)])


def paren(one: exp.Expr) -> exp.Paren:
    return exp.Paren(this=one)


def text_in(node: exp.Expr | None, what: str) -> str:
    """The text of a literal. Raises NotInDialect for an expression."""
    if isinstance(node, exp.Literal) and node.is_string:
        return str(node.this)
    raise NotInDialect(f"{what} that is not written out cannot be asked of this engine: {node.sql() if node else ''}")


def pattern_in(node: exp.Expr) -> exp.Literal:
    return exp.Literal.string(pattern_of(text_in(node.expression, "a pattern")))


def steps_of(path: exp.Expr) -> list[str | int]:
    """The keys and numbers of a JSON path; ``*`` as itself."""
    if isinstance(path, exp.Literal):
        return list(STEP.findall(str(path.this)))
    return [step_of(part) for part in path.expressions if not isinstance(part, exp.JSONPathRoot)]


def step_of(part: exp.Expr) -> str | int:
    if isinstance(part, exp.JSONPathKey) and isinstance(part.this, str):
        return part.this
    if isinstance(part, exp.JSONPathSubscript):
        return "*" if isinstance(part.this, exp.JSONPathWildcard) else int(part.this)
    raise NotInDialect(f"the JSON path step {part} cannot be asked of this engine")


def is_places(node: exp.Expr) -> bool:
    """Whether an expression is, or holds, the places of events: they are ordered by time and place."""
    names = {column.name for column in node.find_all(exp.Column)}
    return bool(names.intersection(PLACES)) or isinstance(struct_in(node), exp.Struct)


def struct_in(node: exp.Expr) -> exp.Expr:
    """The struct that an engine's row was made of; else the node."""
    made: exp.Expr = node.meta.get("struct", node)
    return made


def field(row: exp.Expr, name: str) -> exp.Expr:
    return exp.Dot(this=row.copy(), expression=exp.to_identifier(name))


def compared(node: exp.Expr) -> exp.Expr:
    """``(a, b) > (c, d)`` as ``a > c OR (a = c AND b > d)``; one value as it stands."""
    left, right = node.this, node.expression
    if not isinstance(left, exp.Tuple) or not isinstance(right, exp.Tuple):
        return node
    return lexical(type(node), left.expressions, right.expressions)


def lexical(kind: type[exp.Expr], left: Sequence[exp.Expr], right: Sequence[exp.Expr]) -> exp.Expr:
    first = kind(this=left[0].copy(), expression=right[0].copy())
    if len(left) == 1:
        return first
    same = exp.EQ(this=left[0].copy(), expression=right[0].copy())
    return paren(exp.or_(first, exp.and_(same, lexical(kind, left[1:], right[1:]))))


def from_text(node: exp.Expr) -> exp.Expr:
    """TRY_CAST of a text to a whole number, which rounds "48.0" as DuckDB does; to a time it is refused."""
    kind = node.args["to"]
    if kind.is_type(*exp.DataType.TEMPORAL_TYPES):
        raise NotInDialect(f"{node.sql()} cannot be asked of this engine: each reads the text of a time in its own way")
    if kind.is_type(exp.DType.UTINYINT):
        kind = exp.DataType.build("smallint")
    if not kind.is_type(*exp.DataType.INTEGER_TYPES):
        return node
    rounded = exp.Round(this=exp.TryCast(this=node.this.copy(), to=exp.DataType.build("double")))
    return exp.Coalesce(
        this=exp.TryCast(this=node.this, to=kind), expressions=[exp.TryCast(this=rounded, to=kind.copy())]
    )


def joined_text(node: exp.Expr) -> exp.Expr:
    """DuckDB's concat leaves NULL out."""
    parts = [paren(exp.Coalesce(this=one, expressions=[exp.Literal.string("")])) for one in node.expressions]
    return paren(piped(parts))


def piped(parts: Sequence[exp.Expr]) -> exp.Expr:
    told = parts[0]
    for part in parts[1:]:
        told = exp.DPipe(this=told, expression=part)
    return told


def number_as_text(node: exp.Expr) -> exp.Expr:
    """``||`` takes text alone where DuckDB makes text of a number."""
    for side in (node.this, node.expression):
        if is_number(side.unnest()):
            side.replace(exp.cast(side.copy(), "varchar"))
    return node


def is_number(node: exp.Expr) -> bool:
    return isinstance(node, exp.BitwiseRightShift | exp.Sub | exp.Add) or (
        isinstance(node, exp.Column) and node.name in NUMBERS
    )


def java_format(node: exp.Expr) -> str:
    """A format of DuckDB's as Java's Formatter knows it. Raises NotInDialect for other fields than {:02x} and {:,}."""
    told = text_in(node.this, "a format")
    made = told.replace("%", "%%").replace("{:02x}", "%02x").replace("{:,}", "%,d")
    if "{" in made:
        raise NotInDialect(f"the format {told!r} cannot be asked of this engine")
    return made


def all_present(arguments: Sequence[exp.Expr], told: exp.Expr) -> exp.Expr:
    tests = [exp.Not(this=exp.Is(this=one.copy(), expression=exp.null())) for one in arguments]
    return exp.Case(ifs=[exp.If(this=exp.and_(*tests), true=told)])


def once_replaced(node: exp.Expr) -> exp.Expr:
    """DuckDB's regexp_replace replaces the first match, the others all: the same where a pattern is anchored."""
    told = text_in(node.expression, "a pattern")
    if not (told.startswith("^") or told.endswith("$")):
        raise NotInDialect(f"the pattern {told!r} is replaced once in DuckDB and everywhere in this engine; anchor it")
    return call("REGEXP_REPLACE", node.this, pattern_in(node), text_in(node.args["replacement"], "a replacement"))


def bucket_of(node: exp.Expr) -> tuple[int, exp.Expr, exp.Expr, int]:
    """What ``time_bucket(to_seconds(N), TIME, ORIGIN)`` is made of: seconds, time, origin, origin since 1970."""
    width, origin = node.this, node.args.get("unit")
    if not isinstance(width, exp.Anonymous) or width.name.lower() != "to_seconds" or not isinstance(origin, exp.Cast):
        raise NotInDialect(f"{node.sql('duckdb')} cannot be asked of this engine; give the width as to_seconds(N)")
    since = datetime.fromisoformat(origin.this.name).replace(tzinfo=UTC)
    return int(width.expressions[0].name), node.expression, origin, int(since.timestamp())


def fields_of(node: exp.Expr) -> Iterator[tuple[str, str, exp.Expr]]:
    """Name, type and value of each field of a struct. Raises NotInDialect for a name of unknown type."""
    for one in node.expressions:
        name = one.this.name
        if name not in FIELDS:
            raise NotInDialect(f"the struct field {name!r} has no type that another engine could be told")
        yield name, FIELDS[name], one.expression


def sliced(node: exp.Expr) -> exp.Expr:
    """``list[1:n]`` and ``list[n:]``."""
    [part] = node.expressions
    if not isinstance(part, exp.Slice):
        raise NotInDialect(f"{node.sql('duckdb')} cannot be asked of this engine; take a slice [1:N]")
    start, end = part.this, part.expression
    if end is None:
        return call("SLICE", node.this, start, call("CARDINALITY", node.this.copy()))
    if start.sql() != "1":
        raise NotInDialect(f"{node.sql('duckdb')} cannot be asked of this engine; begin the slice at 1")
    return call("SLICE", node.this, 1, end)


def comprehended(node: exp.Expr) -> exp.Expr:
    """``[EACH FOR x IN LIST IF TEST]``."""
    [one] = node.expressions if len(node.expressions) == 1 else [None]
    if not isinstance(one, exp.Comprehension):
        return node
    found: exp.Expr = one.args["iterator"]
    name = one.expression
    if test := one.args.get("condition"):
        found = call("FILTER", found, exp.Lambda(this=test, expressions=[exp.to_identifier(name.name, quoted=True)]))
    if one.this.name == name.name and isinstance(one.this, exp.Column):
        return found
    return call("TRANSFORM", found, exp.Lambda(this=one.this, expressions=[exp.to_identifier(name.name, quoted=True)]))
