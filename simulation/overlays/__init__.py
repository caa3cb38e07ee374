"""What moto 5.2.5 lacks or grants too easily, laid over it: one file per thing. A test that leans on one says so.

Each file has ``lay(ground)``; its docstring says where the simulation differs from moto and from AWS.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ground:
    """What overlays may need: roles that nobody gets, and the digests' key (value as DER, start, end, fingerprint)."""

    locked_roles: frozenset[str]
    key: dict[str, Any]


def lay(ground: Ground) -> None:
    """Lay every overlay over moto in this process, in name order."""
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        importlib.import_module(f"{__name__}.{found.name}").lay(ground)
