"""Log lines that CloudWatch Logs has wrapped: as FilterLogEvents gives them, one JSON object a line.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from itertools import islice

import msgspec

from examiners.base import Member
from examiners.documents import as_utf8
from examiners.forms import Item, json_items
from examiners.lines import LONGEST, records_of
from examiners.records import UNFIT, Malformed, lenient
from examiners.sniffing import head
from examiners.times import since_epoch

# As keys: no value that a client chose and a service logged can look so.
MARKS = tuple(re.compile(rb'"%s"\s*:' % name) for name in (b"logStreamName", b"timestamp", b"message"))
# A message that the end of the head may cut off, up to its last whole character.
CUT_MESSAGE = re.compile(rb'"message"\s*:\s*("(?:[^"\\]++|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*+)', re.DOTALL)
STREAM = re.compile(rb'"logStreamName"\s*:\s*"([^"\\]{0,512}+)"')
LOOKED_AT = 20  # lines by which a format is told


class Wrapped(msgspec.Struct, gc=False):
    """One event of a log group; ``timestamp`` is milliseconds since 1970."""

    message: str
    timestamp: int | None = None
    logStreamName: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """What CloudWatch Logs says of a line: when it was logged, in which stream, and in which group as collected."""

    timestamp: int | None
    stream: str | None
    group: str | None = None

    @property
    def at(self) -> datetime | None:
        """When it was logged; None for no time and for none that there is."""
        try:
            return None if self.timestamp is None else since_epoch(self.timestamp, 1_000)
        except Malformed:
            return None


ONE = msgspec.json.Decoder(Wrapped)


def is_wrapped(beginning: bytes) -> bool:
    """Whether the file holds events of a log group; of one that the end cuts off, what there is must look so."""
    first, ended, _ = as_utf8(beginning).lstrip().partition(b"\n")
    if not first.startswith(b"{"):
        return False
    return all(mark.search(first) for mark in MARKS) or (not ended and bool(cut(first)))


def first_lines(beginning: bytes) -> list[str]:
    """The first lines that hold something, taken out of their envelopes; an examiner tells its format by them."""
    return [line for line, _ in first_entries(beginning)]


@lru_cache(maxsize=2)  # two dozen examiners look at the same file's beginning, one after the other
def first_entries(beginning: bytes) -> tuple[tuple[str, str], ...]:
    """The same with the stream of each; nothing for lines without an envelope, none of an envelope that is broken."""
    lines = (line for line in as_utf8(beginning).split(b"\n") if line.strip())
    found = (one for one in map(seen, islice(lines, LOOKED_AT)) if one)
    return tuple((one.message.rstrip("\r"), one.logStreamName or "") for one in found)


def seen(line: bytes) -> Wrapped | None:
    """The line out of its envelope, or as it is; nothing of an envelope that is broken and not only cut off."""
    if is_wrapped(line):
        try:
            return wrapped_in(line)
        except msgspec.ValidationError:
            pass  # a record of another make with these words in it
        except (*UNFIT, ValueError):
            return cut(line)
    return Wrapped(line.decode("utf-8", "replace"))


def cut(line: bytes) -> Wrapped | None:
    """An event whose message is cut off: as much of it as there is."""
    found, stream = CUT_MESSAGE.search(line), STREAM.search(line)
    if not (found and stream):
        return None
    message = json.loads(found[1].decode("utf-8", "replace") + '"', strict=False)
    return Wrapped(message, logStreamName=stream[1].decode("utf-8", "replace"))


def entries_of(member: Member) -> Iterator[Item]:
    """A text log's lines; those of a log group without their envelopes, which are the items' contexts.

    Where the first line is an event of a group, a line that is none is a problem of its own.
    """
    items, group = records_of(member), member.notes.get("log_group")
    for first in items:
        unwrap = partial(unwrapped, group=group, is_strict=is_wrapped(first.data))
        yield unwrap(first)
        yield from map(unwrap, items)


def unwrapped(item: Item, group: str | None = None, *, is_strict: bool = False) -> Item:
    """The item out of its envelope; as it is if it has none, whatever words a client made a log line hold."""
    if item.problem or not (is_strict or is_wrapped(item.data)):
        return item
    try:
        found = wrapped_in(item.data)
    except (*UNFIT, ValueError) as error:
        if isinstance(error, msgspec.ValidationError) and not is_strict:
            return item
        return Item(item.row, item.data, problem=f"not an event of a log group: {str(error)[:200]}")
    said = Envelope(found.timestamp, found.logStreamName, group)
    return Item(item.row, found.message.encode("utf-8", "replace"), said)


def wrapped_in(line: bytes) -> Wrapped:
    """The event in a line, what is no Unicode replaced. Raises ValidationError for what is none, UNFIT, ValueError."""
    try:
        return ONE.decode(line)
    except msgspec.ValidationError:
        raise
    except UNFIT:
        return ONE.decode(lenient(line))


def json_entries(member: Member) -> Iterator[Item]:
    """JSON records: events of a log group, whose envelopes are the items' contexts, or any of ``json_items``."""
    return entries_of(member) if is_wrapped(head(member)) else json_items(member)


def joined(items: Iterator[Item], begins: Callable[[bytes, bytes], bool]) -> Iterator[Item]:
    """Records of several lines, joined; ``begins`` tells by a line and the one before it whether a record begins.

    What begins none belongs to the record before it, if that is of the same stream and not longer than a line may be.
    """
    held: list[Item] = []
    size = 0
    for item in items:
        if not (held and belongs(item, held[0]) and size < LONGEST and not begins(item.data, held[-1].data)):
            yield from together(held)
            held, size = [], 0
        held.append(item)
        size += len(item.data)
    yield from together(held)


def belongs(item: Item, first: Item) -> bool:
    return not (item.problem or first.problem) and stream_of(item) == stream_of(first)


def stream_of(item: Item) -> str | None:
    return item.context.stream if isinstance(item.context, Envelope) else None


def together(held: list[Item]) -> Iterator[Item]:
    if held:
        yield replace(held[0], data=b"\n".join(item.data for item in held))
