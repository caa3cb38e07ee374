"""Event rows on a folder that all machines share, asked by Spark: ``EVENTS_URL=spark://HOST:PORT?folder=/PATH``."""

from events.spark.store import SparkFiles, place_of
from events.store import EventFiles


def open_store(url: str, incident: str) -> EventFiles:
    """The store of one incident. Raises UnknownPlace for an address that leaves out what Spark needs."""
    return SparkFiles(place_of(url), incident)
