"""Windows' events as XML: cut out of whatever holds them, and read one by one without any document type.

Schema: https://learn.microsoft.com/en-us/windows/win32/wes/eventschema-schema
Attacks that are refused: https://docs.python.org/3/library/xml.html#xml-vulnerabilities . A file's document type is not
read, so no event finds the entities that it declares; one inside an event is refused before anything is expanded.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NoReturn
from xml.parsers.expat import ExpatError, ParserCreate

from examiners.forms import Item
from examiners.records import Malformed
from examiners.streams import Unreadable

LONGEST = 16 << 20  # bytes of an event
DEEPEST = 64
KEPT = 1 << 20  # bytes of what is no event
SHOWN = 60  # of them in words
# An event begins, or ends; in a text both are written with entities.
MARK = re.compile(rb"<Event(?=[\s>/])|</Event\s{0,32}>")
LONGEST_MARK = 64
# What may stand between events: white space, the declaration, the element around them.
BETWEEN = re.compile(rb"(?:\s++|<\?xml[^>]{0,200}\?>|</?Events(?:\s[^>]{0,500})?>)*+")
REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|(\d{1,10}));")
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # in XML 1.0, however they are written
Parts = Mapping[str, Mapping[str, str]]


class Cutter:
    """Cuts chunks into events and what lies between them, in the memory of one event and one chunk."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks, self.buffer, self.damage, self.is_cut = chunks, b"", "", False
        self.start = self.looked = 0  # where the piece begins that is being read, and how far it was looked through

    def more(self) -> bool:
        self.buffer, self.looked = self.buffer[self.start :], self.looked - self.start
        self.start = 0
        try:
            self.buffer += next(self.chunks)
        except StopIteration:
            return False
        except Unreadable as error:
            self.damage = str(error)
            return False
        return True

    def mark(self) -> re.Match[bytes] | None:
        """The next beginning or end of an event; None at the file's end. Of a piece too long to hold the end stays."""
        while (found := MARK.search(self.buffer, self.looked)) is None:
            self.looked = max(self.looked, len(self.buffer) - LONGEST_MARK)
            if self.looked - self.start > LONGEST:
                self.start, self.is_cut = self.looked, True
            if not self.more():
                return None
        self.looked = found.end()
        return found

    def taken(self, end: int) -> bytes:
        piece, self.start = self.buffer[self.start : end], end
        return piece

    def items(self) -> Iterator[Item]:
        """Every event, and what is none as an item with its problem. Raises Unreadable where the file is damaged."""
        number, is_inside = 0, False
        while True:
            found = self.mark()
            is_end = found is not None and found[0].startswith(b"</")
            piece = self.taken(len(self.buffer) if found is None else found.end() if is_end else found.start())
            problem = self.problem_of(piece, is_whole=is_inside and is_end)
            if problem is not None:
                yield Item(number, piece[:KEPT] if problem else piece, problem=problem)
                number += 1
            if found is None:
                break
            is_inside, self.is_cut = not is_end, False
        if self.damage:
            raise Unreadable(self.damage)

    def problem_of(self, piece: bytes, *, is_whole: bool) -> str | None:
        """Why a piece is no event; nothing for one, and None for what may stand between events."""
        if self.is_cut:
            return f"larger than {LONGEST >> 20} MiB"
        if is_whole:
            return ""
        if BETWEEN.fullmatch(piece):
            return None
        if b"<!" in piece[:KEPT] and not piece.startswith(b"<Event"):
            return "a document type or a comment: no part of Windows' events, and not read"
        return f"not a whole event: {piece[:SHOWN].decode('utf-8', 'replace')!r}"


class Reading:
    """What expat finds in one event: the texts and attributes below its parts, by their names."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.names: list[str] = []
        self.texts: list[list[str]] = []
        self.parts: dict[str, dict[str, list[str]]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.path) >= DEEPEST:
            raise Malformed("nested too deep to read")
        tag = tag.rsplit(":", 1)[-1]
        self.path.append(tag)
        self.names.append(attributes.pop("Name", tag) if tag == "Data" else tag)
        self.texts.append([])
        for name, value in attributes.items():
            if not name.startswith("xmlns"):
                self.put(f"{tag}.{name}", value)

    def text(self, data: str) -> None:
        self.texts[-1].append(data)

    def end(self, tag: str) -> None:
        del tag
        self.put(self.names.pop(), "".join(self.texts.pop()).strip())
        self.path.pop()

    def put(self, name: str, value: str) -> None:
        if value and len(self.path) > 2:
            self.parts.setdefault(self.path[1], {}).setdefault(name, []).append(value)

    def refuse(self, *declared: object) -> NoReturn:
        raise Malformed("it brings a document type, which no event of Windows has")


def parts_of(event: bytes) -> Parts:
    """System, EventData and the other parts of an event, each as texts by name. Raises Malformed."""
    text = event.decode("utf-8", "replace")
    try:
        return parsed(text)
    except ExpatError:
        pass
    try:
        return parsed(FORBIDDEN.sub("\ufffd", REFERENCE.sub(allowed, text)))
    except ExpatError as error:
        raise Malformed(f"not XML: {error}") from None


def allowed(reference: re.Match[str]) -> str:
    """A character's number as it is, or the mark for what XML has no number for: Windows writes such ones too."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    is_one = number < 0x110000 and not 0xD800 <= number < 0xE000 and not FORBIDDEN.match(chr(number))
    return reference[0] if is_one else "\ufffd"


def parsed(text: str) -> Parts:
    reading, parser = Reading(), ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = reading.start, reading.end
    parser.CharacterDataHandler = reading.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = reading.refuse
    parser.buffer_text = True
    parser.Parse(text.encode("utf-8", "replace"), True)
    return {part: {name: "\n".join(texts) for name, texts in found.items()} for part, found in reading.parts.items()}
