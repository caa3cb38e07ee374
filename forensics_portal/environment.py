"""Read settings from the environment, with defaults that run on one machine."""

import getpass
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured

LONGEST_DATABASE = 504  # bytes; SQLite's MAX_PATHNAME of 512 on Unix, less the "-journal" that it appends


class UnusableSetting(ImproperlyConfigured):
    """Nothing can start with this setting; the message names it and the remedy."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    """True for 1, true, yes and on in any case."""
    return text(name, str(default)).lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def starting(prefix: str) -> dict[str, str]:
    """Every variable whose name starts with ``prefix`` and that is not empty."""
    return {name: value for name, value in os.environ.items() if name.startswith(prefix) and value}


def private_directory(path: Path) -> Path:
    """Make ``path`` for its owner alone and return it, absolute. Raises UnusableSetting where it cannot be written."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=path):  # a mount may be read-only whatever the permissions say
            return path.resolve()
    except OSError as problem:
        raise UnusableSetting(
            f"DATA_DIR {path} cannot be written by {getpass.getuser()} ({problem.strerror}); "
            "make it a writable folder, or set DATA_DIR to another one"
        ) from problem


def sqlite_url(file: Path) -> str:
    """The URL of a database in a file. Raises UnusableSetting where SQLite cannot open a path that long."""
    if (length := len(os.fsencode(file))) > LONGEST_DATABASE:
        raise UnusableSetting(
            f"{file} is {length} bytes long, and SQLite opens {LONGEST_DATABASE} at most; "
            "set DATA_DIR to a shorter path, or DATABASE_URL to a PostgreSQL database"
        )
    return f"sqlite:///{quote(str(file))}"


def secret_key(file: Path) -> str:
    """SECRET_KEY, or the key kept in ``file`` (made on first use, mode 0600)."""
    if given := text("SECRET_KEY"):
        return given
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text()
    with os.fdopen(descriptor, "w") as out:
        key = secrets.token_urlsafe(50)
        out.write(key)
    return key
