"""Write-once storage of evidence bytes: named by their SHA-256, never overwritten, read by range."""

import errno
import hashlib
import os
import secrets
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

CHUNK = 2**18  # bytes
READ_ONLY = 0o440


class VaultFull(Exception):
    """The disk has no room; nothing was stored. No OSError: it says nothing about the source that was being read."""


class Mismatch(Exception):
    """The bytes are not what was announced; nothing was stored."""


class MissingObject(Exception):
    """The vault has no object of this hash."""


class Corrupt(Exception):
    """The stored bytes no longer give the hash they are named by."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the vault promises of one object: SHA-256 (hex), bytes, and its key in the vault."""

    sha256: str
    size: int
    key: str


class Vault(Protocol):
    """What every vault can do, on disk or in S3."""

    def put(self, chunks: Iterable[bytes], *, size: int | None = None, sha256: str | None = None) -> Receipt: ...
    def open(self, sha256: str) -> BinaryIO: ...
    def verify(self, sha256: str, size: int) -> None: ...
    def free_bytes(self) -> int: ...
    def stage(self) -> Path: ...
    def sweep(self, older_than: timedelta) -> int: ...


class DirectoryVault:
    """The embedded default: one read-only file for each object under ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, chunks: Iterable[bytes], *, size: int | None = None, sha256: str | None = None) -> Receipt:
        """Store the bytes and return their receipt; storing the same bytes again changes nothing.

        Raises Mismatch if they are not of the announced size or hash, VaultFull if the disk has no room.
        """
        with self.temporary() as path:
            found = self.written(path, chunks)
            compare(found, size, sha256)
            self.publish(path, found)
        return found

    @contextmanager
    def temporary(self) -> Iterator[Path]:
        """A new name on the same file system; whatever is left of it is removed."""
        path = self.stage() / f"{secrets.token_hex(16)}.part"
        try:
            with naming_a_full_disk(self):
                yield path
        finally:
            path.unlink(missing_ok=True)

    def written(self, path: Path, chunks: Iterable[bytes]) -> Receipt:
        """Write, hash and flush to disk."""
        digest, size = hashlib.sha256(), 0
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, READ_ONLY)
        with os.fdopen(descriptor, "wb") as out:
            os.fchmod(descriptor, READ_ONLY)  # whatever the umask
            for chunk in chunks:
                digest.update(chunk)
                size += out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        return Receipt(digest.hexdigest(), size, key_of(digest.hexdigest()))

    def publish(self, path: Path, receipt: Receipt) -> None:
        """Give the file its name by a hard link, which never overwrites. Raises Corrupt if another size lies there."""
        target = self.root / receipt.key
        make_folder(target.parent)
        try:
            os.link(path, target)
        except FileExistsError:
            if target.stat().st_size != receipt.size:
                words = f"{receipt.key} holds {target.stat().st_size} bytes instead of {receipt.size}; restore it"
                raise Corrupt(words) from None
        flush_directory(target.parent)

    def open(self, sha256: str) -> BinaryIO:
        """The object's bytes, seekable. Raises MissingObject, or Corrupt where what lies there is no file."""
        path = self.root / key_of(sha256)
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for, a device read for ever
                raise Corrupt(f"{path} is no file any more; restore it from a copy")
            return path.open("rb")
        except (FileNotFoundError, NotADirectoryError):
            raise MissingObject(f"{self.root} has no object {sha256}; restore it from a copy") from None

    def verify(self, sha256: str, size: int) -> None:
        """Read the object back and hash it again. Raises MissingObject or Corrupt."""
        digest, length = hashlib.sha256(), 0
        with self.open(sha256) as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                length += len(chunk)
        found = digest.hexdigest()
        if (found, length) != (sha256, size):
            raise Corrupt(f"{sha256} ({size} bytes) now reads as {found} ({length} bytes); restore it from a copy")

    def free_bytes(self) -> int:
        """Room left for whoever runs the portal."""
        found = os.statvfs(self.stage())
        return found.f_bavail * found.f_frsize

    def stage(self) -> Path:
        """A private folder on the same file system, for bytes on their way in."""
        folder = self.root / "staging"
        make_folder(folder)
        return folder

    def sweep(self, older_than: timedelta) -> int:
        """Remove what crashed writes left in the staging folder; returns how many files."""
        limit, gone = time.time() - older_than.total_seconds(), 0
        for path in self.stage().rglob("*"):
            if path.is_file() and path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
                gone += 1
        return gone


def compare(found: Receipt, size: int | None, sha256: str | None) -> None:
    """Raises Mismatch, with what was expected and what came."""
    if sha256 not in (None, found.sha256):
        words = f"expected SHA-256 {sha256}, received SHA-256 {found.sha256} ({found.size} bytes)"
        raise Mismatch(f"{words}; nothing was stored")
    if size not in (None, found.size):
        raise Mismatch(f"expected {size} bytes, received {found.size}; nothing was stored")


def key_of(sha256: str) -> str:
    """Where an object lies. Raises ValueError for anything but a lower-case SHA-256 in hex."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError(f"{sha256!r} is no SHA-256 in lower-case hex")
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


@contextmanager
def naming_a_full_disk(vault: Vault) -> Iterator[None]:
    """Raises VaultFull in place of the operating system's words for a disk or quota without room."""
    try:
        yield
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        words = f"no room in {vault.stage()} ({vault.free_bytes()} bytes free); free space, then ask again"
        raise VaultFull(words) from problem


def make_folder(folder: Path) -> None:
    """Make a private folder and what is missing above it; each new name is on disk before anything lies in it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    flush_directory(folder.parent)


def flush_directory(folder: Path) -> None:
    """Put the names in a folder on disk: flushing a file does not (open(2))."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_vault(url: str) -> Vault:
    """The vault at ``file:///ABSOLUTE/DIRECTORY``. Raises ValueError for places that are not supported yet."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc or not parts.path.startswith("/"):
        raise ValueError(f"VAULT_URL {url!r} is not supported; give file:///ABSOLUTE/DIRECTORY")
    return DirectoryVault(Path(unquote(parts.path)))
