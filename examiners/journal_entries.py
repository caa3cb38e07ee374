"""The entries of the journal's export format: fields, line by line or with their length, and a blank line behind them.

https://systemd.io/JOURNAL_EXPORT_FORMATS/
"""

import re
from collections.abc import Iterator

from examiners.forms import Item
from examiners.records import Malformed
from examiners.streams import Unreadable

TIME = "__REALTIME_TIMESTAMP"
LONGEST = 16 << 20  # bytes of an entry; systemd itself takes fields of up to 768 MiB
NAME = re.compile(rb"[A-Z_][A-Z0-9_]{0,63}")
KEPT = 1 << 20  # bytes that were read and are not let go of yet: doing so for each entry would copy them all the time
SIZE = 8  # bytes, little endian, before a field that is not text


class Reader:
    """Cuts chunks into entries, in the memory of one entry and one chunk."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks, self.buffer, self.damage = chunks, b"", ""
        self.start = self.at = 0  # where the entry begins that is being read, and how far it is read

    def more(self) -> bool:
        """Read one more chunk; False at the end. Raises Unreadable for an entry that is too long to hold."""
        if len(self.buffer) - self.start > LONGEST:
            raise Unreadable(f"an entry larger than {LONGEST >> 20} MiB")
        try:
            self.buffer += next(self.chunks)
        except StopIteration:
            return False
        except Unreadable as error:
            self.damage = str(error)
            return False
        return True

    def line_end(self) -> int:
        """Where the line at ``at`` ends; the end of the buffer for a last line without end."""
        looked = self.at
        while (end := self.buffer.find(b"\n", looked)) < 0:
            looked = len(self.buffer)
            if not self.more():
                return len(self.buffer)
        return end

    def skip_field(self, name_end: int) -> None:
        """Go behind a field whose name stands alone on its line: its length and so many bytes."""
        start = name_end + 1
        while len(self.buffer) < start + SIZE and self.more():
            pass
        size = int.from_bytes(self.buffer[start : start + SIZE], "little")
        end = start + SIZE + size
        if size > LONGEST:
            raise Unreadable(f"a field larger than {LONGEST >> 20} MiB")
        while len(self.buffer) <= end and self.more():
            pass
        if len(self.buffer) < end:
            raise Unreadable(self.damage or "the file ends in the middle of an entry")
        self.at = end + 1

    def entry(self) -> bytes:
        """The next entry's bytes without the blank line; nothing for a further blank line, and at the end."""
        if self.at > KEPT:
            self.buffer, self.at = self.buffer[self.at :], 0
        self.start = self.at
        while (end := self.line_end()) > self.at:
            if NAME.fullmatch(self.buffer, self.at, end) and end < len(self.buffer):
                self.skip_field(end)
            else:
                self.at = min(end + 1, len(self.buffer))
        self.at = min(end + 1, len(self.buffer))
        return self.buffer[self.start : end]


def entries(chunks: Iterator[bytes]) -> Iterator[Item]:
    """Each entry, numbered from 0. Raises Unreadable where the file is damaged or an entry is too long."""
    reader, number = Reader(chunks), 0
    while True:
        entry = reader.entry()
        if entry.strip(b"\n"):
            yield Item(number, entry)
            number += 1
        elif reader.at >= len(reader.buffer) and not reader.more():
            break
    if reader.damage:
        raise Unreadable(reader.damage)


def fields_in(entry: bytes) -> dict[str, str]:
    """The fields by name; several values of one are lines. Raises Malformed for what is neither field nor length."""
    found: dict[str, str] = {}
    at = 0
    while at < len(entry):
        end = entry.find(b"\n", at)
        end = len(entry) if end < 0 else end
        name, is_text, value = entry[at:end].partition(b"=")
        if not NAME.fullmatch(name):
            raise Malformed(f"not a field of the journal: {entry[at:end][:60]!r}")
        at = end + 1
        if not is_text:
            size = int.from_bytes(entry[at : at + SIZE], "little")
            value, at = entry[at + SIZE : at + SIZE + size], at + SIZE + size + 1
            if at > len(entry) + 1:
                raise Malformed(f"the field {name.decode()} ends too early")
        text, key = value.decode("utf-8", "replace"), name.decode()
        found[key] = f"{found[key]}\n{text}" if key in found else text
    return found
