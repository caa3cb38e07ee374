"""Cutting a damaged or very large list of records into elements without parsing it: brackets and strings only."""

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from examiners.records import lenient
from examiners.streams import Unreadable

# A whole string, or one that the end of the buffer cuts off (group 1 empty); or a bracket; or a comma.
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:(")|\\?\Z)|[\[\]{},]', re.DOTALL)
# The comma, or its place, before a record as trails and LookupEvents have them: where reading can start again.
FOLLOWING = re.compile(rb'(?:,|(?<=\}))(?=\s*\{\s*"(?:eventVersion|EventId|eventName|eventID)"\s*:)')
# Behind an element's end: a comma and a key, or a bracket too many. It is more of a record whose brackets do not match.
LONGEST_KEY = 300
MORE = re.compile(rb',\s{0,99}"[^"\\]{0,99}"\s{0,9}:|\}\s{0,99}\S')
# The keys under which AWS's trail files and answers about events have their lists.
RECORDS = ("Records", "Events")
DEEPER, HIGHER = (b"[", b"{"), (b"]", b"}")
LARGEST_RECORD = 16 << 20
# Bytes that may be looked at a second time because a broken record seemed to hold those after it.
PATIENCE = 100 * LARGEST_RECORD
ANY_JSON = msgspec.json.Decoder(msgspec.Raw)
OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


@cache
def list_start(names: tuple[str, ...]) -> re.Pattern[bytes]:
    """The beginning of a list that is the file, or that lies in an object under one of these keys (group 1)."""
    keys = "|".join(map(re.escape, names)).encode() or b"(?!)"
    return re.compile(rb'\s*(?:\{(?:[^\[\]{}]{0,4096},)?\s*"(' + keys + rb')"\s*:\s*)?\[')


class Splitter:
    """Cuts the chunks of one list into its elements, in the memory of one element (<= 16 MiB) and one chunk.

    ``names`` are the keys under which the list may lie in an object.
    """

    def __init__(self, chunks: Iterator[bytes], names: tuple[str, ...] = RECORDS) -> None:
        self.chunks, self.names = chunks, names
        self.buffer = b""
        self.at = 0
        self.damage = ""
        self.patience = PATIENCE

    def elements(self) -> Iterator[bytes]:
        """Each element's text; a broken one ends where the next record begins.

        Raises Unreadable behind the last whole element if the list does not end as it should, or if there is no list.
        """
        while len(self.buffer) < 1 << 16 and self.more():
            pass
        start = list_start(self.names).match(self.buffer)
        if start is None:
            raise Unreadable(self.damage or "no list of records")
        self.at = start.end()
        while (element := self.element()) is not None:
            yield element
        self.check_end(is_document=start[1] is not None)

    def element(self) -> bytes | None:
        """The next element; None at the list's end and where the file ends inside an element."""
        end = self.last_end(self.find_end())
        text, mark = self.buffer[self.at : end].strip(), self.buffer[end : end + 1]
        if mark == b"]" and not text:
            return None
        is_ended = mark in (b",", b"]") or (not mark and text.endswith(b"}"))
        if is_ended and is_json(text):
            self.at = end + (mark == b",")
            return text
        if mark == b"}" and is_json(text):
            self.at = end + 1
            return text
        return self.broken(end)

    def last_end(self, end: int) -> int:
        """``end``, or if the record goes on behind it because its brackets do not match, where that ends."""
        while end < len(self.buffer):
            length = end - self.at
            while len(self.buffer) - self.at - length < LONGEST_KEY and self.more():
                pass
            end = self.at + length
            if not MORE.match(self.buffer, end):
                break
            end = self.find_end(length + 1)
        return end

    def broken(self, end: int) -> bytes | None:
        """A piece that is no JSON, up to the next record inside it if there is one; None where the file ends in it."""
        start, mark = self.at, self.buffer[end : end + 1]
        following = FOLLOWING.search(self.buffer, start + 1, end)
        if not (following or mark):
            return None
        if following:
            self.patience -= end - following.start()
            if self.patience < 0:
                return None
        self.at = following.end() if following else end + (mark != b"]")
        return self.buffer[start : following.start() if following else end].strip()

    def find_end(self, seen: int = 0) -> int:
        """Where the next element ends: at its comma or the closing bracket, else at the buffer's end.

        Its first ``seen`` bytes hold no end.
        """
        depth, position = 0, self.at + seen
        while True:
            for token in TOKEN.finditer(self.buffer, position):
                mark, position = token[0], token.start()
                if mark[:1] == b'"' and token[1] is None:
                    break
                if depth == 0 and (mark == b"," or mark in HIGHER):
                    return position
                depth += (mark in DEEPER) - (mark in HIGHER)
                position = token.end()
            position -= self.at
            if len(self.buffer) - self.at > LARGEST_RECORD or not self.more():
                return len(self.buffer)

    def more(self) -> bool:
        """Let go of what was given out and read one more chunk; False at the end. The buffer then begins at ``at``."""
        try:
            self.buffer = self.buffer[self.at :] + next(self.chunks)
        except StopIteration:
            return False
        except Unreadable as error:
            self.damage = str(error)
            return False
        self.at = 0
        return True

    def check_end(self, *, is_document: bool) -> None:
        """Raises Unreadable if the stream was damaged, the list unfinished, or something unread follows it."""
        while len(self.buffer) - self.at < LARGEST_RECORD and self.more():
            pass
        tail = self.buffer[self.at :].strip()
        if self.damage:
            raise Unreadable(self.damage)
        if self.patience < 0:
            raise Unreadable("too many records without an end; the rest of the file was not read")
        if not tail.startswith(b"]"):
            raise Unreadable("the file ends in the middle of its records")
        # Behind the list of a document come its other keys: seen as an object of their own, they must be one.
        others = keys_of(b'{"":0' + tail[1:]) if is_document else set()
        if (tail != b"]" and not is_document) or others is None or others & {*self.names}:
            raise Unreadable("something that is not a record follows the list of records")


def keys_of(text: bytes) -> set[str] | None:
    """The keys of an object; None if the text is none."""
    try:
        return set(OBJECT.decode(text))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def is_json(text: bytes) -> bool:
    """Whether the text is JSON, as leniently as records are read.

    One nested too deep to tell counts as such, its reader will say so.
    """
    try:
        ANY_JSON.decode(text)
    except RecursionError:
        return True
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return is_lenient_json(text)
    return True


def is_lenient_json(text: bytes) -> bool:
    try:
        lenient(text)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def is_too_deep(text: bytes) -> bool:
    """Whether JSON, be it cut off, is nested deeper than any reader here follows."""
    try:
        ANY_JSON.decode(text)
    except RecursionError:
        return True
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return False
