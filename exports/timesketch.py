"""JSON Lines as Timesketch takes them in.

https://timesketch.org/guides/user/import-from-json-csv/
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from exports.base import EVENTS, Row, export, filled


@export("timesketch", title="Timesketch JSONL", of=EVENTS, suffix="jsonl")
def write(rows: Iterable[Row]) -> Iterator[bytes]:
    """``message``, ``datetime`` and ``timestamp_desc`` are asked for; an event without a time has no place in it.

    https://timesketch.org/guides/user/import-from-json-csv/
    """
    for row in rows:
        if row.get("event_time"):
            yield json.dumps(sketched(row)).encode() + b"\n"


def sketched(row: Row) -> dict[str, Any]:
    fields = filled(row)
    at = fields.pop("event_time")
    who, where = row.get("principal") or "somebody", row.get("source_ip_address") or "nowhere told"
    failed = f", refused: {row['error_code']}" if row.get("error_code") else ""
    message = f"{row.get('event_name')} of {row.get('event_source')} by {who} from {where}{failed}"
    tags = {"timestamp_desc": "Event time", "data_type": f"aws:{row.get('family')}"}
    return {"message": message, "datetime": at, **tags, **fields}
