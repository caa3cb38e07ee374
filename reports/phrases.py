"""The language of a report. Its fixed phrases are marked with gettext's own names, so that makemessages finds them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations
from typing import Protocol


class Translations(Protocol):
    """Anything that translates: the standard library's catalogues, or Django's, which are made of them."""

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str: ...


ENGLISH: Translations = NullTranslations()
spoken: ContextVar[Translations] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(translations: Translations) -> Iterator[None]:
    """Let the sections written inside speak by ``translations``."""
    before = spoken.set(translations)
    try:
        yield
    finally:
        spoken.reset(before)


def gettext(message: str) -> str:
    return spoken.get().gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the phrase for ``count``, which is filled in as %(count)s, grouped by thousands."""
    return spoken.get().ngettext(one, many, count) % {"count": f"{count:,}"}
