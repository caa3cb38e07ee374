"""The views over an incident's rows and the SQL of a field: the one place where Sigma's names meet our columns."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from events.engine import literal, parquet
from events.errors import BadField
from events.families import FAMILIES, PLACE, TIMELINE, Family

MAIN = "cloudtrail"  # the family that Sigma rules and analyzers ask
SAFE_FIELD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,199}")
SQL_TYPES = {
    pa.string(): "VARCHAR",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us"): "TIMESTAMP",
}


def column(field: str, family: str = "cloudtrail") -> str:
    """The SQL expression of a log field, by Sigma's name (requestParameters.bucketName) or our column's name.

    A path below a nested part gives the value as text: an object or array as compact JSON, what is absent or null as
    NULL. Flags give 'true' or 'false'. A field that the family does not have is NULL. Raises BadField for characters
    that no field name has.
    """
    if not SAFE_FIELD.fullmatch(field):
        raise BadField(f"{field!r} cannot be a log field; names hold letters, digits, dot, colon, dash, underscore")
    known = FAMILIES[family]
    name = known.sigma.get(field, field)
    if name in known.schema.names or name == "is_copy":
        return as_text(known, name)
    return inside(known, field)


def presence(field: str, family: str = "cloudtrail") -> str:
    """The SQL expression that says whether an event has a field, be its value null. Raises BadField.

    Below a nested part that is exact; a column does not tell null from absent. The field's own name and the text
    ``null`` are looked for first, because only where both stand can it be there without a value. CASE: of AND and OR
    the engine works out both sides, and to read the JSON of every event takes ten times as long as all else.
    """
    has_value = f"{column(field, family)} IS NOT NULL"
    root, _, path = field.partition(".")
    if root not in FAMILIES[family].nested or not path:
        return has_value
    text = f'"{FAMILIES[family].sigma[root]}"'
    key = quoted_key(path)
    may_be = f"contains({text}, {key}) AND contains({text}, 'null')"
    is_there = f"coalesce(TRY(json_exists({text}, {pointed(path)})), false)"
    return f"(CASE WHEN {has_value} THEN true WHEN {may_be} THEN {is_there} ELSE false END)"


def as_text(family: Family, name: str) -> str:
    """A column's expression; flags as 'true' and 'false', because rules compare them as text."""
    is_flag = name == "is_copy" or family.schema.field(name).type == pa.bool_()
    return f'CAST("{name}" AS VARCHAR)' if is_flag else f'"{name}"'


def inside(family: Family, field: str) -> str:
    """The expression of a path below a nested part. TRY: one odd value must not fail a question about all events.

    The last key is looked for as text first, which is many times faster than to read JSON that does not have it.
    """
    root, _, path = field.partition(".")
    if root not in family.nested or not path:
        return "CAST(NULL AS VARCHAR)"
    text = f'"{family.sigma[root]}"'
    return f"CASE WHEN contains({text}, {quoted_key(path)}) THEN TRY(json_extract_string({text}, {pointed(path)})) END"


def quoted_key(path: str) -> str:
    """The last key of a dotted path as it stands in JSON text, quoted."""
    return literal(f'"{path.rpartition(".")[2]}"')


def pointed(path: str) -> str:
    """A dotted path as DuckDB's JSON functions take it, quoted."""
    return literal("$" + "".join(f'."{step}"' for step in path.split(".")))


def views(files: Mapping[str, Sequence[Path]]) -> list[str]:
    """The statements that make the views over a manifest's files (family -> paths)."""
    names = present(files)
    tables = {f"every_{name}": f"SELECT * FROM {rows_of(FAMILIES[name], files.get(name, ()))}" for name in names}  # noqa: S608
    return [f"CREATE VIEW {name} AS {query}" for name, query in {**tables, **definitions(names)}.items()]


def present(families: Mapping[str, object]) -> list[str]:
    """The families that have views: those with files, and CloudTrail always."""
    return [name for name in FAMILIES if name == MAIN or families.get(name)]


def definitions(names: Sequence[str]) -> dict[str, str]:
    """The views over ``every_FAMILY``, which are all rows of each of these families; each names only those before it.

    ``FAMILY`` are its rows without copies; for CloudTrail, ``logs`` has Sigma's names beside ours. ``every_row`` and
    ``timeline`` are those of all families in the timeline's columns.
    """
    rows = " UNION ALL ".join(f"SELECT {shown(FAMILIES[name])} FROM every_{name}" for name in names)  # noqa: S608
    return {
        **{name: f"SELECT * FROM every_{name} WHERE NOT is_copy" for name in names},  # noqa: S608  our own names
        "logs": f"SELECT *, {sigma_names(FAMILIES[MAIN])} FROM {MAIN}",  # noqa: S608
        "every_row": rows,
        "timeline": "SELECT * FROM every_row WHERE NOT is_copy",
    }


def sigma_names(family: Family) -> str:
    fields = (field for field in family.sigma if field not in family.schema.names)
    return ", ".join(f'{column(field, family.name)} AS "{field}"' for field in fields)


def shown(family: Family) -> str:
    """A family's rows in the timeline's columns, as the list after SELECT."""
    places = ", ".join((*PLACE, "src_file", "event_time", "is_copy"))
    columns = (f"CAST({expression(family, name)} AS {kind}) AS {name}" for name, kind in TIMELINE.items())
    return f"'{family.name}' AS family, {places}, {', '.join(columns)}"


def expression(family: Family, name: str) -> str:
    return family.shown.get(name) or (name if name in family.schema.names else "NULL")


def rows_of(family: Family, files: Sequence[Path]) -> str:
    """A table expression over the files; without any, an empty table of the family's shape."""
    if files:
        return parquet(files)
    columns = [f'CAST(NULL AS {SQL_TYPES[field.type]}) AS "{field.name}"' for field in family.schema]
    return f"(SELECT {', '.join(columns)}, CAST(NULL AS BOOLEAN) AS is_copy WHERE false)"
