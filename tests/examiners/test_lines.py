"""Text logs line by line, wherever their chunks end."""

import io
from dataclasses import replace

import pytest

from examiners.lines import LONGEST, lines_of, mostly, records_of
from examiners.streams import CHUNK
from tests.examiners.making import member


def texts(data):
    return [item.data for item in lines_of(member(data))]


def test_every_line_has_its_number_blank_ones_too():
    assert [(item.row, item.data) for item in lines_of(member(b"a\n\r\nb"))] == [(0, b"a"), (1, b""), (2, b"b")]
    assert [item.row for item in records_of(member(b"a\n \nb\n"))] == [0, 2]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_file_of_many_chunks_in_each_encoding(ending, encoding):
    data = ending.join(["grüße 🦊 " + "x" * 50] * 40_000).encode(encoding)
    if encoding == "utf-16-le":
        data = b"\xff\xfe" + data
    assert len(data) > 2 * CHUNK
    assert set(texts(data)) == {("grüße 🦊 " + "x" * 50).encode()}


def test_utf_16_that_breaks_off_keeps_what_can_be_read():
    assert texts("ab\ncd".encode("utf-16")[:-1])[0] == b"ab"


@pytest.mark.parametrize("length", [LONGEST + 1, 3 * LONGEST])
def test_a_line_too_long_to_hold_is_a_problem_of_its_own(length):
    items = list(lines_of(member(b"a\n" + b"x" * length + b"\nb\n")))
    assert [(item.row, bool(item.problem)) for item in items] == [(0, False), (1, True), (2, False)]
    assert items[2].data == b"b"


def test_a_line_that_is_just_short_enough_is_held():
    [item] = lines_of(member(b"x" * LONGEST))
    assert (len(item.data), item.problem) == (LONGEST, "")


def test_it_reads_a_stream_once_and_closes_it():
    stream = io.BytesIO(b"a\nb")
    list(lines_of(replace(member(b""), open=lambda: stream)))
    assert stream.closed


@pytest.mark.parametrize(("lines", "is_log"), [("", False), ("x", True), ("xxxo", True), ("xxo", False), ("o", False)])
def test_three_of_four_lines_make_a_log(lines, is_log):
    assert mostly(list(lines), lambda line: line == "x") is is_log
