import json

import pytest

from examiners.outlines import has_keys, outline


def test_keys_by_where_their_objects_lie():
    head = b'{"detail-type":"x","detail":{"findings":[{"Id":"1","Severity":{"Label":"LOW"}},{"Title":"t"}]}}'
    found = outline(head)
    assert found[()] == {"detail-type", "detail"}
    assert found["detail",] == {"findings"}
    assert found["detail", "findings"] == {"Id", "Severity", "Title"}
    assert found["detail", "findings", "Severity"] == {"Label"}


@pytest.mark.parametrize(
    "data", [b'[{"a":1},{"b":[{"c":2}]}]', b'{"a":1}\n{"b":[{"c":2}]}\n', b'{"a" : 1,\n "b": [ {"c": 2} ]}']
)
def test_lists_lines_and_white_space_make_no_difference(data):
    assert outline(data) == {(): {"a", "b"}, ("b",): {"c"}}


@pytest.mark.parametrize("length", range(9, 60))
def test_a_head_that_is_cut_off_tells_what_it_still_holds(length):
    head = b'{"first":{"inner":"some \\" text {[ with marks"},"second":[{"third":1}]}'[:length]
    assert "first" in outline(head)[()]
    assert outline(head)[()] <= {"first", "second"}


def test_text_is_no_key():
    assert outline(b'{"a":"b","c":"{\\"d\\":1}","e":["f","g"]}') == {(): {"a", "c", "e"}}


@pytest.mark.parametrize("head", [b"", b"hello", b"]]]}}}", b"\x00\xff", b'"', b'{"', b"{" * 9, b'{"a":' * 9])
def test_no_bytes_make_it_fall_over(head):
    assert set(outline(head)) <= {("a",) * depth for depth in range(5)}


def test_a_bomb_of_brackets_costs_nothing():
    assert len(outline(b'{"a":' * 13_000)) <= 5


def test_utf_16_and_a_byte_order_mark_are_read_through():
    text = json.dumps({"a": 1})
    assert has_keys(text.encode("utf-16"), ("a",))
    assert has_keys(text.encode("utf-8-sig"), ("a",))


def test_all_marks_must_lie_in_one_place():
    head = b'{"Findings":[{"Id":1}],"Title":2}'
    assert has_keys(head, ("Id",), ("Findings",))
    assert has_keys(head, ("Findings", "Title"))
    assert not has_keys(head, ("Id", "Title"), (), ("Findings",))
    assert not has_keys(head, ("Absent",))
