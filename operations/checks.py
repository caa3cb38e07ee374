"""What a portal for real incidents needs and a portal on one machine does not: said by ``check --deploy``."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning

Lack = tuple[bool, str, str]


def check_production(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Warn of each default that is fine on one machine and not in production."""
    del app_configs
    return [
        Warning(words, hint=remedy, id=f"portal.W{number:03}")
        for number, (is_lacking, words, remedy) in enumerate(lacks(), start=1)
        if is_lacking
    ]


def lacks() -> Iterator[Lack]:
    """Whether it is lacking, what, and the remedy; the place in this list is the warning's number."""
    yield is_sqlite(), "The database is SQLite.", "Set DATABASE_URL to a PostgreSQL database."
    yield not settings.IS_BROKER_GIVEN, "The broker is the embedded one.", "Set BROKER_URL to a persistent Redis."
    yield settings.DEBUG, "DEBUG is on: errors show evidence and settings.", "Unset DEBUG."
    yield (
        is_key_from_file(),
        "SECRET_KEY is not set; each machine makes its own.",
        "Set SECRET_KEY, the same everywhere.",
    )
    yield (
        not settings.IS_HTTPS,
        "HTTPS is off: sign-ins travel in the clear.",
        "Set HTTPS=1, and BEHIND_PROXY=1 if a proxy ends TLS.",
    )
    yield is_only_local(), "Nobody can reach the portal but this machine.", "Set ALLOWED_HOSTS to the portal's name."
    yield settings.SIMULATION, "SIMULATION is on: AWS is a simulated one.", "Unset SIMULATION."


def is_sqlite() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"))


def is_key_from_file() -> bool:
    file = settings.DATA_DIR / "secret-key"
    return file.exists() and file.read_text() == settings.SECRET_KEY


def is_only_local() -> bool:
    return set(settings.ALLOWED_HOSTS) <= {"127.0.0.1", "localhost", "[::1]"}
