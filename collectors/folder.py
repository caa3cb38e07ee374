"""A folder, an archive or a file that lies on this machine, optionally with a list of SHA-256 sums.

The list is what ``sha256sum`` writes: https://www.gnu.org/software/coreutils/manual/html_node/sha2-utilities.html
For logs copied by hand, see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import Any

from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind

LIST_NAMES = ("SHA256SUMS", "sha256sum.txt", "sha256sums.txt")
LINE = re.compile(r"^\\?([0-9a-fA-F]{64}) [ *](.+)$")


@source(
    "folder",
    title="Folder, archive or file",
    permissions=(),
    needs_aws=False,
    resources="a path on the portal's machine",
    volatility=90,
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield every regular file below each path, in name order; links, devices and unreadable files are gaps."""
    del aws
    for resource in scope.resources:
        root = Path(resource)
        if not root.exists():
            yield Gap(GapKind.NOT_FOUND, resource, "there is no such file or folder on the portal's machine")
        elif root.is_dir():
            yield from files_below(root)
        else:
            yield from file_or_gap(root, root.parent)


def files_below(root: Path) -> Iterator[Artifact | Gap]:
    sums = sums_of(root)
    seen = set()
    for path, problem in entries(root):
        if problem:
            yield Gap(GapKind.UNREADABLE, shown(path, root), problem)
            continue
        seen.add(shown(path, root))
        yield from file_or_gap(path, root)
        yield from difference(path, root, sums)
    for name in sorted(set(sums) - seen):
        yield Gap(GapKind.MISSING, name, "the list of SHA-256 sums names it, but it is not in the folder")


def entries(root: Path) -> Iterator[tuple[Path, str]]:
    """Each file below ``root`` without following links, in name order; a folder that cannot be listed says why."""
    waiting = [(root, True)]  # a stack of our own: folders may be nested deeper than calls can be
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            yield path, ""
            continue
        try:
            found = sorted(os.scandir(path), key=lambda entry: entry.name, reverse=True)
        except OSError as problem:
            yield path, problem.strerror or str(problem)
            continue
        waiting += [(Path(entry.path), entry.is_dir(follow_symlinks=False)) for entry in found]


def file_or_gap(path: Path, root: Path) -> Iterator[Artifact | Gap]:
    """The file as an artifact, or why it is none."""
    name = shown(path, root)
    try:
        found = path.lstat()
    except OSError as problem:
        yield Gap(GapKind.UNREADABLE, name, problem.strerror or str(problem))
        return
    if not stat.S_ISREG(found.st_mode):
        yield Gap(GapKind.UNSUPPORTED, name, f"{kind_of(found.st_mode)}: only regular files are collected")
        return
    yield Artifact(
        name=name,
        origin=f"file:{name}",
        open=partial(open_regular, path),
        version=f"{found.st_size}-{found.st_mtime_ns}",
        size=found.st_size,
        modified=time_of(found.st_mtime),
    )


def time_of(seconds: float) -> datetime | None:
    """The file's time; None for one that no calendar has: whoever writes a file may set any."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def shown(path: Path, root: Path) -> str:
    """The name below ``root``; bytes that are not UTF-8 are written as escapes, since nothing else could store them."""
    return os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "backslashreplace")


def kind_of(mode: int) -> str:
    kinds = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def open_regular(path: Path) -> BufferedReader:
    """Open without following a link that took the file's place, and without waiting for a pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    return os.fdopen(descriptor, "rb")


def sums_of(root: Path) -> dict[str, str]:
    """File name -> SHA-256 (hex) from the lists in the folder itself; none is an empty list."""
    lists = [root / name for name in LIST_NAMES] + sorted(root.glob("*.sha256"))
    lines = [line for file in lists if file.is_file() for line in file.read_text("utf-8", "replace").splitlines()]
    found = [match for line in lines if (match := LINE.match(line))]
    return {match[2].removeprefix("./"): match[1].lower() for match in found}


def difference(path: Path, root: Path, sums: dict[str, str]) -> Iterator[Gap]:
    """A gap when the list gives another sum; the file is collected all the same."""
    expected = sums.get(shown(path, root))
    if expected is None or not path.is_file() or path.is_symlink():
        return
    try:
        with open_regular(path) as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        yield Gap(GapKind.UNVERIFIED, shown(path, root), f"its SHA-256 could not be compared: {problem.strerror}")
        return
    if found != expected:
        yield Gap(GapKind.CHANGED, shown(path, root), f"the list says {expected}, the file gives {found}")
