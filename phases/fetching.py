"""Fetch artifacts side by side onto the vault's own disk, hash them on the way, and store them as one part."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cases.actions.units import StoredMember, StoredPart
from cases.models import EvidencePart
from collectors import Artifact
from collectors.answers import REFUSALS, gap_of
from plugins import Gap, GapKind
from vault import PackedMember, PackMember, Vault, naming_a_full_disk, write_pack

THREADS = 8
CHUNK = 2**18  # bytes
VOLATILE = ("request_id",)  # true of one fetch only; kept with the member, never inside the part


@dataclass(frozen=True, slots=True)
class Fetched:
    """One artifact's bytes on local disk: where, how many, their SHA-256 (hex)."""

    artifact: Artifact
    path: Path
    size: int
    sha256: str

    def open(self) -> BinaryIO:
        return self.path.open("rb")


@contextmanager
def fetch_all(vault: Vault, artifacts: list[Artifact], check: Callable[[], None]) -> Iterator[list[Fetched | Gap]]:
    """Fetch in up to 8 threads, results in the order given; the spooled files are gone afterwards."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(dir=vault.stage()))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        pool = stack.enter_context(ThreadPoolExecutor(THREADS))
        jobs = [pool.submit(fetch, vault, artifact, folder / str(at), check) for at, artifact in enumerate(artifacts)]
        yield [job.result() for job in jobs]


def fetch(vault: Vault, artifact: Artifact, path: Path, check: Callable[[], None]) -> Fetched | Gap:
    """Read one artifact whole; what AWS or the disk refuses is a gap with their own words."""
    try:
        size, digest = spool(vault, artifact, path, check)
    except REFUSALS as problem:
        return gap_of(problem, artifact.origin)
    except OSError as problem:
        return Gap(GapKind.UNREADABLE, artifact.origin, f"{problem.strerror or problem}")
    if artifact.size is not None and size != artifact.size:
        words = f"{size} bytes came, {artifact.size} were announced; it changed or was cut off while it was read"
        return Gap(GapKind.CHANGED, artifact.origin, words)
    if artifact.sha256 not in ("", digest):
        words = f"it came with the SHA-256 {digest}, {artifact.sha256} was announced; it changed on its way"
        return Gap(GapKind.CHANGED, artifact.origin, words)
    return Fetched(artifact, path, size, digest)


def spool(vault: Vault, artifact: Artifact, path: Path, check: Callable[[], None]) -> tuple[int, str]:
    """Copy the bytes to ``path``. Raises VaultFull when our own disk is full: that is no gap of the evidence."""
    digest, size = hashlib.sha256(), 0
    with artifact.open() as stream, naming_a_full_disk(vault), path.open("xb") as out:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += out.write(chunk)
            check()
    return size, digest.hexdigest()


def store(vault: Vault, fetched: list[Fetched], *, raw: bool, place: str) -> StoredPart:
    """Store the fetched files as one part, in the vault of ``place``: as it came, or packed in the order given."""
    if raw:
        return store_raw(vault, fetched[0], place)
    packed = write_pack(vault, (pack_member(one) for one in fetched))
    members = tuple(packed_row(member, one) for member, one in zip(packed.members, fetched, strict=True))
    receipt = packed.receipt
    return StoredPart(EvidencePart.Kind.ZIP, receipt.sha256, receipt.size, receipt.key, members, place)


def store_raw(vault: Vault, one: Fetched, place: str) -> StoredPart:
    with one.open() as stream:
        receipt = vault.put(iter(lambda: stream.read(CHUNK), b""), size=one.size, sha256=one.sha256)
    return StoredPart(EvidencePart.Kind.RAW, receipt.sha256, receipt.size, receipt.key, (row_of(0, one),), place)


def pack_member(one: Fetched) -> PackMember:
    artifact = one.artifact
    return PackMember(
        file=artifact.name,
        origin=artifact.origin,
        version=artifact.version,
        modified=artifact.modified.isoformat() if artifact.modified else None,
        size=one.size,
        notes={key: value for key, value in artifact.notes.items() if key not in VOLATILE},
        open=one.open,
    )


def packed_row(member: PackedMember, one: Fetched) -> StoredMember:
    """The member's row; raises ValueError if the pack holds other bytes than were fetched."""
    if member.sha256 != one.sha256:
        raise ValueError(f"{one.artifact.origin}: packed {member.sha256}, fetched {one.sha256}; the disk is not sound")
    return row_of(member.index, one)


def row_of(index: int, one: Fetched) -> StoredMember:
    artifact = one.artifact
    return StoredMember(
        index=index,
        file=artifact.name,
        origin=artifact.origin,
        version=artifact.version,
        size=one.size,
        sha256=one.sha256,
        modified_at=artifact.modified,
        notes=dict(artifact.notes),
    )
