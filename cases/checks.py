"""System checks: what must be true of the database before the portal may be trusted."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.db import connections
from django.utils.module_loading import import_string

from cases import guards
from cases.geography import geography
from plugins import Refused


def guards_are_in_place(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """One error for each database whose append-only triggers are missing."""
    return [problem for using in databases or () for problem in problems_of(using)]


def places_fit(app_configs: object = None, **_: Any) -> list[CheckMessage]:
    """One error where the settings of places do not fit together."""
    del app_configs
    try:
        import_string("cases.places.vault_places")()  # models are not there yet when this module is read
    except Refused as problem:
        return [Error(str(problem), hint="see Places in docs/settings.md", id="cases.E002")]
    return []


def databases_open(app_configs: object = None, **_: Any) -> list[CheckMessage]:
    """One warning for each file of GEO_DATABASES that cannot be asked: everything else goes on without it."""
    del app_configs
    words = "GEO_DATABASES names {0.file}, but {0.words}"
    hint = "see Countries and networks of addresses in docs/settings.md"
    return [Warning(words.format(problem), hint=hint, id="cases.W001") for problem in geography().problems]


def problems_of(using: str) -> list[CheckMessage]:
    if guards.ENTRY not in connections[using].introspection.table_names():
        return []  # before the first migration there is nothing to guard
    if gone := guards.missing(using):
        words = f"append-only triggers are missing from database {using!r}: {', '.join(sorted(gone))}"
        return [Error(words, hint="run: python manage.py migrate --skip-checks", id="cases.E001")]
    return []
