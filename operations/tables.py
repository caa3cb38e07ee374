"""The tables of the database, made and changed by one process at a time: commands over a new folder start together."""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

ADVISORY = 0x666F72656E736963  # "forensic"; https://www.postgresql.org/docs/current/explicit-locking.html


def migrate() -> None:
    """Bring the database up to date; who comes second waits for the first, and finds nothing left to do."""
    with alone():
        call_command("migrate", verbosity=0)


def alone() -> AbstractContextManager[None]:
    """Before the first connection to SQLite, which sets the file's journal mode: that waits for nobody."""
    return advisory_lock() if connection.vendor == "postgresql" else file_lock(settings.DATA_DIR / "migrate.lock")


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """The lock of a process that dies is free."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def advisory_lock() -> Iterator[None]:
    """The server frees the lock of a connection that is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY])
