"""Pages with a stable order: a cursor names the last row seen, so that new rows never shift a page."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

MOST = 200
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is ordered by: the name that callers use, and our unique whole-number column that gives the order."""

    name: str
    column: str = "pk"

    @property
    def choices(self) -> tuple[str, str]:
        return self.name, f"-{self.name}"


def cut(rows: "QuerySet[M]", order: Order, asked: Mapping[str, Any]) -> tuple[list[M], str | None]:
    """The page that was asked for (``ordering``, ``limit``, ``cursor``) and the cursor of the next, None at the end."""
    ordering, limit = str(asked["ordering"]), int(asked["limit"])
    is_descending = ordering.startswith("-")
    if cursor := asked.get("cursor"):
        rows = rows.filter(**{f"{order.column}__{'lt' if is_descending else 'gt'}": place(cursor, ordering)})
    found = list(rows.order_by(f"-{order.column}" if is_descending else order.column)[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], written(ordering, last.pk if order.column == "pk" else getattr(last, order.column))


def written(ordering: str, value: int) -> str:
    return base64.urlsafe_b64encode(f"{ordering}:{value}".encode()).decode().rstrip("=")


def place(cursor: str, ordering: str) -> int:
    """Raises ValidationError for a cursor that no page with this ordering gave out."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        name, _, value = text.partition(":")
        number = int(value) if value.isdecimal() and len(value) < 19 else -1
    except (binascii.Error, ValueError):
        name, number = "", -1
    if name != ordering or number < 0:
        raise ValidationError({"cursor": "this cursor is not from this list; start again without one"})
    return number


def link(request: Request, cursor: str | None) -> str | None:
    """The address of the next page: the same question with another cursor."""
    if cursor is None:
        return None
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
