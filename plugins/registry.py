"""One registry for all rooms: it finds the plug-ins in a package's files and in entry points."""

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points
from types import ModuleType
from typing import Generic, Protocol, TypeVar


class Plugin(Protocol):
    """What a registry holds: anything with a name and the module it was written in."""

    @property
    def name(self) -> str: ...

    @property
    def module(self) -> str: ...


P = TypeVar("P", bound=Plugin)


class DuplicateName(Exception):
    """Two plug-ins of one room carry the same name; the message names both files."""


class UnknownName(KeyError):
    """No plug-in has this name; the message lists the names there are."""

    def __str__(self) -> str:
        return str(self.args[0])


class Registry(Generic[P]):
    """One room's plug-ins by name: those in ``package``, and entry points of ``forensics_portal.<package>``."""

    def __init__(self, package: str) -> None:
        self.package = package
        self._found: dict[str, P] = {}
        self._is_loaded = False

    def add(self, plugin: P) -> None:
        """Raises DuplicateName if another module has registered this name; adding the same one again is harmless."""
        present = self._found.get(plugin.name)
        if present is not None and present.module != plugin.module:
            files = " and ".join(file_of(module) for module in (present.module, plugin.module))
            raise DuplicateName(f"{self.package}: the name {plugin.name!r} is in {files}; rename one of them")
        self._found[plugin.name] = plugin

    def get(self, name: str) -> P:
        """Raises UnknownName if the room has no plug-in of this name."""
        try:
            return self.all()[name]
        except KeyError:
            known = ", ".join(self.all()) or "none"
            raise UnknownName(f"{self.package} has no {name!r}; there are: {known}") from None

    def all(self) -> dict[str, P]:
        """Every plug-in, in name order."""
        if not self._is_loaded:
            self._load()
            self._is_loaded = True
        return dict(sorted(self._found.items()))

    def __iter__(self) -> Iterator[P]:
        return iter(self.all().values())

    def _load(self) -> None:
        package = importlib.import_module(self.package)
        for module in sorted(modules_of(package)):
            importlib.import_module(module)
        for entry in entry_points(group=f"forensics_portal.{self.package}"):
            entry.load()


def modules_of(package: ModuleType) -> Iterator[str]:
    """The names of the package's own modules, one level deep."""
    for found in pkgutil.iter_modules(package.__path__):
        if not found.ispkg:
            yield f"{package.__name__}.{found.name}"


def file_of(module: str) -> str:
    return str(getattr(importlib.import_module(module), "__file__", module))
