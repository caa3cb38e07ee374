"""Archives as evidence: their members one by one, never unpacked to paths; what cannot be trusted is quarantined.

Sources: APPNOTE.TXT 6.3 (zip), POSIX.1-2017 pax and ustar (tar). Names inside are data: no path is ever made of one.
"""

import bz2
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BufferedReader
from itertools import count
from typing import BinaryIO, cast

from examiners.base import Member
from examiners.spools import Guarded, Rationed, Spool
from examiners.streams import CHUNK, GZIP, LARGEST, LARGEST_RATIO, RATIO_FROM, Unreadable, gunzip
from plugins import Quarantined

# An archive may lie in an archive, once.
DEEPEST = 2
# The files of an archive are numbered from (its index + 1) times this; a part has at most 500 members.
SPAN = 1_000_000
LONGEST_NAME = 4_096  # characters of a name in an archive; no file system has longer paths
LARGEST_ARCHIVE = 16 << 30
LARGEST_HEADER = 1 << 20  # of one file in a tar, with its long names and extended headers
LARGEST_DIRECTORY = 64 << 20
XZ_MEMORY = 256 << 20
BZIP2, XZ, ZIP = b"BZh", b"\xfd7zXZ\x00", (b"PK\x03\x04", b"PK\x05\x06")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
ENCRYPTED = 0x1
# The end-of-directory record with the longest comment, and zip64's before it; its sizes are then all ones.
LONGEST_END = (1 << 16) + 1_024
ZIP64 = 0xFFFFFFFF
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in an archive: how to read it, or why it will not be read; when it was changed, if that is told."""

    name: str
    size: int
    open: Callable[[], BinaryIO]
    refusal: str = ""
    modified: datetime | None = None


def members_of(member: Member) -> Iterator[Member | Quarantined]:
    """The files in an archive as members of their own, numbered in order; anything else gives itself.

    ``index`` is (the archive's index + 1) * SPAN + position, so it is unlike any other in the part; ``file`` becomes
    ARCHIVE!NAME. Links, devices, encrypted files, bombs and archives nested deeper than once are Quarantined.
    """
    return expanded(member, 0, count((member.index + 1) * SPAN))


def outer_index(index: int) -> int | None:
    """The index of the archive that this member lies in; None for a member that lies in the part itself."""
    return index // SPAN - 1 if index >= SPAN else None


def inner_member(archive: Member, index: int) -> Member:
    """The file that ``members_of`` numbered ``index``. Raises LookupError."""
    for inner in members_of(archive):
        if isinstance(inner, Member) and inner.index == index:
            return inner
    raise LookupError(f"{archive.file} has no member {index}")


def expanded(member: Member, depth: int, numbers: Iterator[int]) -> Iterator[Member | Quarantined]:
    """Depth first; each entry takes a number, also one that is refused."""
    try:
        entries = entries_of(member)
        if entries is None:
            yield member
            return
        if depth >= DEEPEST:
            yield Quarantined(member.index, member.file, None, "archives nested too deep; unpack it, collect it again")
            return
        for entry in entries:
            yield from entered(member, entry, depth, numbers)
    except (*DAMAGE, Unreadable, tarfile.TarError) as error:
        yield Quarantined(member.index, member.file, None, f"cannot be read on: {error}")


def entered(member: Member, entry: Entry, depth: int, numbers: Iterator[int]) -> Iterator[Member | Quarantined]:
    index, file = next(numbers), f"{member.file}!{entry.name[:LONGEST_NAME]}"
    refusal = f"its name is longer than {LONGEST_NAME:,} characters" if len(entry.name) > LONGEST_NAME else ""
    if refusal := refusal or entry.refusal:
        yield Quarantined(index, file, None, refusal)
    else:
        inner = replace(member, index=index, file=file, open=entry.open, size=entry.size, modified=entry.modified)
        inner = replace(inner, sha256="", notes={})
        yield from expanded(inner, depth + 1, numbers)


def entries_of(member: Member) -> Iterator[Entry] | None:
    """The archive's entries by its first bytes; None for what is not an archive."""
    with member.open() as stream:
        head = stream.read(CHUNK)
        if head.startswith(ZIP):
            return zip_entries(member)
        is_packed = head.startswith((GZIP, BZIP2, XZ))
        if is_tar(first_piece(stream, head) if is_packed else head):
            return tar_entries(member, is_packed=is_packed)
    return None


def first_piece(stream: BinaryIO, head: bytes) -> bytes:
    """The beginning of what a packed file holds; nothing if even that is damaged: its examiner will say so."""
    try:
        return next(unpacked(stream, head), b"")
    except (*DAMAGE, Unreadable):
        return b""


def is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


def unpacked(stream: BinaryIO, head: bytes) -> Iterator[bytes]:
    """The content of a gzip, bzip2 or xz file, within the caps of an archive. Raises Unreadable."""
    chunks = gunzip(stream, head) if head.startswith(GZIP) else decompressed(stream, head)
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > LARGEST_ARCHIVE:
            raise Unreadable(f"unpacks to more than {LARGEST_ARCHIVE >> 30} GiB; split it")
        yield chunk


def decompressed(stream: BinaryIO, data: bytes) -> Iterator[bytes]:
    engine = bz2.BZ2Decompressor() if data.startswith(BZIP2) else lzma.LZMADecompressor(memlimit=XZ_MEMORY)
    taken = made = 0
    while data and not engine.eof:
        taken += len(data)
        while data or not (engine.needs_input or engine.eof):
            chunk = engine.decompress(data, CHUNK)
            data, made = b"", made + len(chunk)
            if made > RATIO_FROM and made > LARGEST_RATIO * taken:
                raise Unreadable(f"unpacks to more than {LARGEST_RATIO} times its size: a decompression bomb")
            yield chunk
        data = stream.read(CHUNK)
    if not engine.eof:
        raise Unreadable("the compressed archive is truncated")


def zip_entries(member: Member) -> Iterator[Entry]:
    """A zip's files in the order of its directory."""
    spool = Spool(chunks_of(member))
    check_directory(spool)
    archive = zipfile.ZipFile(spool.open())
    for info in archive.infolist():
        if not info.is_dir():
            yield Entry(info.filename, info.file_size, zip_opener(archive, info), zip_refusal(info))


def zip_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: BufferedReader(Guarded(lambda: cast(BinaryIO, archive.open(info)), DAMAGE))


def zip_refusal(info: zipfile.ZipInfo) -> str:
    """Why this file of a zip is not read; empty if it is."""
    kind = info.external_attr >> 16
    if info.flag_bits & ENCRYPTED:
        return "encrypted; decrypt it and collect it again"
    if stat.S_IFMT(kind) not in (0, stat.S_IFREG):
        return "a link or device, not a file"
    if info.compress_type not in METHODS:
        return f"compressed by method {info.compress_type}, which cannot be read"
    if info.file_size > LARGEST:
        return f"larger than {LARGEST >> 20} MiB uncompressed"
    if info.file_size > RATIO_FROM and info.file_size > LARGEST_RATIO * info.compress_size:
        return f"unpacks to more than {LARGEST_RATIO} times its size: a decompression bomb"
    return ""


def check_directory(spool: Spool) -> None:
    """Raises Unreadable if the zip's directory is too large to hold in memory; zip64 has its own record."""
    tail = spool.open(max(0, spool.size - LONGEST_END), None).read()
    end = tail.rfind(b"PK\x05\x06")
    size = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    far = tail.rfind(b"PK\x06\x06")
    if size == ZIP64 and far >= 0:
        size = int.from_bytes(tail[far + 40 : far + 48], "little")
    if size > LARGEST_DIRECTORY:
        raise Unreadable(f"its directory is larger than {LARGEST_DIRECTORY >> 20} MiB; split it")


def tar_entries(member: Member, *, is_packed: bool) -> Iterator[Entry]:
    """A tar's files in order; what a truncated one still holds comes first, then Unreadable."""
    spool = Spool(unpacked_chunks(member) if is_packed else chunks_of(member))
    source = Rationed(spool, LARGEST_HEADER)
    with tarfile.open(fileobj=cast(BinaryIO, source), mode="r:", errors="replace") as archive:
        while (info := next_header(archive)) is not None:
            if not info.isdir():
                yield Entry(info.name, info.size, tar_opener(spool, info), tar_refusal(info, spool), changed_at(info))
            source.refill()
        if spool.open(archive.offset, tarfile.BLOCKSIZE).read().strip(b"\0"):
            raise Unreadable("what follows its last file is not the header of another")


def next_header(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    """The next file of a tar, of which nothing is kept behind. Raises Unreadable, and what tarfile raises."""
    try:
        info = archive.next()
    except RecursionError as error:
        raise Unreadable("too many headers for one file") from error
    archive.members.clear()  # type: ignore[attr-defined]  # the stub leaves it out
    if info and archive.offset < info.offset_data:
        raise Unreadable("a file with a size below zero")
    if sum(len(name) + len(value) for name, value in archive.pax_headers.items()) > LARGEST_HEADER:
        raise Unreadable(f"its global headers are larger than {LARGEST_HEADER >> 20} MiB")
    return info


def changed_at(info: tarfile.TarInfo) -> datetime | None:
    """The time of a tar's file; None for none and for what is no time."""
    try:
        return datetime.fromtimestamp(info.mtime, UTC) if info.mtime else None
    except (ValueError, OverflowError, OSError):
        return None


def tar_opener(spool: Spool, info: tarfile.TarInfo) -> Callable[[], BinaryIO]:
    offset, size = info.offset_data, info.size
    return lambda: spool.open(offset, size)


def tar_refusal(info: tarfile.TarInfo, spool: Spool) -> str:
    if not info.isreg() or info.issparse():
        return "a link, device or sparse file, not a plain file"
    if not 0 <= info.size <= LARGEST:
        return "a size below zero" if info.size < 0 else f"larger than {LARGEST >> 20} MiB"
    return "truncated: the archive ends inside it" if info.offset_data + info.size > spool.size else ""


def chunks_of(member: Member) -> Iterator[bytes]:
    with member.open() as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def unpacked_chunks(member: Member) -> Iterator[bytes]:
    """All that can be unpacked; where it breaks off, the tar's own reading says that it is cut short."""
    with member.open() as stream, suppress(*DAMAGE, Unreadable):
        yield from unpacked(stream, stream.read(CHUNK))
