"""Records that are JSON objects: told by their keys, read strictly, else leniently."""

import re
from typing import Any

import msgspec

from examiners.documents import as_utf8
from examiners.envelopes import first_lines
from examiners.records import UNFIT, Malformed, brief, lenient

OBJECT = msgspec.json.Decoder(dict[str, Any])


def key_pattern(name: str) -> re.Pattern[bytes]:
    """A key as JSON writes it. No value that somebody chose looks so: its quotes are escaped, or no colon follows."""
    return re.compile(rb'"' + re.escape(name.encode()) + rb'"\s*:')


def keys_in(head: bytes, keys: tuple[re.Pattern[bytes], ...]) -> int:
    """How many of the keys the first bytes of a file have, be they in the envelopes of a log group."""
    texts = (as_utf8(head), "\n".join(first_lines(head)).encode("utf-8", "replace"))
    return sum(any(key.search(text) for text in texts) for key in keys)


def object_of(data: bytes) -> dict[str, Any]:
    """One record's fields; what is no Unicode is replaced. Raises Malformed."""
    try:
        return OBJECT.decode(data)
    except UNFIT:
        pass
    try:
        return OBJECT.decode(lenient(data))
    except msgspec.ValidationError:
        raise Malformed("not a JSON object") from None
    except RecursionError:
        raise Malformed("nested too deep to read") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise Malformed(f"not JSON: {brief(error)}") from None
