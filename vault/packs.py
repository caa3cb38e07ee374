"""Parts of kind zip: many small files as one object, byte for byte, readable with any tool.

Two packs of the same members are equal bytes: fixed date and attributes, plan order, names by number. Names as they
were at their origin (which may hold ``../`` or repeat) are data, in ``manifest.jsonl``, the last member.
"""

import hashlib
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, cast

from vault.store import CHUNK, Corrupt, Mismatch, Receipt, Vault, naming_a_full_disk

MANIFEST = "manifest.jsonl"
SUFFIX = re.compile(r"(\.[a-z0-9]{1,8}){1,2}\Z")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that ZIP can hold
ATTRIBUTES = 0o100440 << 16


@dataclass(frozen=True, slots=True)
class PackMember:
    """A file on its way into a pack; ``open`` gives its bytes once, ``notes`` are JSON values."""

    file: str
    origin: str
    open: Callable[[], BinaryIO]
    version: str = ""
    modified: str | None = None
    size: int | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PackedMember:
    """A file inside a pack, as its manifest describes it; size in bytes, SHA-256 in hex."""

    index: int
    name_in_zip: str
    file: str
    origin: str
    version: str
    size: int
    sha256: str
    modified: str | None
    notes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Packed:
    """A stored pack."""

    receipt: Receipt
    members: tuple[PackedMember, ...]


class Pack:
    """An open pack: its members by number, without reading the others."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._files = [info for info in archive.infolist() if info.filename != MANIFEST]

    def open(self, index: int) -> BinaryIO:
        """The stored bytes of member ``index``. Raises IndexError if there is none."""
        return cast(BinaryIO, self._archive.open(self._files[index]))

    def manifest(self) -> tuple[PackedMember, ...]:
        """What the pack says of its members, in order."""
        lines = self._archive.read(MANIFEST).splitlines()
        return tuple(PackedMember(**json.loads(line)) for line in lines)


def write_pack(vault: Vault, members: Iterable[PackMember]) -> Packed:
    """Pack the members in their order and store the pack; no member is ever wholly in memory.

    Raises Mismatch if a member is not of the announced size, VaultFull if the disk has no room.
    """
    with naming_a_full_disk(vault), tempfile.TemporaryFile(dir=vault.stage()) as spool:
        with zipfile.ZipFile(spool, "w", zipfile.ZIP_STORED) as archive:
            packed = tuple(add(archive, index, member) for index, member in enumerate(members))
            lines = "".join(json.dumps(asdict(member), sort_keys=True) + "\n" for member in packed)
            archive.writestr(entry_named(MANIFEST), lines)
        spool.seek(0)
        receipt = vault.put(iter(lambda: spool.read(CHUNK), b""))
    return Packed(receipt, packed)


def add(archive: zipfile.ZipFile, index: int, member: PackMember) -> PackedMember:
    """Copy one member in and say what it was."""
    name = f"{index + 1:06d}{suffix_of(member.file)}"
    digest, size = hashlib.sha256(), 0
    with member.open() as source, archive.open(entry_named(name), "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += target.write(chunk)
    if member.size not in (None, size):
        raise Mismatch(f"{member.origin}: announced {member.size} bytes, got {size}; fetch it again")
    return PackedMember(
        index=index,
        name_in_zip=name,
        file=member.file,
        origin=member.origin,
        version=member.version,
        size=size,
        sha256=digest.hexdigest(),
        modified=member.modified,
        notes=dict(member.notes),
    )


def entry_named(name: str) -> zipfile.ZipInfo:
    """A directory entry that says nothing of when or where the pack was made."""
    info = zipfile.ZipInfo(name, EPOCH)
    info.external_attr, info.create_system = ATTRIBUTES, 3  # 3: Unix, on every system the same
    return info


def suffix_of(file: str) -> str:
    """A suffix that is safe in any file system, so that a person's tools know the format."""
    found = SUFFIX.search(file.lower())
    return found.group() if found else ""


@contextmanager
def open_pack(vault: Vault, sha256: str) -> Iterator[Pack]:
    """Open a stored pack; its directory is read once for all members. Raises MissingObject or Corrupt."""
    with vault.open(sha256) as stream, directory_of(stream, sha256) as archive:
        yield Pack(archive)


def directory_of(stream: BinaryIO, sha256: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except zipfile.BadZipFile as problem:
        raise Corrupt(f"{sha256} is no pack: {problem}; verify it and restore it from a copy") from problem
