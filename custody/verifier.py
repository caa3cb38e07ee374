#!/usr/bin/env python3
"""Check a custody log with nothing but Python's standard library.

Usage: python3 verifier.py ENTRIES.jsonl [--size N --root HEX]

Each line is one entry, byte for byte as it was stored. The check recomputes every hash: the canonical form of each
entry (RFC 8785, restricted profile), the order, the chain of ``prev`` hashes and the Merkle tree (RFC 6962).
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEY = re.compile(r"[a-z][a-z0-9_]*")
LARGEST = 2**53  # RFC 8785 numbers are IEEE doubles; integers are exact only below this
EMPTY_ROOT = hashlib.sha256(b"").digest()
NO_PREV = ""  # the first entry follows nothing
VERSION = 1
FIELDS = {"v", "log", "seq", "prev", "ts", "actor", "actor_ip", "action", "object", "reason", "aws", "tool", "run"}
ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=dict)

PROVES = (
    "This shows that the log is whole and in order as it was stored: no entry is missing, changed, added or moved "
    "between the first and the last one read here. It does not show who had the database: someone with full rights "
    "over it could have written the whole log anew. Compare size and root with a copy kept elsewhere (a report, a "
    "receipt) to rule that out up to that entry. Nor does it show that what an entry says was true when it was written."
)


class NotCanonical(ValueError):
    """The value has no form in the restricted RFC 8785 profile; the message names the key and the reason."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with which entry (0: with the log as a whole)."""

    seq: int
    kind: str
    detail: str


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one byte form of ``value``. Raises NotCanonical for floats, large integers, odd keys and lone surrogates.

    https://www.rfc-editor.org/rfc/rfc8785
    """
    if not isinstance(value, Mapping):
        raise NotCanonical(f"{type(value).__name__} at the top; an entry is an object")
    check_value(value, "")
    try:
        return ENCODER.encode(value).encode()
    except UnicodeEncodeError as problem:
        raise NotCanonical(f"a lone surrogate cannot be written as UTF-8: {problem}; clean() the value first") from None


def check_value(value: object, path: str) -> None:
    """Raises NotCanonical with the path of the first thing that the profile does not allow."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in FIELDS and not (isinstance(key, str) and KEY.fullmatch(key)):
                raise NotCanonical(f"{path or 'top'}: the key {key!r} is not ASCII snake_case")
            if type(inner) is not str:  # most values are text, and most of a check's time is spent here
                check_value(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            check_value(inner, f"{path}[{at}]")
    else:
        check_scalar(value, path)


def check_scalar(value: object, path: str) -> None:
    """Raises NotCanonical for what is neither text, an exact integer, true, false nor null."""
    if value is None or isinstance(value, bool | str):
        return
    if not isinstance(value, int):
        raise NotCanonical(f"{path}: {type(value).__name__} is not allowed; use text or an integer")
    if not -LARGEST < value < LARGEST:
        raise NotCanonical(f"{path}: {value} is beyond 2**53; write it as text")


def clean(value: Any) -> tuple[Any, bool]:
    """``value`` with lone surrogates replaced by U+FFFD, and whether there were any."""
    if isinstance(value, str):
        mended = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return mended, mended != value
    if isinstance(value, Mapping):
        pairs = {key: clean(inner) for key, inner in value.items()}
        return {key: pair[0] for key, pair in pairs.items()}, any(pair[1] for pair in pairs.values())
    if isinstance(value, list | tuple):
        items = [clean(inner) for inner in value]
        return [item[0] for item in items], any(item[1] for item in items)
    return value, False


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962, section 2.1: a leaf is hashed with 0x00 before it."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962, section 2.1: an inner node is hashed with 0x01 before it."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The roots of the full subtrees of a Merkle tree, largest first: all that an append needs to know."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """The frontier with one more leaf hash; at most log2(size) hashes."""
        peaks = list(self.peaks)
        push(peaks, self.size, leaf)
        return Frontier(self.size + 1, tuple(peaks))

    def root(self) -> bytes:
        """The Merkle tree hash over all leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def to_text(self) -> str:
        """The size and the peaks in hex, for the head row of a log; "" for an empty tree."""
        return f"{self.size}:{','.join(peak.hex() for peak in self.peaks)}" if self.size else ""

    @classmethod
    def from_text(cls, text: str) -> "Frontier":
        """Read what ``to_text`` wrote. Raises ValueError where size and peaks cannot belong together."""
        if not text:
            return cls()
        size, _, joined = text.partition(":")
        try:
            frontier = cls(int(size), tuple(bytes.fromhex(peak) for peak in joined.split(",")))
        except ValueError:
            frontier = cls()
        # A tree of 13 leaves is full trees of 8, 4 and 1: one peak for each 1 in the size's binary form.
        fits = len(frontier.peaks) == frontier.size.bit_count() > 0
        if not fits or any(len(peak) != len(EMPTY_ROOT) for peak in frontier.peaks):
            raise ValueError(f"the frontier {text!r} is damaged; run verify_custody before anything is appended")
        return frontier


def push(peaks: list[bytes], size: int, leaf: bytes) -> None:
    """Add a leaf hash to the peaks of a tree of ``size`` leaves, in place."""
    while size & 1:
        leaf = node_hash(peaks.pop(), leaf)
        size >>= 1
    peaks.append(leaf)


def check_log(entries: Iterable[bytes], *, log: str, size: int, root: bytes) -> Iterator[Problem]:
    """Recompute the whole log; yields what is wrong, nothing when it is whole and in order."""
    frontier = yield from check_entries(entries, log)
    if frontier.size != size:
        yield Problem(0, "size", f"{frontier.size} entries are there, the head says {size}")
    if frontier.root() != root:
        yield Problem(0, "root", f"the entries give the root {frontier.root().hex()}, the head says {root.hex()}")


def check_entries(entries: Iterable[bytes], log: str) -> Generator[Problem, None, Frontier]:
    """Yield what is wrong with the entries one after the other; returns what a head over them must hold."""
    peaks: list[bytes] = []
    count, prev = 0, NO_PREV
    for data in entries:
        yield from check_entry(data, (count + 1, prev, log))
        push(peaks, count, leaf_hash(data))
        count, prev = count + 1, hashlib.sha256(data).hexdigest()
    return Frontier(count, tuple(peaks))


def check_entry(data: bytes, expected: tuple[int, str, str]) -> Iterator[Problem]:
    """What is wrong with one entry: its form, its number, what it follows, and which log it belongs to."""
    seq = expected[0]
    try:
        entry = json.loads(data.decode())
        if canonical(entry) != data:
            yield Problem(seq, "form", "the bytes are not in canonical form")
    except (ValueError, RecursionError) as problem:
        yield Problem(seq, "form", f"not a canonical entry: {problem}")
        return
    yield from check_fields(entry, expected)


def check_fields(entry: Mapping[str, Any], expected: tuple[int, str, str]) -> Iterator[Problem]:
    """What is wrong with the fields of an entry whose form is right."""
    seq, prev, log = expected
    if entry.keys() != FIELDS or entry["v"] != VERSION:
        yield Problem(seq, "fields", f"not an entry of version {VERSION}: its fields are {', '.join(sorted(entry))}")
    if entry.get("seq") != seq or entry.get("seq") is True:  # in Python True equals 1
        yield Problem(seq, "order", f"entry {entry.get('seq')} stands where {seq} should")
    if entry.get("prev") != prev:
        yield Problem(seq, "chain", "prev is not the SHA-256 of the entry before it")
    if entry.get("log") != log:
        yield Problem(seq, "log", f"the entry belongs to {entry.get('log')!r}, not {log!r}")


def read_entries(path: Path) -> list[bytes]:
    """The lines of an exported log; an entry never holds a line feed, because canonical JSON escapes it."""
    data = path.read_bytes()
    return data.removesuffix(b"\n").split(b"\n") if data else []


def main(arguments: list[str]) -> int:
    """Print size, root and verdict; 0 when whole and in order, 1 when not, 2 when it cannot be read."""
    parser = argparse.ArgumentParser(description="Check a custody log.")
    parser.add_argument("entries", type=Path)
    parser.add_argument("--size", type=int)
    parser.add_argument("--root", type=bytes.fromhex, help="64 hex digits")
    given = parser.parse_args(arguments)
    try:
        entries = read_entries(given.entries)
    except OSError as problem:
        parser.error(str(problem))
    frontier = Frontier()
    for data in entries:
        frontier = frontier.append(leaf_hash(data))
    root = given.root or frontier.root()
    size = frontier.size if given.size is None else given.size
    problems = list(check_log(entries, log=log_of(entries), size=size, root=root))
    lines = [f"entries {frontier.size}", f"root {frontier.root().hex()}"]
    lines += [f"entry {problem.seq}: {problem.kind}: {problem.detail}" for problem in problems]
    lines += ["NOT in order" if problems else "whole and in order", PROVES]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if problems else 0


def log_of(entries: list[bytes]) -> str:
    """The name that the first entry gives to the log; the others must give the same."""
    try:
        return str(json.loads(entries[0])["log"]) if entries else ""
    except (ValueError, KeyError, TypeError):
        return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
