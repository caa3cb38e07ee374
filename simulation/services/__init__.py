"""What stands in the organisation besides its trail, for every source to find: one file per service.

Each file has ``furnish(cloud, estate, window)`` and returns what a test or the demo may know of it (JSON values).
``window`` is (start, end) of the demo's day; what carries a time carries one inside it.
"""

import importlib
import pkgutil
from datetime import datetime
from typing import Any

from simulation.organisation import Cloud, Estate

Window = tuple[datetime, datetime]


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    """Furnish with every file of this package, in name order; returns file name -> what it made."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}").furnish(cloud, estate, window) for name in names}
