"""Cutting events out of a file wherever its chunks end, and what is refused inside one."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examiners.event_xml import BETWEEN, LONGEST, Cutter, parts_of
from examiners.records import Malformed
from examiners.streams import Unreadable

ONE = b"<Event xmlns='x'><System><EventID>1</EventID></System></Event>"
TWO = ONE.replace(b"1<", b"2<")


def cut(data, size):
    """(event, problem) of each piece."""
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    return [(item.data, item.problem) for item in Cutter(chunks).items()]


def broken_off(data, size=7):
    yield from (data[at : at + size] for at in range(0, len(data), size))
    raise Unreadable("the gzip stream is truncated")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64, 1_000])
def test_it_cuts_wherever_chunks_end(size):
    data = b"<?xml version='1.0'?>\r\n<Events>\n" + ONE + b"\n" + TWO + b"</Events>\n"
    assert cut(data, size) == [(ONE, ""), (TWO, "")]


@pytest.mark.parametrize("size", [1, 3, 64, 1_000])
def test_what_is_no_event_is_a_piece_of_its_own(size):
    found = cut(ONE + b"junk" + TWO + ONE[:20] + TWO + b"</Event>", size)
    assert [not problem for _, problem in found] == [True, False, True, False, True, False]
    assert [data for data, problem in found if not problem] == [ONE, TWO, TWO]


@given(
    st.lists(st.sampled_from([ONE, TWO, b"junk", b"<Event ", b"</Event>", b"\n", b"<Events>", b"<"])),
    st.integers(1, 40),
)
def test_nothing_gets_lost_and_chunks_make_no_difference(pieces, size):
    data = b"".join(pieces)
    found = cut(data, size)
    assert found == cut(data, len(data) or 1)
    for piece, _ in found:
        before, _, data = data.partition(piece)
        assert BETWEEN.fullmatch(before)
    assert BETWEEN.fullmatch(data)


def test_what_was_good_before_the_damage_comes_first():
    items = Cutter(broken_off(ONE + TWO[:-3])).items()
    assert next(items).data == ONE
    assert "not a whole event" in next(items).problem
    with pytest.raises(Unreadable):
        next(items)


def test_a_piece_without_end_does_not_fill_the_memory():
    chunks = (b"x" * (1 << 20) for _ in range(200))
    tracemalloc.start()
    [item] = Cutter(chunks).items()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "larger than 16 MiB" in item.problem
    assert peak < 4 * LONGEST


def test_an_entity_is_never_expanded():
    declared = b"<!DOCTYPE Event [<!ENTITY a 'aaaa'>]>"
    with pytest.raises(Malformed, match="document type"):
        parts_of(declared + b"<Event><System><EventID>&a;</EventID></System></Event>")
    with pytest.raises(Malformed, match="undefined entity"):
        parts_of(b"<Event><System><EventID>&a;</EventID></System></Event>")


def test_the_five_entities_that_xml_has_are_read():
    found = parts_of(b"<Event><EventData><Data Name='x'>&lt;&gt;&amp;&quot;&apos;</Data></EventData></Event>")
    assert found == {"EventData": {"x": "<>&\"'"}}


def test_attributes_stand_behind_a_dot_and_prefixes_of_names_are_left_out():
    found = parts_of(b"<e:Event xmlns:e='x'><e:System><e:Execution ProcessID='4'/></e:System></e:Event>")
    assert found == {"System": {"Execution.ProcessID": "4"}}


def test_text_outside_of_the_parts_is_nothing():
    assert parts_of(b"<Event>a<System>b</System>c</Event>") == {}
