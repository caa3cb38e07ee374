"""The event rows of one incident, indexed on this machine's disk and asked in S3."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from events.athena.engine import AthenaEngine
from events.athena.places import AthenaPlace
from events.athena.queries import REMEDY, Queries
from events.athena.segments import check_whole, missing, name_of, sweep, upload
from events.athena.tables import keep_database, keep_table
from events.distributed import DistributedReader
from events.errors import EngineFailed, NotOnDisk
from events.families import FAMILIES
from events.manifests import Manifest, make_manifest
from events.reader import Reader, kept
from events.store import EventFiles

CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=10, read_timeout=60)


class AthenaFiles(EventFiles):
    """Staging, index and manifests are ``EventFiles``'; a manifest's segments are in S3 before it is kept."""

    def __init__(self, place: AthenaPlace, incident: str) -> None:
        super().__init__(place.folder / f"incident={incident}")
        self.place = place
        self.incident = incident

    @cached_property
    def session(self) -> boto3.Session:
        """The portal's own credentials, as boto3 finds them."""
        return boto3.Session(region_name=self.place.region)

    @cached_property
    def s3(self) -> Any:
        return self.session.client("s3", config=CONFIG)

    @cached_property
    def glue(self) -> Any:
        return self.session.client("glue", config=CONFIG)

    def keep(self, manifest: Manifest) -> Manifest:
        """Write the manifest once S3 and Glue have all that it names. Raises EngineFailed, AlteredFile."""
        with failures(self.place):
            for segment in missing(self.s3, self.place, self.incident, manifest):
                upload(self.s3, self.place, self.incident, segment, self.segment_path(segment))
            keep_database(self.glue, self.place)
            for family in sorted({segment.family for segment in manifest.files}):
                keep_table(self.glue, self.place, FAMILIES[family])
        return super().keep(manifest)

    def reader(self, name: str | None, *, seconds: float = 5.0) -> Reader:
        """A reader that Athena answers. Raises MissingManifest where S3 lacks a segment, EngineFailed."""
        manifest = self.manifest(name) if name else make_manifest((), ())
        return kept(self.folder / "athena", manifest, seconds, lambda: self.made(manifest, seconds))

    def made(self, manifest: Manifest, seconds: float) -> DistributedReader:
        with failures(self.place):
            check_whole(self.s3, self.place, self.incident, manifest)
        queries = Queries(self.session.client("athena", config=CONFIG), self.place)
        return DistributedReader(manifest, AthenaEngine(queries, self.place, self.incident, manifest), seconds)

    def read_back(self, name: str) -> Iterator[str]:
        """Raise NotOnDisk: to hash the objects would be to fetch them all; S3 checked each when it came."""
        raise NotOnDisk(f"Athena reads its event files in s3://{self.place.bucket}; they were not checked")

    def sweep(self, keep: Collection[str], older_than: timedelta, staged: Collection[str] = ()) -> list[Path]:
        """Remove what no kept manifest names, here and in S3; returns the files here."""
        wanted = {
            self.place.key(self.incident, file.family, name_of(file))
            for manifest in map(self.manifest, keep)
            for file in manifest.files
        }
        with failures(self.place):
            sweep(self.s3, self.place, self.incident, wanted, older_than)
        return super().sweep(keep, older_than, staged)


@contextmanager
def failures(place: AthenaPlace) -> Iterator[None]:
    """AWS's refusals as one of ours that says what to do."""
    try:
        yield
    except (BotoCoreError, ClientError, boto3.exceptions.Boto3Error) as problem:
        raise EngineFailed(f"s3://{place.bucket} and Glue's {place.database}: {problem}; {REMEDY}") from problem
