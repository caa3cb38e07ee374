"""A plain tree as Spark says it (4.x, ANSI mode, session in UTC, timestamps without a zone).

https://spark.apache.org/docs/latest/sql-ref.html
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
    from_text,
    is_places,
    java_format,
    joined_text,
    once_replaced,
    paren,
    pattern_in,
    sliced,
    steps_of,
    text_in,
    where_present,
)
from events.errors import NotInDialect

# Directives of strftime -> those of Java's DateTimeFormatter.
TIMES = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%H": "HH", "%M": "mm", "%S": "ss"}
ESCAPES = "~^#|"  # one that a pattern does not hold
AGGREGATE = "aggregate"
FUNCTIONS = frozenset(
    (
        *("And", "Or", "Case", "If", "Cast", "TryCast", "Coalesce", "Nullif", "Lower", "Split", "Exists"),
        *("Count", "Min", "Max", "Sum", "LogicalOr", "RowNumber", "Lag", "FirstValue", "Round", "Repeat"),
        *("Array", "ArrayToString", "Flatten", "Map", "GenerateSeries", "Unnest", "ConcatWs", "Least", "Greatest"),
        *("Left", "Substring", "StrPosition", "Pad", "Trim", "Chr", "BitwiseRightShift", "TimestampTrunc", "Struct"),
        *("contains", "startswith", "endswith", "split_part", "regexp_like", "regexp_extract", "regexp_extract_all"),
        *("regexp_replace", "get_json_object", "from_json", "to_json", "json_object_keys", "array_contains", "size"),
        *("array_compact", "array_distinct", "array_sort", "sort_array", "collect_list", "collect_set", "slice", "get"),
        *("filter", "transform", "format_string", "date_format", "timestampadd", "unix_seconds", "to_timestamp_ltz"),
        *("floor", "map_from_entries", "length", "substr", "cardinality"),
    )
)  # fmt: skip


def aggregate(name: str, value: exp.Expr) -> exp.Anonymous:
    """An aggregate, marked so that FILTER and OVER find it inside of what is made of it."""
    made = call(name, value)
    made.meta[AGGREGATE] = True
    return made


def pushed(node: exp.Expr) -> exp.Expr:
    """FILTER and OVER go to the aggregates inside of what was made."""
    made: exp.Expr = node.this
    inner = [one for one in made.walk() if one.meta.get(AGGREGATE)]
    if not inner or made in inner:
        if made in inner:
            node.meta[AGGREGATE] = True
        return node
    for one in inner:
        around = node.copy()
        around.set("this", one.copy())
        around.this.meta.pop(AGGREGATE)
        around.meta[AGGREGATE] = True
        one.replace(around)
    return made


def gathered(node: exp.Expr) -> exp.Expr:
    """``list``: of none NULL, with NULL where there is one, in its order."""
    told, keys = node.this, []
    if isinstance(told, exp.Order):
        told, keys = told.this, told.expressions
    if isinstance(told, exp.Distinct):
        return none_if_empty(distinct(told, keys))
    if not keys:
        return none_if_empty(values_in(aggregate("COLLECT_LIST", entry(told, ()))))
    return none_if_empty(values_in(in_order(aggregate("COLLECT_LIST", entry(told, keys)), keys)))


def distinct(node: exp.Expr, keys: list[exp.Expr]) -> exp.Expr:
    """Different values, in their own order if in any."""
    [told] = node.expressions
    if any(key.this != told or key.args.get("desc") for key in keys):
        raise NotInDialect(f"{node.sql('duckdb')} in another order than its own cannot be asked of Spark")
    found = aggregate("COLLECT_SET", told)
    return call("ARRAY_SORT", found) if keys else found


def entry(value: exp.Expr, keys: list[exp.Expr] | tuple[()]) -> exp.Struct:
    """A struct of the keys and the value: what lists are gathered of, because Spark leaves a bare NULL out."""
    named = [(f"k{number}", key.this) for number, key in enumerate(keys)]
    named.append(("value", value))
    return exp.Struct(
        expressions=[exp.PropertyEQ(this=exp.to_identifier(name), expression=one.copy()) for name, one in named]
    )


def values_in(entries: exp.Expr) -> exp.Expr:
    return call("TRANSFORM", entries, exp.Lambda(this=field(lambda_of("s"), "value"), expressions=[name_of("s")]))


def in_order(entries: exp.Expr, keys: list[exp.Expr]) -> exp.Expr:
    """Sorted by the keys, each in its direction, NULL last."""
    ifs = []
    for number, key in enumerate(keys):
        a, b = (field(lambda_of(name), f"k{number}") for name in ("a", "b"))
        first, last = (exp.LT, exp.GT) if not key.args.get("desc") else (exp.GT, exp.LT)
        ifs += [
            exp.If(this=exp.or_(first(this=a, expression=b), lone_null(b, a)), true=exp.convert(-1)),
            exp.If(this=exp.or_(last(this=a.copy(), expression=b.copy()), lone_null(a, b)), true=exp.convert(1)),
        ]
    order = exp.Case(ifs=ifs, default=exp.convert(0))
    return call("ARRAY_SORT", entries, exp.Lambda(this=order, expressions=[name_of("a"), name_of("b")]))


def lone_null(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    is_null = exp.Is(this=one.copy(), expression=exp.null())
    return exp.and_(is_null, exp.Not(this=exp.Is(this=other.copy(), expression=exp.null())))


def lambda_of(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def name_of(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def none_if_empty(found: exp.Expr) -> exp.Expr:
    """DuckDB's list of nothing is NULL."""
    return exp.Nullif(this=found, expression=exp.Array(expressions=[]))


def smallest(node: exp.Expr) -> exp.Expr:
    """``min(place, N)``: the first N places in the order of events."""
    count = node.args.get("count") or next(iter(node.expressions), None)
    if count is None:
        return node
    if not is_places(node.this):
        raise NotInDialect("min(..., N) of anything but the places of events cannot be asked of Spark")
    return call("SLICE", none_if_empty(by_place(aggregate("COLLECT_LIST", node.this))), 1, count)


def by_place(places: exp.Expr) -> exp.Expr:
    left, right = (key_of(lambda_of(name)) for name in ("a", "b"))
    ifs = [
        exp.If(this=exp.LT(this=left, expression=right), true=exp.convert(-1)),
        exp.If(this=exp.EQ(this=left.copy(), expression=right.copy()), true=exp.convert(0)),
    ]
    order = exp.Case(ifs=ifs, default=exp.convert(1))
    return call("ARRAY_SORT", places, exp.Lambda(this=order, expressions=[name_of("a"), name_of("b")]))


def key_of(place: exp.Expr) -> exp.Expr:
    last = exp.cast(exp.Literal.string(LAST), "timestamp")
    time = exp.Coalesce(this=field(place, "event_time"), expressions=[last])
    return exp.Tuple(expressions=[time, *(field(place, name) for name in ORDERED_BY)])


def sorted_list(node: exp.Expr) -> exp.Expr:
    return by_place(node.this) if is_places(node.this) else call("ARRAY_SORT", node.this)


def first(node: exp.Expr) -> exp.Expr:
    keys = node.this.expressions
    return call("GET", values_in(in_order(aggregate("COLLECT_LIST", entry(node.this.this, keys)), keys)), 0)


def json_text(node: exp.Expr) -> exp.Expr:
    """A value as text; an object or array as JSON, null as NULL."""
    text, path = node.this, node.expression
    if isinstance(path, exp.Array):
        paths = [steps_of(parse(text_in(one, "a JSON path"))) for one in path.expressions]
        return exp.Array(expressions=[json_at(text, steps) for steps in paths])
    return json_at(text, steps_of(path))


def json_at(text: exp.Expr, steps: list[str | int]) -> exp.Expr:
    if steps[:1] == ["*"]:
        return json_list(text, [str(step) for step in steps[1:]])
    return call("GET_JSON_OBJECT", text.copy(), path_of(steps))


def path_of(steps: list[str | int]) -> str:
    return "$" + "".join(f"[{one}]" if isinstance(one, int) else f"['{one}']" for one in steps)


def json_list(text: exp.Expr, steps: list[str]) -> exp.Expr:
    """The values below each element of a list. Spark would take one object for a list of one."""
    if len(steps) > 1:
        raise NotInDialect("a JSON path of several steps behind [*] cannot be asked of Spark")
    is_list = exp.Like(this=text.copy(), expression=exp.Literal.string("[%"))
    kind = f"ARRAY<STRUCT<`{steps[0]}`: STRING>>" if steps else "ARRAY<STRING>"
    found: exp.Expr = call("FROM_JSON", text.copy(), kind)
    if steps:
        found = call("TRANSFORM", found, exp.Lambda(this=field(lambda_of("s"), steps[0]), expressions=[name_of("s")]))
    return exp.Case(ifs=[exp.If(this=is_list, true=call("ARRAY_COMPACT", found))])


def anonymous(node: exp.Expr) -> exp.Expr:
    name, given = node.name.lower(), node.expressions
    if name == "json_exists":
        *parents, key = steps_of(given[1])
        keys = call("JSON_OBJECT_KEYS", call("GET_JSON_OBJECT", given[0], path_of(parents)))
        return call("ARRAY_CONTAINS", keys, str(key))
    if name == "to_json":
        listed = call("TO_JSON", exp.Array(expressions=[given[0].copy()]))
        inner = exp.Sub(this=call("LENGTH", listed), expression=exp.convert(2))
        return where_present(given[0], call("SUBSTR", listed.copy(), 2, inner))
    if name == "histogram":
        return counted(given[0])
    return node


def counted(value: exp.Expr) -> exp.Expr:
    """DuckDB's histogram: each value with how often it is there, NULL left out."""
    same = exp.EQ(this=lambda_of("v"), expression=lambda_of("k"))
    of_it = call("FILTER", aggregate("COLLECT_LIST", value.copy()), exp.Lambda(this=same, expressions=[name_of("v")]))
    many = exp.cast(call("SIZE", of_it), "bigint")
    pair = exp.Tuple(expressions=[lambda_of("k"), many])
    pairs = call("TRANSFORM", aggregate("COLLECT_SET", value), exp.Lambda(this=pair, expressions=[name_of("k")]))
    return call("MAP_FROM_ENTRIES", none_if_empty(pairs))


def windowed(node: exp.Expr) -> exp.Expr:
    """No DISTINCT in a window, and no frame that leaves its own row out."""
    told, spec = node.this, node.args.get("spec")
    if isinstance(told, exp.Count) and isinstance(told.this, exp.Distinct):
        [value] = told.this.expressions
        window = node.copy()
        window.set("this", call("COLLECT_SET", value.copy()))
        return exp.cast(call("SIZE", window), "bigint")
    if spec is not None and spec.args.get("exclude"):
        return without_own(node)
    return pushed(node)


def without_own(node: exp.Expr) -> exp.Expr:
    """``max(x) OVER (... EXCLUDE CURRENT ROW)``: of the two largest, the one that is not the row's own."""
    if not isinstance(node.this, exp.Max) or node.this.expressions:
        raise NotInDialect("only max() can leave its own row out of a window in Spark")
    own, window = node.this.this, node.copy()
    window.args["spec"].set("exclude", None)
    window.set("this", call("COLLECT_LIST", own.copy()))
    falling = call("SORT_ARRAY", window, exp.false())
    largest, second = (call("GET", falling.copy(), place) for place in (0, 1))
    is_own = exp.EQ(this=own.copy(), expression=largest.copy())
    return exp.Case(ifs=[exp.If(this=is_own, true=second)], default=largest)


def bucket(node: exp.Expr) -> exp.Expr:
    """``time_bucket``: whole widths since the origin, before it too."""
    width, time, origin, since = bucket_of(node)
    passed = exp.Sub(this=call("UNIX_SECONDS", call("TO_TIMESTAMP_LTZ", time)), expression=exp.convert(since))
    steps = call("FLOOR", exp.Div(this=paren(passed), expression=exp.convert(width)))
    return call("TIMESTAMPADD", exp.var("SECOND"), exp.Mul(this=steps, expression=exp.convert(width)), origin)


def time_text(node: exp.Expr) -> exp.Expr:
    """Java's format takes letters for its own: what stands between the fields is quoted."""
    told, made = text_in(node.args["format"], "a time's format"), ""
    while told:
        if told[0] == "%" and told[:2] not in TIMES:
            raise NotInDialect(f"the time format {told[:2]!r} cannot be asked of Spark")
        made += TIMES.get(told[:2]) or (f"'{told[0]}'" if told[0].isalpha() else told[0])
        told = told[2 if told[0] == "%" else 1 :]
    return call("DATE_FORMAT", node.this, made)


def formatted(node: exp.Expr) -> exp.Expr:
    values = [one.copy() for one in node.expressions]
    return all_present(node.expressions, call("FORMAT_STRING", java_format(node), *values))


def like(node: exp.Expr) -> exp.Expr:
    """Without an ESCAPE named, the backslash is one in Spark and none in DuckDB."""
    pattern = text_in(node.expression, "a LIKE pattern") if not isinstance(node.parent, exp.Escape) else ""
    if "\\" not in pattern:
        return node
    sign = next((one for one in ESCAPES if one not in pattern), None)
    if sign is None:
        raise NotInDialect(f"the LIKE pattern {pattern!r} cannot be asked of Spark; it holds all of {ESCAPES}")
    return exp.Escape(this=node.copy(), expression=exp.Literal.string(sign))


RULES: Rules = {
    exp.Contains: lambda node: call("CONTAINS", node.this, node.expression),
    exp.StartsWith: lambda node: call("STARTSWITH", node.this, node.expression),
    exp.EndsWith: lambda node: call("ENDSWITH", node.this, node.expression),
    exp.SplitPart: lambda node: call("SPLIT_PART", node.this, node.args["delimiter"], node.args["part_index"]),
    exp.RegexpLike: lambda node: call("REGEXP_LIKE", node.this, pattern_in(node)),
    exp.RegexpExtract: lambda node: call("REGEXP_EXTRACT", node.this, pattern_in(node), 0),
    exp.RegexpExtractAll: lambda node: call("REGEXP_EXTRACT_ALL", node.this, pattern_in(node), 0),
    exp.RegexpReplace: once_replaced,
    exp.JSONExtractScalar: json_text,
    exp.JSONArray: lambda node: call("TO_JSON", exp.Array(expressions=node.expressions)),
    exp.Anonymous: anonymous,
    exp.Length: lambda node: call("SIZE", node.this),
    exp.ArrayDistinct: lambda node: call("ARRAY_COMPACT", call("ARRAY_DISTINCT", node.this)),
    exp.ArraySort: sorted_list,
    exp.ArrayAgg: gathered,
    exp.Min: smallest,
    exp.Filter: pushed,
    exp.Window: windowed,
    exp.Bracket: sliced,
    exp.Array: comprehended,
    exp.DateBin: bucket,
    exp.TimeToStr: time_text,
    exp.Format: formatted,
    exp.First: first,
    exp.Like: like,
    exp.ILike: like,
    exp.Try: lambda node: node.this,  # what it stands around gives NULL by itself
    exp.TryCast: from_text,
    exp.Concat: joined_text,
    exp.GT: compared,
    exp.LT: compared,
}

SPARK = Dialect("spark", "Spark", RULES, FUNCTIONS)
