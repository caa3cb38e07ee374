"""Which characters the report's fonts can draw: PDF/UA forbids a character without a glyph, so others become marks."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pylopdf_fonts_jp

from plugins.text import mark

BRACKETS = frozenset(map(ord, "⟨⟩"))


def folder() -> Path:
    """Return the folder of the fonts that are shipped with the portal; the machine's own are never used."""
    return Path(pylopdf_fonts_jp.sans_path()).parent


def drawable(text: str, kept: str = "\n\t") -> str:
    """Return ``text`` with every character that no font of ours draws as a mark such as ⟨U+1F600⟩."""
    if text.isascii():
        return text
    glyphs = covered()
    return "".join(char if ord(char) in glyphs or char in kept else mark(char) for char in text)


@cache
def covered() -> frozenset[int]:
    """Return the code points of Noto Sans JP, and the brackets of marks, which are in typst's own fonts."""
    return frozenset(code_points(Path(pylopdf_fonts_jp.sans_path()).read_bytes())) | BRACKETS


def code_points(font: bytes) -> Iterator[int]:
    """Yield the code points of an OpenType font: its cmap table, subtable format 12 (OpenType 1.9, "cmap").

    Raises ValueError for a font without that subtable.
    """
    start = table_at(font, b"cmap")
    (many,) = struct.unpack_from(">H", font, start + 2)
    for index in range(many):
        _platform, _encoding, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * index)
        if struct.unpack_from(">H", font, start + offset) == (12,):
            yield from segments(font, start + offset)
            return
    raise ValueError("the font has no cmap subtable of format 12; use one that covers more than the basic plane")


def table_at(font: bytes, name: bytes) -> int:
    (many,) = struct.unpack_from(">H", font, 4)
    for index in range(many):
        tag, _checksum, offset, _length = struct.unpack_from(">4sLLL", font, 12 + 16 * index)
        if tag == name:
            return int(offset)
    raise ValueError(f"the font has no {name.decode()} table; is it an OpenType font?")


def segments(font: bytes, at: int) -> Iterator[int]:
    (many,) = struct.unpack_from(">L", font, at + 12)
    for index in range(many):
        first, last, _glyph = struct.unpack_from(">LLL", font, at + 16 + 12 * index)
        yield from range(first, last + 1)
