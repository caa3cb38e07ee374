"""Where an address is: country, city and network, from database files that the user has.

Sources: the MaxMind DB format, https://maxmind.github.io/MaxMind-DB/; its fields as MaxMind and DB-IP lay them out,
https://dev.maxmind.com/geoip/docs/databases/city-and-country and https://dev.maxmind.com/geoip/docs/databases/asn;
flat ones as IPinfo does, https://ipinfo.io/developers/ipinfo-lite-database.
"""

import hashlib
import io
import logging
import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from threading import Lock
from typing import Any

import maxminddb

from plugins.text import visible

LONGEST_ADDRESS = 45  # characters: an IPv6 address that ends as an IPv4 one
LONGEST_NAME = 80
MOST_ASN = 2**32 - 1
COUNTRY = re.compile(r"[A-Z]{2}")
ASN = re.compile(r"(?:AS)?([0-9]{1,10})")
# What the reader stumbles over in a file that was cut or altered, besides what it says itself.
DAMAGES = (
    *(maxminddb.InvalidDatabaseError, struct.error, ArithmeticError, LookupError),
    *(RecursionError, TypeError, ValueError, MemoryError),
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REMEDY = "download it again and unpack it, or correct GEO_DATABASES"

log = logging.getLogger(__name__)
Record = Mapping[str, Any]
Address = IPv4Address | IPv6Address
Stamp = tuple[int, int, int]  # when the bytes changed, when anything of the file changed, how many bytes there are


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is, as far as it is known: ISO 3166 country, city, and the network by number and name."""

    country: str = ""
    city: str = ""
    asn: int | None = None
    organisation: str = ""

    def __str__(self) -> str:
        return " · ".join(part for part in (self.country, self.network) if part)

    @property
    def network(self) -> str:
        """``AS14061 DigitalOcean``; nothing where the number is not known."""
        return "" if self.asn is None else f"AS{self.asn} {self.organisation}".strip()


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that cannot be asked, and why, with the remedy."""

    file: str
    words: str


class Damaged(Exception):
    """What a database says of an address makes no sense; the message names the database and the remedy."""


@dataclass(frozen=True, slots=True)
class Database:
    """One file, held in memory: what answers are the very bytes that ``sha256`` is of, whatever becomes of the file."""

    kind: str
    built_at: datetime
    sha256: str
    reader: maxminddb.Reader = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.kind} of {self.built_at:%Y-%m-%d}"

    @property
    def full_name(self) -> str:
        return f"{self.kind}, built {self.built_at:%Y-%m-%d %H:%M:%S} UTC"

    def record_of(self, address: Address) -> Record:
        """Everything it has on an address; empty for none. Raises Damaged."""
        if address.version > self.reader.metadata().ip_version:
            return {}  # a file for IPv4 alone
        try:
            found = self.reader.get(address)
        except DAMAGES as problem:
            raise Damaged(f"{self.full_name} is damaged: {problem}; {REMEDY}") from problem
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of many addresses; by a database's full name, how many it knew and how many it stumbled over."""

    places: dict[str, Place] = field(default_factory=dict)
    known: Counter[str] = field(default_factory=Counter)
    damaged: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Geography:
    """The databases in the order in which they are asked, and the files that could not be opened."""

    databases: tuple[Database, ...] = ()
    problems: tuple[Problem, ...] = ()

    def locate(self, address: str) -> Place | None:
        """Where the address is. None for what is none, for one of no public network, and for an unknown one."""
        return self.survey([address]).places.get(address)

    def survey(self, addresses: Iterable[str]) -> Survey:
        """Locate many; whatever is damaged is counted, and said once in the log of each process."""
        survey = Survey()
        for text in addresses:
            address = public(text)
            records = list(self.records_of(address, survey)) if address else []
            if place := place_of(records):
                survey.places[text] = place
        return survey

    def records_of(self, address: Address, survey: Survey) -> Iterator[Record]:
        for database in self.databases:
            try:
                record = database.record_of(address)
            except Damaged as problem:
                survey.damaged[database.full_name] += 1
                say_once(str(problem))
                continue
            if record:
                survey.known[database.full_name] += 1
                yield record

    def identity(self) -> list[list[str]]:
        """What every answer depends on, as JSON: type, build time (Unix epoch) and SHA-256 of each database, then
        which files could not be opened; empty where nothing is configured."""
        databases = [[one.kind, str(int(one.built_at.timestamp())), one.sha256] for one in self.databases]
        return [*databases, *([one.file, one.words] for one in self.problems)]


_opened: dict[Path, tuple[Stamp | None, Database | Problem]] = {}
_opening = Lock()


def open_geography(files: Sequence[Path]) -> Geography:
    """The databases in these files; each is opened once per process, and again when it has become another one."""
    databases: dict[str, Database] = {}
    problems: list[Problem] = []
    for file in dict.fromkeys(files):
        opened = opened_now(file)
        if isinstance(opened, Problem):
            problems.append(opened)
        elif opened.full_name in databases:
            problems.append(Problem(str(file), f"{opened.full_name} is here already; name it once in GEO_DATABASES"))
        else:
            databases[opened.full_name] = opened
    return Geography(tuple(databases.values()), tuple(problems))


def opened_now(file: Path) -> Database | Problem:
    stamp = stamp_of(file)
    with _opening:
        kept = _opened.get(file)
        if kept is None or kept[0] != stamp:
            kept = _opened[file] = stamp, read(file)
            if isinstance(kept[1], Problem):
                say_once(f"{file}: {kept[1].words}")
        return kept[1]


def stamp_of(file: Path) -> Stamp | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size


def read(file: Path) -> Database | Problem:
    try:
        if not file.is_file():
            return Problem(str(file), "there is no such file; put it there, or correct GEO_DATABASES")
        content = file.read_bytes()
    except OSError as problem:
        return Problem(str(file), f"it cannot be read ({problem.strerror}); let the portal's user read it")
    try:
        return database_of(content)
    except DAMAGES as problem:
        return Problem(str(file), f"it is no MaxMind DB file, or a damaged one ({type(problem).__name__}); {REMEDY}")


def database_of(content: bytes) -> Database:
    """The database in a file's bytes. Raises one of DAMAGES."""
    reader = maxminddb.open_database(io.BytesIO(content), maxminddb.MODE_FD)
    metadata = reader.metadata()
    if metadata.ip_version not in (4, 6):
        raise ValueError(f"IP version {metadata.ip_version!r}")
    built_at = EPOCH + timedelta(seconds=metadata.build_epoch)
    return Database(named(metadata.database_type), built_at, hashlib.sha256(content).hexdigest(), reader)


@lru_cache(maxsize=64)
def say_once(words: str) -> None:
    log.warning("%s", words)


def public(text: str) -> Address | None:
    """The address that a text is, if it can be one of a public network; one of IPv4 written as IPv6 is IPv4."""
    if len(text) > LONGEST_ADDRESS or "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address if address.is_global and not address.is_multicast else None


def place_of(records: Sequence[Record]) -> Place | None:
    """One place of what several databases say: the first that names a country, and the first that names a network."""
    lands = ((country, city_of(record)) for record in records if (country := country_of(record)))
    networks = ((asn, organisation_of(record)) for record in records if (asn := asn_of(record)) is not None)
    place = Place(*next(lands, ("", "")), *next(networks, (None, "")))
    return None if place == Place() else place


def country_of(record: Record) -> str:
    values = (inside(record, "country", "iso_code"), record.get("country_code"), record.get("country"))
    return next((value for value in values if isinstance(value, str) and COUNTRY.fullmatch(value)), "")


def city_of(record: Record) -> str:
    return named(inside(record, "city", "names", "en") or record.get("city"))


def asn_of(record: Record) -> int | None:
    """The number of the network; 0 is none (RFC 7607)."""
    value = first(record, "autonomous_system_number", "asn")
    found = ASN.fullmatch(str(value))
    number = int(found[1]) if found else 0
    return number if 0 < number <= MOST_ASN else None


def organisation_of(record: Record) -> str:
    return named(first(record, "autonomous_system_organization", "as_name", "name"))


def first(record: Record, *names: str) -> Any:
    """The first of these fields that there is, in the record or, as in MaxMind's Enterprise files, in its traits."""
    values = (inside(record, *path) for name in names for path in ((name,), ("traits", name)))
    return next((value for value in values if value is not None), None)


def inside(record: Any, *names: str) -> Any:
    for name in names:
        record = record.get(name) if isinstance(record, Mapping) else None
    return record


def named(value: Any) -> str:
    """A name as pages may show it; anything but text is none."""
    return visible(value)[:LONGEST_NAME].strip() if isinstance(value, str) else ""
