"""What a JSON file is about, by the keys at its beginning: enough to know its format, also where that is cut off."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from examiners.documents import as_utf8

Path = tuple[str, ...]
TOKEN = re.compile(rb'"((?:[^"\\]++|\\.)*+)"\s*(:)?|[\[\]{}]', re.DOTALL)
DEEPEST = 4  # keys below are nobody's mark, and a bomb of brackets must cost nothing


@lru_cache(maxsize=4)
def outline(head: bytes) -> Mapping[Path, frozenset[str]]:
    """Where objects lie (the keys on the way, lists passed over) -> the keys of all objects there. Takes UTF-8."""
    found: dict[Path, set[str]] = {}
    around: list[Path] = []
    here: Path = ()
    inside: Path = ()  # where the next object or list lies
    for token in TOKEN.finditer(head):
        if token[0] in (b"{", b"["):
            around.append(here)
            here = inside
        elif token[0] in (b"}", b"]"):
            here = inside = around.pop() if around else ()
        elif token[2] and len(here) < DEEPEST:
            key = token[1].decode("utf-8", "replace")
            found.setdefault(here, set()).add(key)
            inside = (*here, key)
    return {path: frozenset(keys) for path, keys in found.items()}


def has_keys(head: bytes, marks: Iterable[str], *paths: Path) -> bool:
    """Whether objects at one of the paths (none: the outermost) have all these keys, among them.

    Looks for the bare words first: most files have not even those.
    """
    wanted, head = frozenset(marks), as_utf8(head)
    if not all(mark.encode() in head for mark in wanted):
        return False
    found = outline(head)
    return any(wanted <= found.get(path, frozenset()) for path in paths or ((),))
