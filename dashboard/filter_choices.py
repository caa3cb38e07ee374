"""Fields with few values, as the filter form offers them: each a list to choose from."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dashboard.filter_links import LABELS, Question
from events import CHOICES
from events.filters import joined


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a list; ``value`` is what the address holds."""

    value: str
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One list of the form."""

    name: str
    label: str
    options: list[Option]


def choices_of(question: Question) -> Iterator[Choice]:
    for name, titles in CHOICES.items():
        wanted = question.filters.only.get(name, ())
        options = [Option(value, title, (value,) == wanted) for value, title in titles.items()]
        if wanted and not any(option.is_chosen for option in options):
            options.append(Option(joined(wanted), _("as below"), is_chosen=True))
        yield Choice(name, str(LABELS[name]), [Option("", _("any"), is_chosen=False), *options])
