"""Differs from nothing: moto looks on the disk at each request which services there are; ours looks once."""

from typing import Any

from moto import backends
from moto.core import utils

from simulation.organisation import LOADER
from simulation.overlays import Ground


def lay(ground: Ground) -> None:
    """Descriptions of services are read with the loader that the simulation's own sessions share."""
    del ground
    places: Any = backends
    readers: Any = utils
    names = frozenset(backends.list_of_moto_modules())
    places.list_of_moto_modules = lambda: names
    readers._load_service_model = LOADER.load_service_model
