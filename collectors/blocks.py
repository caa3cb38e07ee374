"""Blocks that were fetched and checked, on disk, so that a run which goes on does not fetch them again.

No source lives here. What is checked: https://docs.aws.amazon.com/ebs/latest/APIReference/API_GetSnapshotBlock.html
"""

import hashlib
import os
from pathlib import Path
from typing import Self

NO_SUM = bytes(hashlib.sha256().digest_size)


class KeptBlocks:
    """Two sparse files beside each other: blocks at their places, and the SHA-256 of each block that is there.

    The sum is written after its block, and a block is believed only while it still has its sum: a crash in between, a
    torn write or a bad disk cost a fetch and no more. Two processes may write side by side, for they write the same.
    """

    def __init__(self, folder: Path, name: str, block: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.block = block
        self.files = [os.open(folder / f"{name}.{what}", os.O_RDWR | os.O_CREAT, 0o600) for what in ("blocks", "sums")]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self.files:
            os.close(file)

    def get(self, index: int) -> bytes | None:
        """The block, or None if it was not kept whole."""
        blocks, sums = self.files
        known = os.pread(sums, len(NO_SUM), index * len(NO_SUM))
        if known in (b"", NO_SUM):
            return None
        data = os.pread(blocks, self.block, index * self.block)
        return data if hashlib.sha256(data).digest() == known else None

    def keep(self, index: int, data: bytes) -> None:
        """Raises OSError if the disk is full."""
        blocks, sums = self.files
        write_at(blocks, data, index * self.block)
        write_at(sums, hashlib.sha256(data).digest(), index * len(NO_SUM))


def write_at(file: int, data: bytes, offset: int) -> None:
    """Write all of ``data``: one call may take only some of it."""
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, offset)
        view, offset = view[written:], offset + written
