"""Text out of evidence made fit for a row: any bytes may come, and none of them may stop the work on the rest."""

import hashlib
import re
from typing import Any

from django.db.models import Model

from plugins.text import mark

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL holds no NUL, no database half a surrogate pair
LONGEST_KEY = 1600  # bytes; PostgreSQL indexes rows of up to 2,704, and other columns share them


def kept(text: str, limit: int | None = None) -> str:
    """``text`` as every database holds it, cut to ``limit`` characters; what cannot be held becomes a mark."""
    if not text.isascii() or "\x00" in text:
        text = UNSTORABLE.sub(lambda found: mark(found[0]), text)
    return text[:limit]


def keyed(text: str) -> str:
    """``kept`` for a unique column: a text too long for an index ends with its SHA-256, so that two stay two."""
    text = kept(text)
    data = text.encode()
    if len(data) <= LONGEST_KEY:
        return text
    digest = hashlib.sha256(data).hexdigest()
    return f"{data[: LONGEST_KEY - 80].decode(errors='ignore')} sha256:{digest}"


def fitting(model: type[Model], **values: Any) -> dict[str, Any]:
    """The values of a row of ``model``, texts and JSON made fit for their columns."""
    return {
        name: fit(value, getattr(model._meta.get_field(name), "max_length", None)) for name, value in values.items()
    }


def fit(value: Any, limit: int | None = None) -> Any:
    if isinstance(value, str):
        return kept(value, limit)
    if isinstance(value, dict):
        return {kept(key): fit(inner) for key, inner in value.items()}
    return [fit(inner) for inner in value] if isinstance(value, list | tuple) else value
