"""One holder for each data directory: two portals over one database of runs would fight for broker and ports."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

TRIES = 5
PAUSE = 0.05  # seconds


class Held(Exception):
    """Another process holds the data directory; the message says which."""


@contextmanager
def held(data_dir: Path, what: str) -> Iterator[None]:
    """Hold ``data_dir`` while the block lasts. Raises Held naming who has it."""
    with (data_dir / "lock").open("a+") as file:
        if not is_taken(file):
            raise Held(f"{data_dir} is in use by {words_of(file)}; stop that first, or set DATA_DIR")
        file.truncate(0)
        file.write(f"{what} (process {os.getpid()})")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def is_taken(file: IO[str]) -> bool:
    """Take the lock; a moment's patience, because ``holder`` holds it while it looks."""
    for _ in range(TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)
        else:
            return True
    return False


def holder(data_dir: Path) -> str:
    """Who holds ``data_dir``, "" if nobody does."""
    path = data_dir / "lock"
    if not path.exists():
        return ""
    with path.open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return words_of(file)
    return ""


def words_of(file: IO[str]) -> str:
    """What the holder wrote of itself."""
    file.seek(0)
    return file.read() or "another process"
