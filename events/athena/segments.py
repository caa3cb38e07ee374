"""A manifest's segments in S3: each once under its hash, whatever manifests name it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from events.athena.places import AthenaPlace
from events.errors import AlteredFile, MissingManifest
from events.manifests import Manifest, Segment

AT_ONCE = 1_000  # keys of one deletion


def name_of(segment: Segment) -> str:
    return f"{segment.sha256}.parquet"


def stored(s3: Any, place: AthenaPlace, incident: str, family: str) -> dict[str, tuple[int, datetime]]:
    """Key -> size in bytes and time of storing, of one family's segments."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.key(incident, family))
    return {one["Key"]: (one["Size"], one["LastModified"]) for page in pages for one in page.get("Contents", [])}


def missing(s3: Any, place: AthenaPlace, incident: str, manifest: Manifest) -> Iterator[Segment]:
    """The segments of a manifest that S3 does not hold whole."""
    for family in sorted({segment.family for segment in manifest.files}):
        there = stored(s3, place, incident, family)
        for segment in manifest.files:
            key = place.key(incident, family, name_of(segment))
            if segment.family == family and there.get(key, (None, None))[0] != segment.size:
                yield segment


def upload(s3: Any, place: AthenaPlace, incident: str, segment: Segment, path: Path) -> None:
    """Put a segment to S3, which checks the bytes on their way. Raises AlteredFile if it is not what it was."""
    if path.stat().st_size != segment.size:
        raise AlteredFile(f"segment {segment.sha256} in {path.parent} has changed; examine its evidence again")
    key = place.key(incident, segment.family, name_of(segment))
    s3.upload_file(str(path), place.bucket, key, ExtraArgs={"ChecksumAlgorithm": "SHA256"})


def check_whole(s3: Any, place: AthenaPlace, incident: str, manifest: Manifest) -> None:
    """Raises MissingManifest if a segment is not there: a question would silently be about fewer events."""
    for segment in missing(s3, place, incident, manifest):
        key = place.address(place.key(incident, segment.family, name_of(segment)))
        raise MissingManifest(f"{key} is not there as manifest {manifest.name} names it; run the index again")


def sweep(s3: Any, place: AthenaPlace, incident: str, keep: set[str], older_than: timedelta) -> None:
    """Remove the incident's objects that are none of the keys to keep and older than this."""
    before = datetime.now(UTC) - older_than
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=place.bucket, Prefix=f"{place.prefix}/incident={incident}/"
    )
    old = [one["Key"] for page in pages for one in page.get("Contents", []) if one["LastModified"] < before]
    unwanted = [key for key in old if key not in keep]
    for start in range(0, len(unwanted), AT_ONCE):
        batch = [{"Key": key} for key in unwanted[start : start + AT_ONCE]]
        s3.delete_objects(Bucket=place.bucket, Delete={"Objects": batch, "Quiet": True})
