"""Every question about events is an address: each chip, its removal and its opposite is a link."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from events import CHOICES, FIELDS, BadFilter, Filters, chosen, title_of
from plugins.text import visible

NEWEST = "newest"
KIND, FAMILY = "kind", "family"  # what the bars of the histogram are stacked by
ALL = {"window": "all"}
LABELS: Mapping[str, Any] = {
    "family": _("kind of log"),
    "event_name": _("event"),
    "event_source": _("service"),
    "event_id": _("event id"),
    "principal": _("principal"),
    "access_key": _("access key"),
    "source_ip": _("source address"),
    "account": _("account"),
    "region": _("region"),
    "error_code": _("error code"),
    "outcome": _("outcome"),
    "category": _("category"),
    "evidence": _("exhibit"),
    "user_agent": _("user agent"),
}
# Of the page, not of the question: a new question starts on its first page with no event open.
# ``window=all`` is the question without any filter: a bare address opens on the incident's own window.
PAGE_KEYS = frozenset({"window", "after", "event", "order", "by", "field", "value", "sense"})


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of a question as the page shows it; ``remove`` and ``opposite`` are query strings."""

    label: str
    value: str
    remove: str
    opposite: str = ""
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """The filters of an address, in which order the events are wanted, and by what their bars are stacked."""

    filters: Filters = field(default_factory=Filters)
    is_newest_first: bool = False
    by: str = KIND

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Read an address. Raises BadFilter, naming the part that is wrong."""
        if query.get("order", "") not in ("", NEWEST):
            raise BadFilter("order is empty for oldest first, or 'newest'")
        if query.get("by", KIND) not in (KIND, FAMILY):
            raise BadFilter("by is 'kind' (of call) or 'family' (of logs)")
        filters = Filters.from_query({key: value for key, value in query.items() if key not in PAGE_KEYS})
        return cls(filters, query.get("order") == NEWEST, query.get("by", KIND))

    def address(self, **more: str) -> str:
        """The query string that ``of`` reads, with the page's own keys in ``more``."""
        asked = {**self.filters.to_query(), **self.shown_as} or ALL
        return "?" + urlencode({**asked, **more})

    @property
    def shown_as(self) -> dict[str, str]:
        """What is not a filter: the order, and what bars are stacked by, where they are not as usual."""
        order = {"order": NEWEST} if self.is_newest_first else {}
        return order | ({"by": self.by} if self.by != KIND else {})

    @property
    def whole(self) -> Self:
        """The same question over all time."""
        return self.between(None, None)

    @property
    def carried(self) -> dict[str, str]:
        """What the search form must carry along: all but the free text and what it has lists for."""
        window = {key: value for key, value in self.filters.to_query().items() if key in ("start", "end")}
        return {key: value for key, value in self.hidden.items() if key not in CHOICES} | window

    @property
    def hidden(self) -> dict[str, str]:
        """What a form must carry along beside its own fields: all but the window and the free text."""
        asked = self.filters.to_query().items()
        return {key: value for key, value in asked if key not in ("start", "end", "q")} | self.shown_as

    def only(self, name: str, value: str) -> Self:
        """Add a value as a person types it; one from the logs goes through ``exactly`` first."""
        return replace(self, filters=with_value(without_value(self.filters, name, value), "only", name, value))

    def without(self, name: str, value: str) -> Self:
        return replace(self, filters=with_value(without_value(self.filters, name, value), "without", name, value))

    def free_of(self, name: str, value: str) -> Self:
        return replace(self, filters=without_value(self.filters, name, value))

    def between(self, start: datetime | None, end: datetime | None) -> Self:
        return replace(self, filters=replace(self.filters, start=start, end=end))

    def searching(self, text: str) -> Self:
        return replace(self, filters=replace(self.filters, q=text))

    @property
    def turned(self) -> Self:
        return replace(self, is_newest_first=not self.is_newest_first)

    def stacked_by(self, by: str) -> Self:
        return replace(self, by=by)

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters.to_query())

    @property
    def chips(self) -> list[Chip]:
        return list(chips_of(self))


def with_value(filters: Filters, side: str, name: str, value: str) -> Filters:
    """Add a value to one side. Raises BadFilter for a field that is not offered."""
    if name not in FIELDS:
        raise BadFilter(f"there is no field {name!r} to filter by; there are: {', '.join(FIELDS)}")
    sides = {"only": filters.only, "without": filters.without}
    values = tuple(dict.fromkeys((*sides[side].get(name, ()), value)))
    sides[side] = {**sides[side], name: values}
    return replace(filters, only=sides["only"], without=sides["without"])


def without_value(filters: Filters, name: str, value: str) -> Filters:
    return replace(filters, only=dropped(filters.only, name, value), without=dropped(filters.without, name, value))


def dropped(values: Mapping[str, tuple[str, ...]], name: str, value: str) -> dict[str, tuple[str, ...]]:
    kept = {key: tuple(v for v in given if (key, v) != (name, value)) for key, given in values.items()}
    return {key: given for key, given in kept.items() if given}


def chips_of(question: Question) -> Iterator[Chip]:
    filters = question.filters
    if filters.q:
        yield Chip(str(_("text")), visible(filters.q), question.searching("").address())
    for name, values in filters.only.items():
        for value in values:
            remove, opposite = question.free_of(name, value).address(), question.without(name, value).address()
            yield Chip(str(LABELS[name]), shown_value(name, value), remove, opposite)
    for name, values in filters.without.items():
        for value in values:
            remove, opposite = question.free_of(name, value).address(), question.only(name, value).address()
            yield Chip(str(LABELS[name]), shown_value(name, value), remove, opposite, is_not=True)


def shown_value(name: str, value: str) -> str:
    """A value as a chip shows it: by its title where it has one."""
    return visible(title_of(name, value))


def with_addition(question: Question, query: Mapping[str, str]) -> Question | None:
    """The question with the filter that the page's form adds (field, value, sense); None if it adds nothing."""
    name, value = query.get("field", ""), query.get("value", "").strip()
    if not (name and value):
        return question if name else None
    for one in chosen(name, value) if name in CHOICES else (value,):
        question = question.without(name, one) if query.get("sense") == "not" else question.only(name, one)
    return question
