"""Input that refuses what it does not know, and the shape of a page."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.reverse import reverse

from api.paging import MOST, Order
from cases.models import User
from plugins.text import with_line_feeds


class Input(serializers.Serializer[Any]):
    """A body or query string that lists all it takes; anything else is refused by name."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, Mapping) else []
        errors = dict.fromkeys(unknown, f"there is no such field; there are: {', '.join(self.fields) or 'none'}")
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as problem:
            wrong: Any = problem.detail  # a mapping: fields are named
            raise serializers.ValidationError({**errors, **wrong}) from problem
        if errors:
            raise serializers.ValidationError(errors)
        return values


class NoQuery(Input):
    """The query string of a list that is always whole."""


class LinesField(serializers.CharField):
    """Text that may have several lines; each ends with a line feed, whatever system wrote it."""

    def to_internal_value(self, data: Any) -> str:
        return with_line_feeds(super().to_internal_value(data))


class PageQuery(Input):
    """The query string of a list. ``lookups``: filter -> what it asks of the database."""

    cursor = serializers.CharField(required=False, max_length=200, help_text="From `next` of the page before.")
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=50)

    lookups: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def conditions(cls, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {lookup: asked[name] for name, lookup in cls.lookups.items() if name in asked}


def ordering(order: Order, *, newest_first: bool = False) -> serializers.ChoiceField:
    up, down = order.choices
    return serializers.ChoiceField(choices=order.choices, default=down if newest_first else up)


@cache  # one component of each name in the schema
def page_of(shown: type[serializers.BaseSerializer[Any]]) -> Any:
    """The schema of a page of ``shown``."""
    fields = {"next": serializers.URLField(allow_null=True), "results": shown(many=True)}
    return inline_serializer(name=f"{shown.__name__}Page", fields=fields)


def child_url(context: Mapping[str, Any], name: str, **route: str | int) -> str:
    """The address of something inside the incident that is being shown."""
    return reverse(f"api:{name}", kwargs={"reference": context["reference"], **route}, request=context["request"])


def username(*, is_always: bool = False) -> "serializers.SlugRelatedField[User]":
    """A person, shown by user name; ``is_always``: the column is never empty."""
    return serializers.SlugRelatedField(slug_field="username", read_only=True, allow_null=not is_always)
