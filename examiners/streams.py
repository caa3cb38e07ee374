"""Stored bytes to plain bytes: gunzip by content, with caps, never a decompression bomb in memory.

Source: RFC 1952 (gzip); several gzip members after each other are one stream.
"""

from collections.abc import Iterator
from typing import BinaryIO

from isal.igzip_lib import DECOMP_GZIP, IgzipDecompressor, IsalError

GZIP = b"\x1f\x8b"
CHUNK = 1 << 20
LARGEST = 1 << 30
# A ratio is looked at only above this many bytes: small files may compress as well as they like.
RATIO_FROM = 64 << 20
LARGEST_RATIO = 200


class Unreadable(Exception):
    """The bytes end early, are damaged, or unpack to more than the caps allow; what came before is still good."""


def plain(stream: BinaryIO) -> Iterator[bytes]:
    """The uncompressed content in chunks of about 1 MiB. Raises Unreadable after the last good chunk."""
    first = stream.read(CHUNK)
    chunks = gunzip(stream, first) if first.startswith(GZIP) else as_stored(stream, first)
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > LARGEST:
            raise Unreadable(f"larger than {LARGEST >> 20} MiB uncompressed; split the file")
        yield chunk


def as_stored(stream: BinaryIO, chunk: bytes) -> Iterator[bytes]:
    while chunk:
        yield chunk
        chunk = stream.read(CHUNK)


def gunzip(stream: BinaryIO, data: bytes) -> Iterator[bytes]:
    """Unpack gzip members one after the other; zero bytes after the last are padding, other bytes are damage."""
    taken = made = 0
    engine = IgzipDecompressor(flag=DECOMP_GZIP)
    while data:
        taken += len(data)
        for chunk in unpacked(engine, data):
            made += len(chunk)
            if made > RATIO_FROM and made > LARGEST_RATIO * taken:
                raise Unreadable(f"unpacks to more than {LARGEST_RATIO} times its size: a decompression bomb")
            yield chunk
        if engine.eof:
            taken -= len(engine.unused_data)
            data = after_padding(engine.unused_data, stream)
            engine = IgzipDecompressor(flag=DECOMP_GZIP) if data else engine
        else:
            data = stream.read(CHUNK)
    if not engine.eof:
        raise Unreadable("the gzip stream is truncated")


def after_padding(data: bytes, stream: BinaryIO) -> bytes:
    """The next gzip member's first bytes, or nothing at the end of the file."""
    data = data.lstrip(b"\0")
    while not data:
        more = stream.read(CHUNK)
        if not more:
            return b""
        data = more.lstrip(b"\0")
    if not data.startswith(GZIP[:1]):
        raise Unreadable("bytes that are not gzip follow the end of the gzip stream")
    return data


def unpacked(engine: IgzipDecompressor, data: bytes) -> Iterator[bytes]:
    """What one piece of input unpacks to, at most 1 MiB at a time."""
    try:
        chunk = engine.decompress(data, CHUNK)
        while chunk:
            yield chunk
            chunk = b"" if engine.eof or engine.needs_input else engine.decompress(b"", CHUNK)
    except IsalError as error:  # type: ignore[misc]  # the stub calls it an instance
        raise Unreadable(f"the gzip stream is damaged: {error}") from error
