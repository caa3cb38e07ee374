"""The event rows of one incident in a shared folder, indexed here and asked by Spark where they lie."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from events.distributed import DistributedReader
from events.errors import UnknownPlace
from events.manifests import Manifest, make_manifest
from events.reader import Reader, kept
from events.spark.engine import SparkEngine
from events.store import EventFiles

PLAIN = re.compile(r"[A-Za-z0-9_./=@+ -]+")  # Spark takes *, ?, [ and { in a path for patterns
FORM = "spark://HOST:PORT?folder=/ABSOLUTE/DIRECTORY"


@dataclass(frozen=True, slots=True)
class SparkPlace:
    """``folder`` has the same path for the portal and for every worker of Spark."""

    master: str
    folder: Path


def place_of(url: str) -> SparkPlace:
    """Raises UnknownPlace, naming what is missing or wrong."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    if not parts.hostname or not parts.port or parts.path not in ("", "/") or given.keys() != {"folder"}:
        raise UnknownPlace(f"EVENTS_URL {url!r} needs the master's host and port, and a folder; its form is {FORM}")
    folder = Path(given["folder"])
    if not folder.is_absolute() or not PLAIN.fullmatch(given["folder"]):
        raise UnknownPlace(f"EVENTS_URL {url!r} needs an absolute folder without odd signs; its form is {FORM}")
    return SparkPlace(f"spark://{parts.netloc}", folder)


class SparkFiles(EventFiles):
    """Staging, index and manifests are ``EventFiles``'; Spark reads the same files."""

    def __init__(self, place: SparkPlace, incident: str) -> None:
        super().__init__(place.folder / f"incident={incident}")
        self.place = place

    def reader(self, name: str | None, *, seconds: float = 5.0) -> Reader:
        """A reader that Spark answers. Raises EngineFailed."""
        manifest = self.manifest(name) if name else make_manifest((), ())
        files: dict[str, list[Path]] = {}
        for file in manifest.files:
            files.setdefault(file.family, []).append(self.segment_path(file))
        return kept(self.folder / "spark", manifest, seconds, lambda: self.made(manifest, files, seconds))

    def made(self, manifest: Manifest, files: Mapping[str, Sequence[Path]], seconds: float) -> DistributedReader:
        return DistributedReader(manifest, SparkEngine(self.place.master, manifest, files), seconds)
