import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examiners.splitting import LARGEST_RECORD, Splitter
from examiners.streams import Unreadable
from tests.examiners.making import event, trail

RECORD = json.dumps(event()).encode()


def cut(data, size=7):
    return Splitter(data[at : at + size] for at in range(0, len(data), size)).elements()


def pieces(data, size=7):
    """The elements, and the words of the damage behind them."""
    found, splitter = [], cut(data, size)
    try:
        found.extend(iter(splitter))
    except Unreadable as error:
        return found, str(error)
    return found, ""


def test_it_cuts_a_list_wherever_its_chunks_end():
    records = [event("A", text='a\\"]},{['), event("B", deep=[[{"x": [1]}]]), 5, "x", None]
    for size in (1, 2, 3, 50, 10_000):
        found, damage = pieces(trail(*records), size)
        assert ([json.loads(element) for element in found], damage) == (records, "")


json_values = st.recursive(st.none() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c))


@given(st.lists(json_values, min_size=1), st.integers(1, 40))
def test_it_cuts_any_array_into_what_a_parser_finds(values, size):
    found, damage = pieces(json.dumps(values).encode(), size)
    assert ([json.loads(element) for element in found], damage) == (values, "")


def test_other_keys_of_the_document_may_follow():
    assert pieces(b'{"Records":[' + RECORD + b'],"NextToken":"x"}') == ([RECORD], "")


@pytest.mark.parametrize("tail", [b"", b"]", b"]}}", b"] junk", b'],"Records":[]}', b'],"a":}'])
def test_it_names_an_end_that_is_not_one(tail):
    found, damage = pieces(b'{"Records":[' + RECORD + tail)
    assert (found, bool(damage)) == ([RECORD], True)


def test_a_broken_record_ends_where_the_next_begins():
    found, damage = pieces(b"[" + RECORD[:-3] + b'"' + b"," + RECORD + b"]")
    assert (found[-1], len(found), damage) == (RECORD, 2, "")


SURROGATE = json.dumps(event("\ud800x")).encode()
BROKEN = (
    RECORD[:-3],
    RECORD.replace(b'"1.09"', b"nope"),
    RECORD.replace(b'"1.09"', b'"1.09'),
    RECORD.replace(b'"ListBuckets"', b'ListBuckets"'),
    RECORD.replace(b'"userIdentity": {', b'"userIdentity": '),
    RECORD.replace(b'}, "eventName"', b'}}, "eventName"'),
)
written = st.lists(st.sampled_from((RECORD, SURROGATE, *BROKEN)), max_size=40)


@given(written, st.sampled_from((b",", b", ", b" ,", b"\n,\n  ")), st.integers(30, 9_000))
def test_every_record_is_one_piece_whatever_lies_beside_it(records, comma, size):
    records = [RECORD, *records, SURROGATE]
    assert pieces(b'{"Records": [ ' + comma.join(records) + b" ]}", size) == (records, "")


def test_hundreds_of_broken_records_cost_no_good_one():
    records = [broken for broken in BROKEN for _ in range(100)] + [RECORD] * 100
    assert pieces(b"[" + b",".join(records) + b"]", 100_000) == (records, "")


def test_records_without_a_comma_between_them_are_still_found():
    assert pieces(b"[" + RECORD + b" " + RECORD + b"," + RECORD + b"]")[0][-2:] == [RECORD, RECORD]


def test_a_record_that_the_end_of_the_file_cuts_off_is_no_piece():
    found, damage = pieces(b'{"Records": [' + RECORD + b", " + RECORD[:-9])
    assert (found, "middle" in damage) == ([RECORD], True)


def test_it_gives_up_when_too_much_is_read_twice_and_says_so():
    splitter = Splitter(iter([b"[" + (RECORD[:-3] + b",") * 200 + b"]"]))
    splitter.patience = 5_000
    found = []
    with pytest.raises(Unreadable, match="not read"):
        found.extend(iter(splitter.elements()))
    assert len(found) < 200


def test_a_record_without_end_does_not_fill_the_memory():
    chunks = iter([b'[{"a":"'] + [b"x" * (1 << 20)] * 40)
    with pytest.raises(Unreadable, match="middle"):
        list(Splitter(chunks).elements())
    assert sum(1 for _ in chunks) >= 40 - (LARGEST_RECORD >> 20) - 2


@pytest.mark.parametrize("data", [b'{"a":1}', b'{"Findings":[1]}', b'{"":[1]}', b""])
def test_what_is_no_list_is_refused(data):
    assert pieces(data) == ([], "no list of records")


def under(names, data):
    return list(Splitter(iter([data]), names).elements())


def test_a_list_may_lie_under_other_keys_where_a_format_has_them():
    assert under(("Findings",), b'{"NextToken":"x","Findings":[1,2]}') == [b"1", b"2"]
    assert under((), b"[1]") == [b"1"]


@pytest.mark.parametrize("names", [(), ("Findings",), ("a|b",), (".*",)])
def test_a_list_under_a_key_that_is_not_named_is_none(names):
    with pytest.raises(Unreadable, match="no list"):
        under(names, b'{"Records":[1]}')


def test_a_second_list_of_the_same_name_is_named():
    with pytest.raises(Unreadable, match="follows the list"):
        under(("Findings",), b'{"Findings":[1],"Findings":[2]}')
