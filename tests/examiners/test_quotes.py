import pytest

from examiners.quotes import parts_in
from examiners.records import Malformed


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("", []),
        ("a b", ["a", "b"]),
        ('a "b c" d', ["a", "b c", "d"]),
        ('"" "-"', ["", "-"]),
        (r'"say \"hi\"" x', ['say "hi"', "x"]),
        (r'"C:\dir" x', [r"C:\dir", "x"]),
        ('"ends with \\" "x"', ["ends with \\", "x"]),
        (r'"a\\" "b"', [r"a\\", "b"]),
        ("a\u00a0b \u2028", ["a\u00a0b", "\u2028"]),
        ('  a   "b"  ', ["a", "b"]),
    ],
)
def test_spaces_part_fields_and_quotes_hold_them_together(line, parts):
    assert parts_in(line) == parts


@pytest.mark.parametrize("line", ['"', 'a "b', '"a" "b\\'])
def test_a_quote_that_is_not_closed_is_said_to_be(line):
    with pytest.raises(Malformed, match="a quote is not closed"):
        parts_in(line)


@pytest.mark.parametrize("piece", ["\\", '\\"', '"\\', '" \\'])
def test_a_line_made_to_be_slow_is_not(piece):
    for line in (piece * 100_000, '"' + piece * 100_000 + " ", piece * 100_000 + '"'):
        try:
            parts_in(line)
        except Malformed as error:
            assert str(error) == "a quote is not closed"
