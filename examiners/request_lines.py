"""What access logs have in common: request lines, addresses with ports, dashes for nothing, ids for records without.

Request line: https://www.rfc-editor.org/rfc/rfc9112#name-request-line; URI: https://www.rfc-editor.org/rfc/rfc3986
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import msgspec

NOTHING = "-"
# Scheme and authority, path, query. It fits whatever a client sends; nothing is checked.
URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://([^/?]*))?([^?]*)\??(.*)", re.DOTALL)


def id_of(record: str | bytes) -> str:
    """The id of a record that has none: the same record delivered twice is one event."""
    data = record.encode("utf-8", "replace") if isinstance(record, str) else record
    return hashlib.sha256(data).hexdigest()[:32]


def known(value: str | None) -> str | None:
    """The value; nothing where the log has a dash or nothing."""
    return value if value and value != NOTHING else None


def json_of(others: Mapping[str, Any]) -> str | None:
    """Fields without a column as JSON text; nothing if there are none."""
    return msgspec.json.encode(others).decode() if others else None


def address_of(value: str | None) -> tuple[str | None, str | None]:
    """Address and port of ``address:port``; IPv6 with brackets or without."""
    if not known(value):
        return None, None
    address, _, port = str(value).rpartition(":")
    return (address.strip("[]"), port) if port.isdecimal() and address else (value, None)


def asked(line: str | None) -> dict[str, str | None]:
    """The columns of a request line as logs quote it: METHOD URL HTTP/VERSION, each part possibly a dash."""
    if not known(line):
        return {}
    method, _, rest = str(line).strip(" ").partition(" ")
    url, _, version = rest.rpartition(" ")
    if version != NOTHING and not version.startswith("HTTP/"):
        url, version = rest, NOTHING
    return {"method": known(method), "http_version": known(version), **parts_of(url)}


def parts_of(url: str) -> dict[str, str | None]:
    """The columns of a URL or of a path with its query."""
    if not known(url):
        return {}
    authority, path, query = URL.fullmatch(url).groups()  # type: ignore[union-attr]  # everything fits
    host, colon, port = (authority or "").rpartition(":")
    is_port = bool(colon) and port.isdecimal()
    return {"url": url, "host": (host if is_port else authority) or None, "path": path or None, "query": query or None}
