"""Event rows in S3, asked by Athena: ``EVENTS_URL=athena://WORKGROUP/DATABASE?bucket=...&region=...&folder=...``."""

from events.athena.places import place_of
from events.athena.store import AthenaFiles
from events.store import EventFiles


def open_store(url: str, incident: str) -> EventFiles:
    """The store of one incident. Raises UnknownPlace for an address that leaves out what Athena needs."""
    return AthenaFiles(place_of(url), incident)
