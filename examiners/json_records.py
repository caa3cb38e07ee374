"""JSON objects of any make, told by the first of a file."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from examiners.documents import as_utf8
from examiners.envelopes import first_entries, is_wrapped

OPENING = b" \t\r\n\x1e["  # white space, the record separator of RFC 7464, an array's beginning
DECODER = json.JSONDecoder(strict=False)


@lru_cache(maxsize=2)  # as the envelopes are: each examiner looks at them, none changes them
def first_objects(beginning: bytes) -> tuple[dict[str, Any], ...]:
    """The objects that a file begins with: those in envelopes, or the first; none that is cut off."""
    if is_wrapped(beginning):
        texts: Iterable[str] = (message for message, _ in first_entries(beginning))
    else:
        texts = (as_utf8(beginning).lstrip(OPENING).decode("utf-8", "replace"),)
    return tuple(found for text in texts if (found := first_object(text)) is not None)


def first_object(text: str) -> dict[str, Any] | None:
    """The object that the text begins with, whatever follows it."""
    try:
        value, _ = DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def within(value: Mapping[str, Any], *path: str) -> Any:
    """What lies below these keys, one in the other; None where there is nothing."""
    found: Any = value
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def first_of(value: Mapping[str, Any], *names: str) -> Any:
    """The first of these keys that holds something."""
    return next((found for name in names if (found := value.get(name)) not in (None, "", "-")), None)
