"""The shapes that CloudTrail records come in: trail file, array, JSON Lines, LookupEvents export, one record."""

import codecs
import re
from collections.abc import Iterator
from itertools import chain, islice, starmap
from typing import Any, NamedTuple

import msgspec

from examiners.records import ONE, UNFIT, Malformed, Record, brief, compact, fields_of
from examiners.splitting import RECORDS, Splitter, is_json, list_start
from examiners.streams import Unreadable

# Up to this many bytes a file is read as a whole, which is fast; larger ones are cut into records as they stream by.
WHOLE = 32 << 20
# So much is kept of a line that is too long.
BEGINNING = 1 << 10
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LINE_START = b'{"event'
LIST_END = re.compile(rb"\]\s*\}\s*\Z")

ARRAY = msgspec.json.Decoder(list[Record])
ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])


class Element(NamedTuple):
    """One record's row and text; ``problem`` says why it cannot be read, and the text is then its beginning."""

    row: int
    text: bytes
    problem: str = ""


class Content:
    """A member's uncompressed content: the whole of it if it is small and sound, else its chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        pieces: list[bytes] = []
        self.damage = ""
        self.chunks = utf8_chunks(chunks)
        try:
            for piece in self.chunks:
                pieces.append(piece)
                if sum(map(len, pieces)) > WHOLE:
                    break
        except Unreadable as error:
            self.damage = str(error)
        self.data = pieces[0] if len(pieces) == 1 else b"".join(pieces)

    @property
    def is_whole(self) -> bool:
        return len(self.data) <= WHOLE and not self.damage

    def stream(self) -> Iterator[bytes]:
        """All chunks again. Raises Unreadable where the member did."""
        yield self.data
        yield from self.chunks
        if self.damage:
            raise Unreadable(self.damage)


def as_utf8(data: bytes) -> bytes:
    """Without a byte order mark; UTF-16, as PowerShell writes it, becomes UTF-8."""
    if data.startswith(UTF16):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(codecs.BOM_UTF8)


def utf8_chunks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same of a file that streams by, however large. Raises what ``chunks`` raises."""
    first = next(chunks, b"")
    if not first.startswith(UTF16):
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    for chunk in chain((first,), chunks):
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def all_records(content: Content) -> list[Any] | None:
    """Every record of a sound trail file, array or JSON Lines, row by row; None if it must be read one by one."""
    if not content.is_whole:
        return None
    data = compact(content.data)
    try:
        return all_lines(data) if data.startswith(LINE_START) else ARRAY.decode(only_list(data))
    except UNFIT:
        return None


def all_lines(data: bytes) -> list[Any] | None:
    """The records of JSON Lines; None if some line is blank, because that has a number too."""
    records: list[Any] = ONE.decode_lines(data)
    return records if len(records) == len(data.splitlines()) else None


def only_list(data: bytes, names: tuple[str, ...] = RECORDS) -> memoryview:
    """The list that begins and ends the document. Not by its key: of two lists a parser would keep the last alone."""
    start = list_start(names).match(data)
    end = LIST_END.search(data, max(0, len(data) - 100))
    if start is None or (end is None and start[1]):
        return memoryview(b"")
    return memoryview(data)[start.end() - 1 : end.start() + 1 if end and start[1] else len(data)]


def elements(content: Content, names: tuple[str, ...] = RECORDS) -> Iterator[Element]:
    """Every record of any shape, good and bad. Raises Unreadable behind the last one if damage follows.

    The row is the index in the array, or in the list under one of ``names``, or the line number, from 0.
    """
    if is_lines(content.data, names):
        return lines(content.stream())
    listed = listed_elements(content, names) if content.is_whole else None
    if listed is not None:
        return starmap(Element, enumerate(listed))
    if list_start(names).match(content.data):
        return starmap(Element, enumerate(Splitter(content.stream(), names).elements()))
    return single(content)


def listed_elements(content: Content, names: tuple[str, ...]) -> list[bytes] | None:
    """The elements of a document that is a well-formed list and nothing else; None if it is not."""
    try:
        return [bytes(element) for element in ELEMENTS.decode(only_list(content.data, names))]
    except UNFIT:
        return None


def single(content: Content) -> Iterator[Element]:
    """The whole file as one record. Raises Unreadable if it is not JSON, in the words of the parser."""
    if not content.is_whole:
        raise Unreadable(content.damage or f"one record larger than {WHOLE >> 20} MiB")
    if not content.data.strip():
        raise Unreadable("the file is empty")
    try:
        fields_of(content.data)
    except Malformed as error:
        raise Unreadable(brief(error)) from None
    yield Element(0, content.data)


def is_lines(data: bytes, names: tuple[str, ...]) -> bool:
    """Whether it is JSON Lines: the first line, or half of the first ones, are objects, and more comes after it.

    What follows a list of records is damage behind it, unless all of that is objects too.
    """
    first = [line for line in islice(data[: 1 << 20].splitlines(), 50) if line.strip()]
    objects = [line for line in first if line.lstrip()[:1] == b"{" and is_json(line)]
    if len(first) > 1 and list_start(names).match(first[0]):
        return len(objects) == len(first)
    return len(first) > 1 and (first[:1] == objects[:1] or 2 * len(objects) >= len(first))


def lines(chunks: Iterator[bytes]) -> Iterator[Element]:
    """Each line that is not blank, by its number; of one that is too long, that it is so."""
    rest, number, is_cut = b"", 0, False
    for chunk in chain(chunks, (b"\n",)):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if is_cut or len(line) > WHOLE:
                yield Element(number, line[:BEGINNING], f"a line longer than {WHOLE >> 20} MiB")
            elif line.strip():
                yield Element(number, line)
            number, is_cut = number + 1, False
        if len(rest) > WHOLE:
            rest, is_cut = rest[:BEGINNING], True
