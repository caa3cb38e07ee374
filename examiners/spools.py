"""Bytes at rest that many readers can look into at once, each at its own place."""

import io
import os
import tempfile
import weakref
from collections.abc import Callable, Iterable
from typing import BinaryIO

from examiners.streams import Unreadable


class Spool:
    """An unnamed temporary file; it goes when the last reader lets go of it."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        file = tempfile.TemporaryFile()  # noqa: SIM115  closed by the finalizer
        weakref.finalize(self, file.close)
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        self.number = file.fileno()
        self.size = file.tell()

    def open(self, offset: int = 0, size: int | None = None) -> BinaryIO:
        """A seekable reader of ``size`` bytes from ``offset``."""
        return io.BufferedReader(Slice(self, offset, self.size - offset if size is None else size))


class Slice(io.RawIOBase):
    """A window of a spool, read without moving any shared position."""

    def __init__(self, spool: Spool, offset: int, size: int) -> None:
        self.spool, self.offset, self.size, self.at = spool, offset, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, target: int, whence: int = io.SEEK_SET) -> int:
        self.at = max(0, target + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence])
        return self.at

    def tell(self) -> int:
        return self.at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        wanted = max(0, min(len(buffer), self.size - self.at))
        data = os.pread(self.spool.number, wanted, self.offset + self.at)
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)


class Rationed(Slice):
    """All of a spool for a reader that takes sizes from the file itself: at most ``ration`` bytes, until a refill."""

    def __init__(self, spool: Spool, ration: int) -> None:
        super().__init__(spool, 0, spool.size)
        self.ration = self.left = ration

    def refill(self) -> None:
        self.left = self.ration

    def read(self, size: int | None = -1, /) -> bytes | None:
        """Raises Unreadable before anything of that size is made."""
        if size is None or not 0 <= size <= self.left:
            raise Unreadable(f"a header larger than {self.ration >> 20} MiB")
        self.left -= size
        return super().read(size)


class Guarded(io.RawIOBase):
    """A stream whose own complaints (``errors``) become Unreadable, so that every reader knows them."""

    def __init__(self, open_inner: Callable[[], BinaryIO], errors: tuple[type[Exception], ...]) -> None:
        self.errors = errors
        try:
            self.inner = open_inner()
        except errors as error:
            raise Unreadable(f"the archive's member is damaged: {error}") from error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self.inner.read(len(buffer))
        except self.errors as error:
            raise Unreadable(f"the archive's member is damaged: {error}") from error
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed and hasattr(self, "inner"):
            self.inner.close()
        super().close()
