"""Cutting the journal's export into entries wherever its chunks end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examiners.journal_entries import entries, fields_in
from examiners.records import Malformed
from examiners.streams import Unreadable


def binary(name, data):
    return name + b"\n" + len(data).to_bytes(8, "little") + data + b"\n"


ONE = b"__CURSOR=a\nMESSAGE=hello\n"
TWO = b"__CURSOR=b\n" + binary(b"MESSAGE", b"one\n\ntwo\0") + b"PRIORITY=6\n"


def cut(data, size):
    return [item.data for item in entries(data[at : at + size] for at in range(0, len(data), size))]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64, 1_000])
def test_it_cuts_wherever_chunks_end(size):
    assert cut(ONE + b"\n" + TWO + b"\n", size) == [ONE, TWO]


@pytest.mark.parametrize("size", [1, 3, 1_000])
def test_the_last_entry_needs_no_end(size):
    assert cut(TWO + b"\n" + ONE[:-1], size) == [TWO, ONE[:-1]]


@given(
    st.lists(st.dictionaries(st.sampled_from(["A", "_B", "C_1"]), st.binary(max_size=30), min_size=1)),
    st.integers(1, 50),
)
def test_any_entries_come_out_as_they_went_in(many, size):
    written = [b"".join(binary(name.encode(), value) for name, value in one.items()) for one in many]
    found = cut(b"\n".join(written), size)
    assert found == written
    expected = [{name: value.decode("utf-8", "replace") for name, value in one.items()} for one in many]
    assert [fields_in(entry) for entry in found] == expected


def test_rows_are_numbered_from_0():
    assert [item.row for item in entries(iter([ONE + b"\n\n\n" + TWO]))] == [0, 1]


def test_damage_is_told_behind_what_was_still_good():
    def chunks():
        yield ONE + b"\n" + ONE[:5]
        raise Unreadable("the gzip stream is truncated")

    items = entries(chunks())
    assert [next(items).data, next(items).data] == [ONE, ONE[:5]]
    with pytest.raises(Unreadable, match="truncated"):
        next(items)


@pytest.mark.parametrize("size", [1, 8, 1_000])
def test_a_field_that_ends_too_early_is_damage(size):
    with pytest.raises(Unreadable, match="middle of an entry"):
        cut(TWO[:30], size)


@pytest.mark.parametrize("entry", [b"lower=1", b"1A=1", b"=x", b"A B=1", b"\xff=1", b"A" * 100 + b"=1"])
def test_what_is_no_field_is_refused(entry):
    with pytest.raises(Malformed, match="not a field"):
        fields_in(entry)


def test_a_field_without_its_length_is_refused():
    with pytest.raises(Malformed, match="ends too early"):
        fields_in(b"A\n\x09\0\0\0\0\0\0\0x\n")


def test_a_value_may_hold_what_parts_names_from_values():
    assert fields_in(b"A=b=c\nB=\n") == {"A": "b=c", "B": ""}
