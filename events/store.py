"""The files of one incident's event rows: staging, segments and manifests on disk."""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from events.errors import AlteredFile, MissingManifest, UnknownPlace
from events.families import FAMILIES, Family
from events.manifests import EventTally, Manifest, Segment, Staged, from_bytes, make_manifest, to_bytes
from events.reader import Reader, reader_of
from events.segments import Merge

# One row group of a staging file, by rows or by bytes in memory, whichever is reached first.
STAGED_ROWS = 50_000
STAGED_BYTES = 64 << 20
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class EventFiles:
    """The event rows of one incident: stage files, index them into segments, read a manifest's files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def stage(self, name: str, family: str, batches: Iterable[pa.RecordBatch]) -> Staged:
        """Write one staging file; a repeat under the same name replaces it with the same rows."""
        target = self.staging_path(checked(name), family)
        with new_file(target, self.folder / "tmp") as sink:
            rows = write_batches(sink, FAMILIES[family], batches)
        return Staged(name, family, rows, target.stat().st_size, sha256_of(target))

    def index(self, staged: Sequence[Staged], previous: str | None = None) -> Manifest:
        """Bring these staged files, and nothing else, into sorted segments and write the manifest that names them.

        Builds on ``previous`` where its inputs are all still wanted, else anew. A repeat is harmless. Raises
        AlteredFile if a staging file is not what its record says.
        """
        before = self.manifest(previous) if previous else make_manifest((), ())
        if set(before.inputs) - set(staged):
            before = make_manifest((), ())
        fresh = sorted(set(staged) - set(before.inputs))
        files = before.files
        for family in sorted({file.family for file in fresh}):
            files = self.merged(family, [file for file in fresh if file.family == family], files)
        return self.keep(make_manifest(staged, files))

    def merged(self, family: str, fresh: Sequence[Staged], files: Sequence[Segment]) -> tuple[Segment, ...]:
        """The segments after ``fresh`` joined them; those of other families as they were."""
        others = [file for file in files if file.family != family]
        own = [file for file in files if file.family == family]
        merge = Merge(
            folder=self.folder,
            family=FAMILIES[family],
            fresh=tuple(self.whole(staged) for staged in fresh),
            segments={self.segment_path(file): file for file in own},
        )
        with merge.perform() as (kept, made, tally):
            return (*others, *kept, self.adopt(family, made, tally))

    def adopt(self, family: str, path: Path, tally: EventTally) -> Segment:
        """Take a finished file in as a segment named by its hash."""
        segment = Segment(family, sha256_of(path), path.stat().st_size, tally)
        publish(path, self.segment_path(segment))
        return segment

    def keep(self, manifest: Manifest) -> Manifest:
        with new_file(self.manifest_path(manifest.name), self.folder / "tmp") as sink:
            sink.write(to_bytes(manifest))
        return manifest

    def manifest(self, name: str) -> Manifest:
        """Raises MissingManifest if the store has none of this name, or its bytes have changed."""
        try:
            data = self.manifest_path(checked(name)).read_bytes()
        except FileNotFoundError:
            raise MissingManifest(f"no manifest {name!r} in {self.folder}; run the index again") from None
        if hashlib.sha256(data).hexdigest() != name:  # before it is read: changed bytes may be no JSON at all
            raise MissingManifest(f"manifest {name!r} in {self.folder} has been changed; run the index again")
        return from_bytes(data)

    def reader(self, name: str | None, *, seconds: float = 5.0) -> Reader:
        """A reader of exactly the files of one manifest (None: of nothing yet); ``seconds`` bounds each question."""
        manifest = self.manifest(name) if name else make_manifest((), ())
        files: dict[str, list[Path]] = {}
        for file in manifest.files:
            files.setdefault(file.family, []).append(self.segment_path(file))
        return reader_of(self.folder, manifest, files, seconds)

    def sweep(self, keep: Collection[str], older_than: timedelta, staged: Collection[str] = ()) -> list[Path]:
        """Remove files that no kept manifest names; ``staged`` are names of staging files still to be indexed."""
        wanted = {self.manifest_path(name) for name in keep}
        for manifest in map(self.manifest, keep):
            wanted |= {self.segment_path(file) for file in manifest.files}
            wanted |= {self.staging_path(file.name, file.family) for file in manifest.inputs}
        wanted |= {self.staging_path(name, family) for name in staged for family in FAMILIES}
        old = [path for path in sorted(self.all_files()) if path not in wanted and is_older(path, older_than)]
        for path in old:
            path.unlink(missing_ok=True)
        return old

    def all_files(self) -> Iterator[Path]:
        return (path for path in self.folder.rglob("*") if path.is_file())

    def read_back(self, name: str) -> Iterator[str]:
        """For a manifest, each segment and each staging file that it names: what is wrong, empty where it is whole.

        Raises MissingManifest, and NotOnDisk where the engine reads other copies than those here.
        """
        manifest = self.manifest(name)
        yield ""
        yield from (altered(self.segment_path(file), file.sha256) for file in manifest.files)
        yield from (altered(self.staging_path(file.name, file.family), file.sha256) for file in manifest.inputs)

    def whole(self, staged: Staged) -> Path:
        """The path of a staging file that is still what its record says."""
        path = self.staging_path(staged.name, staged.family)
        if not path.exists() or path.stat().st_size != staged.size or sha256_of(path) != staged.sha256:
            raise AlteredFile(f"staging file {staged.name} is gone or changed; examine its evidence again")
        return path

    def staging_path(self, name: str, family: str) -> Path:
        return self.folder / f"source={family}" / "staging" / f"{name}.parquet"

    def segment_path(self, segment: Segment) -> Path:
        return self.folder / f"source={segment.family}" / "segments" / f"{segment.sha256}.parquet"

    def manifest_path(self, name: str) -> Path:
        return self.folder / "manifests" / f"{name}.json"


# Scheme of EVENTS_URL -> the module whose ``open_store`` knows it; imported where it is asked for, because what it
# stands on (boto3, pyspark) is not for everybody.
ENGINES = {"athena": "events.athena", "spark": "events.spark"}


def open_events(url: str, incident: str) -> EventFiles:
    """The event store of one incident under ``url``: file:///ABSOLUTE/DIR, or a scheme of ``ENGINES``.

    Raises UnknownPlace for other schemes, and for an address that its engine cannot use.
    """
    parts = urlsplit(url)
    if parts.scheme in ENGINES:
        opened: EventFiles = module_of(parts.scheme).open_store(url, checked(incident))
        return opened
    if parts.scheme != "file" or parts.netloc or not parts.path.startswith("/"):
        known = ", ".join(f"{scheme}://" for scheme in ENGINES)
        raise UnknownPlace(
            f"EVENTS_URL {url!r} cannot be read by the embedded engine; give file:///ABSOLUTE/DIRECTORY, or {known} as "
            "docs/engines.md says"
        )
    return EventFiles(Path(unquote(parts.path)) / f"incident={checked(incident)}")


def module_of(scheme: str) -> Any:
    """Raises UnknownPlace where what the engine stands on is not installed."""
    try:
        return import_module(ENGINES[scheme])
    except ModuleNotFoundError as problem:
        raise UnknownPlace(
            f"EVENTS_URL {scheme}:// needs {problem.name}; install requirements/{scheme}.txt as docs/engines.md says"
        ) from problem


def checked(name: str) -> str:
    """A name that is safe as a file name. Raises ValueError."""
    if not SAFE_NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a file; use letters, digits, dot, dash and underscore")
    return name


def write_batches(sink: BinaryIO, family: Family, batches: Iterable[pa.RecordBatch]) -> int:
    """Write row batches as Parquet (zstd 1); returns the number of rows. Small batches share a row group.

    The index looks at the statistics of the time alone, to leave out files that a slice does not touch.
    """
    rows = 0
    with pq.ParquetWriter(
        sink, family.schema, compression="zstd", compression_level=1, write_statistics=["event_time"]
    ) as writer:
        for group in grouped(batches):
            writer.write_table(pa.Table.from_batches(group), row_group_size=STAGED_ROWS)
            rows += sum(batch.num_rows for batch in group)
    return rows


def grouped(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches gathered until they hold enough for one row group."""
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        group.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= STAGED_ROWS or size >= STAGED_BYTES:
            yield group
            group, rows, size = [], 0, 0
    if group:
        yield group


@contextmanager
def new_file(target: Path, temporary: Path) -> Iterator[BinaryIO]:
    """Write a file that appears under its name only when whole and on disk; mode 0440."""
    temporary.mkdir(parents=True, exist_ok=True)
    path = temporary / f"{secrets.token_hex(8)}.new"
    try:
        with path.open("xb") as sink:
            yield sink
        publish(path, target)
    finally:
        path.unlink(missing_ok=True)


def publish(path: Path, target: Path) -> None:
    """Flush ``path`` to disk, make it read-only and give it its final name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    on_disk(path, os.fsync)
    path.chmod(0o440)
    path.replace(target)
    on_disk(target.parent, os.fsync)


def on_disk(path: Path, sync: Callable[[int], None]) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def altered(path: Path, sha256: str) -> str:
    """What is wrong with a file of this hash; empty where it is whole."""
    if not path.is_file():
        return f"{path} is gone; restore it from a copy"
    found = sha256_of(path)
    return f"{path} now reads as {found} instead of {sha256}; restore it from a copy" if found != sha256 else ""


def is_older(path: Path, age: timedelta) -> bool:
    return path.stat().st_mtime < time.time() - age.total_seconds()
