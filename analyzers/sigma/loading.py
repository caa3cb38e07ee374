"""From folders of Sigma files to a pack of rules. What cannot be used is named, and never spoils the rest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError
from sigma.modifiers import SigmaWideModifier, modifier_mapping
from sigma.rule import SigmaRule

from analyzers.sigma.backend import predicate_of
from analyzers.sigma.correlations import Step, correlation_of, enough_sql, windows_sql
from analyzers.sigma.describing import Asked, describe, is_for_cloudtrail
from analyzers.sigma.gates import any_of, gate_of
from analyzers.sigma.licences import licence_beside
from analyzers.sigma.limits import refuse_endless
from analyzers.sigma.names import AnyRule, Found, Names, references_of
from analyzers.sigma.queries import events_sql
from analyzers.sigma.rule import Rule, RuleError, RulePack
from plugins.nesting import TOO_DEEP, is_too_deep

OWN = Path(__file__).parents[1] / "rules"  # the pack that comes along
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 1 << 20  # bytes; a rule file is a few kB, and a YAML parser is no place for more

UNREADABLE = (SigmaError, yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError)
# pySigma meets some malformed rules (a list, a bare word, a keyword that is null) with Python's own errors.
MALFORMED = (AttributeError, TypeError, ValueError, LookupError, NotImplementedError)
FILTER = "filters hide what other rules find and are not applied; write the exception into the rule itself"

# The specification's other name for ``wide``, which pySigma does not know.
modifier_mapping.setdefault("utf16le", SigmaWideModifier)


@dataclass
class Shelf:
    """What has been read so far: rules with the file each came from, and what could not be read."""

    found: list[Found] = field(default_factory=list)
    errors: list[RuleError] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


def load_rules(*folders: Path) -> RulePack:
    """Read every .yml and .yaml file under the folders, in name order; a single file may be given too.

    A rule that correlations refer to makes no findings of its own unless the correlation says ``generate: true``.
    """
    shelf = Shelf()
    for folder in folders:
        read_folder(folder, shelf)
    rules = list(compiled(shelf))
    kept = sorted(distinct(rules, shelf), key=lambda rule: (rule.title.casefold(), rule.id))
    return RulePack(tuple(kept), tuple(one_per_file(shelf.errors)), tuple(shelf.elsewhere))


def read_folder(folder: Path, shelf: Shelf) -> None:
    paths, licence = rule_files(folder), licence_beside(folder)
    if not paths:
        missing = "holds no .yml file" if folder.exists() else "is not there"
        shelf.errors.append(RuleError(str(folder), f"the folder of rules {missing}; correct the path"))
    for path in paths:
        read_file(path, name_of(path, folder), shelf, licence)


def one_per_file(errors: Iterable[RuleError]) -> Iterator[RuleError]:
    """A file may hold several rules that cannot be used; it is named once, with every reason."""
    reasons: dict[str, list[str]] = {}
    for error in errors:
        reasons.setdefault(error.path, []).append(error.reason)
    for path, told in reasons.items():
        yield RuleError(path, "; ".join(dict.fromkeys(told)))


def rule_files(folder: Path) -> list[Path]:
    """The rule files in name order; what hides behind a dot (a checkout's own folders) holds none."""
    if folder.is_file():
        return [folder]
    found = (path for path in folder.rglob("*") if path.suffix in {".yml", ".yaml"} and path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def name_of(path: Path, folder: Path) -> str:
    return path.name if path == folder else path.relative_to(folder).as_posix()


def read_file(path: Path, name: str, shelf: Shelf, licence: str = "") -> None:
    try:
        collection = collection_of(text_of(path))
    except (*UNREADABLE, *MALFORMED) as error:
        shelf.errors.append(RuleError(name, reason_of(error)))
        return
    shelf.errors.extend(RuleError(name, reason_of(error)) for error in collection.errors)
    shelf.errors.extend(RuleError(name, f"{one.title}: {FILTER}") for one in collection.filters)
    for rule in collection.rules:
        rule.license = rule.license or licence
    shelf.found.extend((name, rule) for rule in collection.rules if not rule.errors)


def collection_of(text: str) -> SigmaCollection:
    rules = documents_of(text)
    for rule in rules:
        refuse_endless(rule)
    return SigmaCollection.from_dicts(rules, collect_errors=True, collect_filters=True, resolve_references=False)


def documents_of(text: str) -> list[Any]:
    """The YAML documents. libyaml is 16 times as fast as Python's own, and dies of what is nested without end."""
    if is_too_deep(yaml.parse(text, Loader=LOADER)):
        raise SigmaError(TOO_DEEP)
    return list(yaml.load_all(text, Loader=LOADER))


def text_of(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise SigmaError(f"the file is larger than {LARGEST} bytes; split it")
    return path.read_text("utf-8")


def reason_of(error: BaseException) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    is_ours = isinstance(error, UNREADABLE)
    return words if is_ours else f"this is not a Sigma rule ({words})"


def compiled(shelf: Shelf) -> Iterator[Rule]:
    names = Names(shelf.found)
    parts = set(silent_parts(shelf.found, names))
    for file, rule in shelf.found:
        if id(rule) in parts:
            continue
        if is_for_other_logs(file, rule, names):
            shelf.elsewhere.append(file)
            continue
        try:
            yield compile_rule(file, rule, names)
        except (SigmaError, *MALFORMED) as error:
            shelf.errors.append(RuleError(file, f"{rule.title}: {reason_of(error)}"))


def silent_parts(found: Iterable[Found], names: Names) -> Iterator[int]:
    """The identities of the rules that only serve correlations."""
    for file, rule in found:
        if isinstance(rule, SigmaCorrelationRule) and not rule.generate:
            yield from (id(part) for reference in references_of(rule) for part in names.meant(file, reference))


def is_for_other_logs(file: str, rule: AnyRule, names: Names) -> bool:
    """A correlation is for the logs of its rules."""
    if isinstance(rule, SigmaRule):
        return not is_for_cloudtrail(rule)
    parts = [part for reference in references_of(rule) for part in names.meant(file, reference)]
    return any(isinstance(part, SigmaRule) and not is_for_cloudtrail(part) for part in parts)


def compile_rule(file: str, rule: AnyRule, names: Names) -> Rule:
    if isinstance(rule, SigmaRule):
        return describe(rule, file, "event", Asked(events_sql(predicate_of(rule)), gate_of(rule)))
    steps = [step_of(file, reference, names) for reference in references_of(rule)]
    correlation = correlation_of(rule, steps)
    gate = any_of([step.gate for step in steps])
    asked = Asked(windows_sql(correlation), gate, enough_sql(correlation))
    return describe(rule, file, correlation.kind, asked)


def step_of(file: str, reference: str, names: Names) -> Step:
    rule = names.one(file, reference)
    if isinstance(rule, SigmaCorrelationRule):
        raise SigmaError(f"it refers to the correlation {reference!r}; correlations of correlations are not known here")
    return Step(reference, predicate_of(rule), gate_of(rule))


def distinct(rules: list[Rule], shelf: Shelf) -> Iterator[Rule]:
    first: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in first:
            shelf.errors.append(RuleError(rule.source, f"the id {rule.id} is taken by {first[rule.id].source}"))
        else:
            first[rule.id] = rule
            yield rule
