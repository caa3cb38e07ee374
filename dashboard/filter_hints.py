"""Why no event answers a question: which of its values no event has, and what there is instead."""

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.filter_links import LABELS, Question, shown_value
from events import Filters, Reader, exactly

MOST_VALUES = 8  # of a question that are looked up: each is a question of its own
OFFERED = 6


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that events have, how many, and the address that asks for it instead."""

    shown: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A value that no event of the incident has, and those that its field has most often."""

    label: str
    value: str
    offers: list[Offer]


@dataclass(frozen=True, slots=True)
class Hints:
    """``outside``: how many events answer the question without its window, and the address that asks for them."""

    missed: list[Missed]
    outside: int
    whole: str


def hints_of(reader: Reader, question: Question) -> Hints:
    """Look each value up alone. Raises TooSlow."""
    filters = question.filters
    has_window = bool(filters.start or filters.end)
    outside = reader.count(question.whole.filters) if has_window else 0
    return Hints(list(missed_by(reader, question)), outside, question.whole.address())


def missed_by(reader: Reader, question: Question) -> Iterator[Missed]:
    values = [(name, value) for name, wanted in question.filters.only.items() for value in wanted]
    for name, value in values[:MOST_VALUES]:
        if not reader.count(Filters(only={name: (value,)})):
            yield Missed(str(LABELS[name]), shown_value(name, value), list(offers(reader, question, name, value)))


def offers(reader: Reader, question: Question, name: str, value: str) -> Iterator[Offer]:
    rest = question.free_of(name, value)
    for known, count in reader.top(Filters(), name, OFFERED):
        if known:
            yield Offer(shown_value(name, known), count, rest.only(name, exactly(known)).address())
