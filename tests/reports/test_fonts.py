import struct

import pytest

from reports.fonts import code_points, covered, drawable


def test_latin_greek_cyrillic_and_japanese_are_drawn():
    assert set(map(ord, "Aéλж漢字かなカナ…“”—→⟨⟩")) <= covered()


def test_what_the_fonts_cannot_draw_becomes_a_mark():
    assert drawable("a😀ไ") == "a⟨U+1F600⟩⟨U+0E44⟩"


def test_line_feeds_stay():
    assert drawable("a\n\té") == "a\n\té"


def test_a_mark_stays_a_mark():
    assert drawable("⟨U+202E⟩") == "⟨U+202E⟩"


def table(name, offset):
    return struct.pack(">LHHHH4sLLL", 0x00010000, 1, 0, 0, 0, name, 0, offset, 0)


def test_it_refuses_a_font_without_characters():
    with pytest.raises(ValueError, match="no cmap table"):
        list(code_points(table(b"head", 28)))


def test_it_refuses_a_font_of_the_basic_plane_only():
    font = table(b"cmap", 28) + struct.pack(">HHHHLH", 0, 1, 3, 1, 12, 4)
    with pytest.raises(ValueError, match="format 12"):
        list(code_points(font))
