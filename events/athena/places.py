"""Where Athena is asked and where its files lie, as EVENTS_URL says it."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from events.errors import UnknownPlace

FORM = "athena://WORKGROUP/DATABASE?bucket=BUCKET&region=REGION&folder=/ABSOLUTE/DIRECTORY"
KEYS = {"bucket", "region", "folder", "prefix"}
NEEDED = ("bucket", "region", "folder")
# https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
DATABASE = re.compile(r"[a-z0-9_]{1,255}")
PREFIX = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")


@dataclass(frozen=True, slots=True)
class AthenaPlace:
    """``folder`` is where rows are staged and brought into segments before they go to s3://BUCKET/PREFIX."""

    workgroup: str
    database: str
    bucket: str
    region: str
    folder: Path
    prefix: str = "events"

    def key(self, incident: str, family: str, name: str = "") -> str:
        """The key of a segment, or of the folder that they lie in."""
        return f"{self.prefix}/incident={incident}/source={family}/{name}"

    def address(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"


def place_of(url: str) -> AthenaPlace:
    """Raises UnknownPlace, naming what is missing or wrong."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    database = parts.path.removeprefix("/")
    missing = [name for name in NEEDED if not given.get(name)] + ["WORKGROUP"] * (not parts.netloc)
    if missing or given.keys() - KEYS:
        named = ", ".join(missing) or f"nothing called {', '.join(sorted(given.keys() - KEYS))}"
        raise UnknownPlace(f"EVENTS_URL {url!r} needs {named}; its form is {FORM}")
    if not DATABASE.fullmatch(database):
        raise UnknownPlace(f"EVENTS_URL {url!r}: a database of Athena's has small letters, digits and _; it is {FORM}")
    folder, prefix = Path(given["folder"]), given.get("prefix", "events")
    if not folder.is_absolute() or not PREFIX.fullmatch(prefix):
        raise UnknownPlace(f"EVENTS_URL {url!r} needs an absolute folder, and a prefix without // or odd signs; {FORM}")
    return AthenaPlace(parts.netloc, database, given["bucket"], given["region"], folder, prefix)
