"""What a family of events is: its columns, what makes two rows copies, and how its rows stand in the one timeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

TEXT = pa.string()
# Where a row came from; the order of an incident's events is (time, then these).
PLACE = ("evidence", "part", "member", "src_row")
PLACE_FIELDS = (
    pa.field("evidence", TEXT, nullable=False),
    pa.field("part", pa.int32(), nullable=False),
    pa.field("member", pa.int32(), nullable=False),
    pa.field("src_file", TEXT, nullable=False),
    pa.field("src_row", pa.int32(), nullable=False),
    pa.field("event_time", pa.timestamp("us")),
)
# The columns of the timeline, in CloudTrail's words, and their SQL types. ``record`` is text that free search looks at;
# ``summary`` says in a line what was done to what, beyond the event's name.
TIMELINE = {
    **dict.fromkeys(("event_id", "event_name", "event_source", "event_category", "principal"), "VARCHAR"),
    **dict.fromkeys(("user_identity_type", "user_identity_access_key_id", "user_identity_account_id"), "VARCHAR"),
    **dict.fromkeys(("source_ip_address", "user_agent", "aws_region", "recipient_account_id"), "VARCHAR"),
    **dict.fromkeys(("error_code", "error_message", "summary"), "VARCHAR"),
    "read_only": "BOOLEAN",
    **dict.fromkeys(("request_parameters", "response_elements", "resources", "record"), "VARCHAR"),
}


@dataclass(frozen=True, slots=True)
class Family:
    """One flat table: its Arrow schema as staged, the columns that make two rows copies, Sigma names -> columns.

    ``nested`` are the Sigma names whose column is JSON text. ``shown``: timeline column -> SQL over this family's own
    columns; what is not named is the column of the same name, or NULL. At index the column ``is_copy`` is added. Rows
    without an ``event_id`` are nobody's copies. ``is_state``: the rows tell of things as they are, which may be years
    old; they do not widen the time that a histogram shows.
    """

    name: str
    title: str
    schema: pa.Schema
    copy_key: tuple[str, ...]
    sigma: Mapping[str, str] = field(default_factory=dict)
    nested: frozenset[str] = frozenset()
    shown: Mapping[str, str] = field(default_factory=dict)
    is_state: bool = False


def schema_of(columns: Mapping[str, pa.DataType]) -> pa.Schema:
    """A family's schema: the place and the time of a row, its ``event_id``, then the family's own columns."""
    own = [pa.field(name, kind) for name, kind in columns.items()]
    return pa.schema([*PLACE_FIELDS, pa.field("event_id", TEXT), *own])


def counted(column: str, one: str, many: str) -> str:
    """The SQL text of a number with its unit, such as 1,234 bytes; NULL without a number."""
    return f"format('{{:,}} ', {column}) || CASE {column} WHEN 1 THEN '{one}' ELSE '{many}' END"


def at_port(address: str, port: str) -> str:
    """The SQL text of an address and its port, an IPv6 address in brackets (RFC 3986); NULL without an address."""
    bracketed = (
        f"CASE WHEN contains({address}, ':') AND {port} IS NOT NULL THEN '[' || {address} || ']' ELSE {address} END"
    )
    return f"CASE WHEN {address} IS NOT NULL THEN concat_ws(':', {bracketed}, {port}) END"
