"""A plain tree as Athena says it (engine version 3, which is Trino): each rule is one way in which the two differ.

https://docs.aws.amazon.com/athena/latest/ug/functions-env3.html, https://trino.io/docs/current/functions.html
"""

from sqlglot import exp
from sqlglot.jsonpath import parse

from events.dialects.dialect import Dialect
from events.dialects.rewriting import (
    LAST,
    ORDERED_BY,
    Rules,
    all_present,
    bucket_of,
    call,
    compared,
    comprehended,
    field,
    fields_of,
    from_text,
    is_places,
    java_format,
    joined_text,
    number_as_text,
    once_replaced,
    paren,
    pattern_in,
    sliced,
    steps_of,
    struct_in,
    text_in,
    where_present,
)
from events.errors import NotInDialect

# Directives of strftime -> those of date_format, which are MySQL's.
TIMES = {"%Y": "%Y", "%m": "%m", "%d": "%d", "%H": "%H", "%M": "%i", "%S": "%s", "%V": "%v"}
# Functions whose meaning was compared with DuckDB's: by class in the tree, or by name.
FUNCTIONS = frozenset(
    (
        *("And", "Or", "Case", "If", "Cast", "TryCast", "Try", "Coalesce", "Nullif", "Lower", "StartsWith", "Split"),
        *("Count", "Min", "Max", "Sum", "ArrayAgg", "LogicalOr", "RowNumber", "Lag", "FirstValue", "Exists"),
        *("Array", "ArrayToString", "Flatten", "Map", "GenerateSeries", "Unnest", "ConcatWs", "Least", "Greatest"),
        *("Left", "Substring", "StrPosition", "Pad", "Trim", "Chr", "BitwiseRightShift", "TimestampTrunc", "Round"),
        *("strpos", "substr", "length", "split_part", "split", "element_at", "regexp_like", "regexp_extract"),
        *("regexp_extract_all", "regexp_replace", "json_extract_scalar", "json_extract", "json_format", "json_exists"),
        *("json_query", "json_parse", "cardinality", "array_distinct", "filter", "transform", "array_sort", "slice"),
        *("array_join", "repeat", "format", "date_format", "date_add", "to_unixtime", "floor", "row", "max_two"),
        *("histogram", "sequence", "max"),
    )
)  # fmt: skip


def contains(node: exp.Expr) -> exp.Expr:
    return paren(exp.GT(this=call("STRPOS", node.this, node.expression), expression=exp.convert(0)))


def ends_with(node: exp.Expr) -> exp.Expr:
    """Trino has no ends_with; ``substr`` from beyond the start is empty."""
    end = call("SUBSTR", node.this, exp.Neg(this=call("LENGTH", node.expression)))
    return paren(exp.EQ(this=end, expression=node.expression.copy()))


def split_part(node: exp.Expr) -> exp.Expr:
    """DuckDB counts from the end too, and gives empty text where there is no such part."""
    text, place = node.this, node.args["part_index"]
    if place.sql() == "-1":
        return call("ELEMENT_AT", call("SPLIT", text, node.args["delimiter"]), -1)
    part = exp.Coalesce(
        this=call("SPLIT_PART", text, node.args["delimiter"], place), expressions=[exp.Literal.string("")]
    )
    return where_present(text, part)


def regexp_extract(node: exp.Expr) -> exp.Expr:
    """DuckDB gives empty text where nothing matches."""
    found = call("REGEXP_EXTRACT", node.this, pattern_in(node))
    return where_present(node.this, exp.Coalesce(this=found, expressions=[exp.Literal.string("")]))


def json_text(node: exp.Expr) -> exp.Expr:
    """A value as text; an object or array as JSON, null as NULL. Of a list of paths a list; of ``[*]`` a list too."""
    text, path = node.this, node.expression
    if isinstance(path, exp.Array):
        return exp.Array(expressions=[json_at(text, paths_of(one)) for one in path.expressions])
    return json_at(text, steps_of(path))


def paths_of(node: exp.Expr) -> list[str | int]:
    """The steps of a path that stands as text in a list."""
    return steps_of(parse(text_in(node, "a JSON path")))


def json_at(text: exp.Expr, steps: list[str | int]) -> exp.Expr:
    if steps[:1] == ["*"]:
        return json_list(text, steps[1:])
    path = "$" + "".join(f"[{one}]" if isinstance(one, int) else f'["{one}"]' for one in steps)
    whole = exp.Nullif(
        this=call("JSON_FORMAT", call("JSON_EXTRACT", text.copy(), path)), expression=exp.Literal.string("null")
    )
    return exp.Coalesce(this=call("JSON_EXTRACT_SCALAR", text.copy(), path), expressions=[whole])


def json_list(text: exp.Expr, steps: list[str | int]) -> exp.Expr:
    """The values below each element of a list, as text. Raises NotInDialect for more than one step."""
    if len(steps) > 1:
        raise NotInDialect("a JSON path of several steps behind [*] cannot be asked of Athena")
    each = exp.Cast(this=call("JSON_PARSE", text.copy()), to=exp.DataType.build("ARRAY<JSON>"))
    one = exp.column("one", quoted=True)
    told = json_of_one(one, str(steps[0])) if steps else scalar_of(one)
    texts = call("TRANSFORM", each, exp.Lambda(this=told, expressions=[exp.to_identifier("one", quoted=True)]))
    found = exp.Not(this=exp.Is(this=exp.column("one", quoted=True), expression=exp.null()))
    return call("FILTER", texts, exp.Lambda(this=found, expressions=[exp.to_identifier("one", quoted=True)]))


def json_of_one(one: exp.Expr, key: str) -> exp.Expr:
    return json_at(one, [key])


def scalar_of(one: exp.Expr) -> exp.Expr:
    return exp.Coalesce(this=call("JSON_EXTRACT_SCALAR", one, "$"), expressions=[call("JSON_FORMAT", one.copy())])


def anonymous(node: exp.Expr) -> exp.Expr:
    """What sqlglot knows by its name alone; other names are refused at the end."""
    name, given = node.name.lower(), node.expressions
    if name == "json_exists":
        steps = "".join(f'."{one}"' for one in steps_of(given[1]))
        return call("JSON_EXISTS", given[0], f"strict ${steps}")
    if name == "to_json":
        return json_written(given[0])
    if name == "json_valid":
        parsed = exp.Try(this=call("JSON_PARSE", given[0]))
        return paren(exp.Not(this=exp.Is(this=parsed, expression=exp.null())))
    return node


def json_written(one: exp.Expr) -> exp.Expr:
    return call("JSON_FORMAT", exp.Cast(this=one, to=exp.DataType.build("json")))


def json_array(node: exp.Expr) -> exp.Expr:
    return json_written(exp.Array(expressions=node.expressions))


def distinct_list(node: exp.Expr) -> exp.Expr:
    """DuckDB's list_distinct leaves NULL out."""
    found = exp.Not(this=exp.Is(this=exp.column("one", quoted=True), expression=exp.null()))
    only = exp.Lambda(this=found, expressions=[exp.to_identifier("one", quoted=True)])
    return call("FILTER", call("ARRAY_DISTINCT", node.this), only)


def sorted_list(node: exp.Expr) -> exp.Expr:
    """Rows compare only where no field is NULL, so places are compared by what they are ordered by."""
    if not is_places(node.this):
        return call("ARRAY_SORT", node.this)
    left, right = (exp.column(name, quoted=True) for name in ("a", "b"))
    less, same = (kind(this=key_of(left), expression=key_of(right)) for kind in (exp.LT, exp.EQ))
    order = exp.Case(
        ifs=[exp.If(this=less, true=exp.convert(-1)), exp.If(this=same, true=exp.convert(0))], default=exp.convert(1)
    )
    names = [exp.to_identifier(name, quoted=True) for name in ("a", "b")]
    return call("ARRAY_SORT", node.this, exp.Lambda(this=order, expressions=names))


def key_of(place: exp.Expr) -> exp.Expr:
    return call("ROW", *keys_of(place))


def keys_of(place: exp.Expr) -> list[exp.Expr]:
    """What the places of events are ordered by; those without a time come last."""
    if isinstance(place, exp.Struct):
        given = {one.this.name: one.expression for one in place.expressions}
    else:
        given = {name: field(place, name) for name in ("event_time", *ORDERED_BY)}
    last = exp.cast(exp.Literal.string(LAST), "timestamp")
    return [
        exp.Coalesce(this=given["event_time"].copy(), expressions=[last]),
        *(given[name].copy() for name in ORDERED_BY),
    ]


def smallest(node: exp.Expr) -> exp.Expr:
    """``min(place, N)``: the first N places in the order of events."""
    count = node.args.get("count") or next(iter(node.expressions), None)
    if count is None:
        return node
    if not is_places(node.this):
        raise NotInDialect("min(..., N) of anything but the places of events cannot be asked of Athena")
    place = struct_in(node.this)
    order = exp.Order(this=node.this, expressions=[exp.Ordered(this=key) for key in keys_of(place)])
    return call("SLICE", exp.ArrayAgg(this=order), 1, count)


def filtered(node: exp.Expr) -> exp.Expr:
    """A filter goes to the aggregate inside of what was made of it."""
    made = node.this
    if isinstance(made, exp.Anonymous) and isinstance(made.expressions[0], exp.ArrayAgg):
        inner = made.expressions[0]
        inner.replace(exp.Filter(this=inner.copy(), expression=node.expression))
        return made
    return node


def struct(node: exp.Expr) -> exp.Expr:
    fields = list(fields_of(node))
    kinds = ", ".join(f'"{name}" {kind}' for name, kind, _ in fields)
    row = call("ROW", *(one.copy() for _, _, one in fields))
    made = exp.Cast(this=row, to=exp.DataType.build(f"ROW({kinds})", dialect="trino"))
    made.meta["struct"] = node.copy()
    return made


def windowed(node: exp.Expr) -> exp.Expr:
    """No DISTINCT in a window, and no frame that leaves its own row out."""
    counted, spec = node.this, node.args.get("spec")
    if isinstance(counted, exp.Count) and isinstance(counted.this, exp.Distinct):
        [value] = counted.this.expressions
        window = node.copy()
        present = exp.Where(this=exp.Not(this=exp.Is(this=value.copy(), expression=exp.null())))
        window.set("this", exp.Filter(this=exp.ArrayAgg(this=value.copy()), expression=present))
        many = call("CARDINALITY", call("ARRAY_DISTINCT", window))
        return exp.Coalesce(this=many, expressions=[exp.convert(0)])
    if spec is not None and spec.args.get("exclude"):
        return without_own(node, spec)
    return node


def without_own(node: exp.Expr, spec: exp.Expr) -> exp.Expr:
    """``max(x) OVER (... EXCLUDE CURRENT ROW)``: of the two largest, the one that is not the row's own."""
    if not isinstance(node.this, exp.Max) or node.this.expressions:
        raise NotInDialect("only max() can leave its own row out of a window in Athena")
    own = node.this.this
    window = node.copy()
    window.args["spec"].set("exclude", None)
    window.set("this", call("MAX", own.copy(), 2))
    first, second = (call("ELEMENT_AT", window.copy(), place) for place in (1, 2))
    is_own = exp.EQ(this=own.copy(), expression=first.copy())
    return exp.Case(ifs=[exp.If(this=is_own, true=second)], default=first)


def bucket(node: exp.Expr) -> exp.Expr:
    """``time_bucket``: whole widths since the origin, before it too."""
    width, time, origin, since = bucket_of(node)
    passed = exp.Sub(this=call("FLOOR", call("TO_UNIXTIME", time)), expression=exp.convert(since))
    steps = call("FLOOR", exp.Div(this=paren(passed), expression=exp.convert(width)))
    seconds = exp.Mul(this=exp.cast(steps, "bigint"), expression=exp.convert(width))
    return call("DATE_ADD", "second", seconds, origin)


def time_text(node: exp.Expr) -> exp.Expr:
    told = text_in(node.args["format"], "a time's format")
    made = "".join(
        TIMES.get(told[at : at + 2], "") if told[at] == "%" else told[at]
        for at in range(len(told))
        if told[at - 1 : at] != "%"
    )
    if told.count("%") != made.count("%"):
        raise NotInDialect(f"the time format {told!r} cannot be asked of Athena")
    return call("DATE_FORMAT", node.this, made)


def extreme(node: exp.Expr) -> exp.Expr:
    """DuckDB's least and greatest leave NULL out; Trino's are NULL where one is."""
    values = [node.this, *node.expressions]
    if len(values) != 2:
        raise NotInDialect("least and greatest of more than two values cannot be asked of Athena")
    return exp.Coalesce(this=node.copy(), expressions=[one.copy() for one in values])


def formatted(node: exp.Expr) -> exp.Expr:
    return all_present(node.expressions, call("FORMAT", java_format(node), *(one.copy() for one in node.expressions)))


def repeated(node: exp.Expr) -> exp.Expr:
    """Trino's repeat makes a list."""
    times = exp.Greatest(this=node.args["times"], expressions=[exp.convert(0)])
    return call("ARRAY_JOIN", call("REPEAT", node.this, times), "")


def first(node: exp.Expr) -> exp.Expr:
    return call("ELEMENT_AT", exp.ArrayAgg(this=node.this), 1)


def trimmed(node: exp.Expr) -> exp.Expr:
    """Without a character named, DuckDB takes spaces off and Trino all white space."""
    if node.expression is None:
        node.set("expression", exp.Literal.string(" "))
        node.set("position", "BOTH")
    return node


RULES: Rules = {
    exp.Contains: contains,
    exp.EndsWith: ends_with,
    exp.SplitPart: split_part,
    exp.RegexpLike: lambda node: call("REGEXP_LIKE", node.this, pattern_in(node)),
    exp.RegexpExtract: regexp_extract,
    exp.RegexpExtractAll: lambda node: call("REGEXP_EXTRACT_ALL", node.this, pattern_in(node)),
    exp.RegexpReplace: once_replaced,
    exp.JSONExtractScalar: json_text,
    exp.JSONArray: json_array,
    exp.Anonymous: anonymous,
    exp.Length: lambda node: call("CARDINALITY", node.this),
    exp.ArrayDistinct: distinct_list,
    exp.ArraySort: sorted_list,
    exp.Min: smallest,
    exp.Filter: filtered,
    exp.Struct: struct,
    exp.Bracket: sliced,
    exp.Array: comprehended,
    exp.Window: windowed,
    exp.DateBin: bucket,
    exp.TimeToStr: time_text,
    exp.Least: extreme,
    exp.Greatest: extreme,
    exp.Format: formatted,
    exp.Repeat: repeated,
    exp.First: first,
    exp.Trim: trimmed,
    exp.TryCast: from_text,
    exp.Concat: joined_text,
    exp.DPipe: number_as_text,
    exp.GT: compared,
    exp.LT: compared,
}

ATHENA = Dialect("athena", "Athena", RULES, FUNCTIONS)
