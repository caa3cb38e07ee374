"""How deep what other people wrote may be nested: whatever reads it calls itself, and libyaml dies of that."""

from collections.abc import Iterable
from itertools import accumulate

DEEPEST = 50  # a rule has five or six levels, a playbook four
TOO_DEEP = f"it is nested more than {DEEPEST} deep; write it flatter"
# By name, because nothing here needs more than the standard library.
STEPS = {"SequenceStartEvent": 1, "MappingStartEvent": 1, "SequenceEndEvent": -1, "MappingEndEvent": -1}


def is_too_deep(events: Iterable[object]) -> bool:
    """Whether YAML, as the events of PyYAML's ``parse`` tell it, is nested too deep; reads no further than that."""
    return any(depth > DEEPEST for depth in accumulate(STEPS.get(type(event).__name__, 0) for event in events))
