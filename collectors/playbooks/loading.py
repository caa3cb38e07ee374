"""From folders of files to playbooks. A file that cannot be used is named with its field, and spoils no other."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml

from collectors.playbooks.schema import Playbook, Step
from plugins.nesting import TOO_DEEP, is_too_deep

LARGEST = 1 << 18  # bytes; a playbook is a few kB, and a YAML parser is no place for more
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
AT = re.compile(r"^(?P<words>.*) - at `\$\.?(?P<field>.*)`$", re.DOTALL)
NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The playbooks in the order of their titles, and in words what could not be used: file, field, reason."""

    playbooks: tuple[Playbook, ...]
    errors: tuple[str, ...] = ()

    def get(self, name: str) -> Playbook | None:
        return next((playbook for playbook in self.playbooks if playbook.name == name), None)


class BadPlaybook(Exception):
    """A file is no playbook; the message names file and field."""


def load_playbooks(folders: Sequence[Path]) -> Shelf:
    """Read every .yaml and .yml file of the folders; of two files with one name the first counts, and it is said."""
    found: dict[str, Playbook] = {}
    errors = [f"PLAYBOOK_DIRS: there is no folder {folder}" for folder in folders if not folder.is_dir()]
    for path in files_in(folders):
        if path.stem in found:
            errors.append(f"{path.name} in {path.parent.name}: the name {path.stem!r} is taken; rename it")
            continue
        try:
            found[path.stem] = read(path)
        except BadPlaybook as problem:
            errors.append(str(problem))
    return Shelf(tuple(sorted(found.values(), key=lambda playbook: playbook.title)), tuple(errors))


def files_in(folders: Sequence[Path]) -> list[Path]:
    """The files of each folder in name order; a folder that is not there has none."""
    return [path for folder in folders for path in sorted(folder.glob("*.y*ml")) if path.suffix in {".yaml", ".yml"}]


def read(path: Path) -> Playbook:
    """One file as a playbook. Raises BadPlaybook naming file and field."""
    if not NAME.fullmatch(path.stem):
        raise BadPlaybook(f"{path.name}: a file's name is the playbook's: small letters, digits and _")
    try:
        playbook = decoded(bytes_of(path))
    except (msgspec.MsgspecError, yaml.YAMLError, OSError, UnicodeDecodeError, RecursionError) as problem:
        raise BadPlaybook(f"{path.name}: {words_of(problem)}") from problem
    except ValueError as problem:  # Python's own, of a value that looks like a date or a number and is none
        raise BadPlaybook(f"{path.name}: a value is no date or number ({words_of(problem)}); quote it") from problem
    for words in contradictions(playbook):
        raise BadPlaybook(f"{path.name}: {words}")
    return msgspec.structs.replace(playbook, name=path.stem)


def decoded(text: bytes) -> Playbook:
    """Raises what msgspec, PyYAML and Python raise, and YAMLError for what libyaml would end the process over."""
    if is_too_deep(yaml.parse(text, Loader=LOADER)):
        raise yaml.YAMLError(TOO_DEEP)
    return msgspec.yaml.decode(text, type=Playbook)


def bytes_of(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise BadPlaybook(f"{path.name}: larger than {LARGEST} bytes; split it")
    return path.read_bytes()


def words_of(problem: Exception) -> str:
    """The field first, as people look for it: ``steps[2].before: Expected ...``."""
    found = AT.match(str(problem))
    words = found["words"] if found else str(problem)
    return " ".join(f"{found['field']}: {words}".split() if found and found["field"] else words.split())


def contradictions(playbook: Playbook) -> Iterator[str]:
    """What each field alone cannot say: a source twice, a step that follows none before it."""
    if playbook.name:
        yield "name: the file's name is the playbook's; leave it out"
    before: list[str] = []
    for place, step in enumerate(playbook.steps):
        field = f"steps[{place}]"
        if step.source in before:
            yield f"{field}.source: {step.source} is a step already; one is enough"
        if step.follows and step.follows not in before:
            yield f"{field}.follows: {step.follows} is no step before this one"
        yield from own_contradictions(step, field)
        before.append(step.source)


def own_contradictions(step: Step, field: str) -> Iterator[str]:
    if step.follows and (step.needs or step.takes):
        yield f"{field}.follows: what it needs comes from {step.follows}; leave out needs and takes"
    if unused := set(step.written) - {*step.needs, *step.takes}:
        yield f"{field}.written: {', '.join(sorted(unused))} stands neither in needs nor in takes"
    if twice := set(step.needs) & set(step.takes):
        yield f"{field}.takes: {', '.join(sorted(twice))} stands in needs already"
