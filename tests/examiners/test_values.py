import json
from datetime import UTC, datetime

import pytest

from examiners.records import Malformed
from examiners.values import at, first_of, first_time, number, packed, when, whole_number, whole_of, words


def test_an_object_and_its_text_without_white_space():
    assert whole_of(b'{ "a": [1,  2] }') == ({"a": [1, 2]}, '{"a":[1,2]}')


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[1]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'{"a"', "not JSON"),
        (b'{"a":NaN}', "NaN is not a JSON value"),
        (b'{"a":1e999}', "not JSON"),
        (b'{"a":' * 3_000 + b"1" + b"}" * 3_000, "nested too deep to read"),
    ],
)
def test_anything_else_is_malformed(data, words):
    with pytest.raises(Malformed, match=words):
        whole_of(data)


def test_what_is_no_unicode_is_replaced():
    fields, text = whole_of(b'{"a":"\\ud800","b":"\xff"}')
    assert fields == {"a": "?", "b": "\ufffd"} == json.loads(text)


def test_a_path_through_objects_and_lists_whatever_the_case_of_a_first_letter():
    record = {"Service": {"action": [{"Api": "x"}]}}
    assert at(record, "service", "Action", 0, "api") == "x"
    assert at({"id": 1, "Id": 2}, "Id") == 2


@pytest.mark.parametrize("path", [("b",), ("a", "b"), ("a", 5), (0,), ("a", 0, "c"), ("",)])
def test_a_path_that_leads_nowhere(path):
    assert at({"a": [1]}, *path) is None


def test_the_first_path_that_leads_to_something():
    assert first_of({"a": "", "b": [], "c": 0}, ("x",), ("a",), ("b",), ("c",)) == 0
    assert first_of(None, ("a",)) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [("x", "x"), (5.0, "5.0"), (True, "true"), (["a"], '["a"]'), ({"b": 1, "a": 2}, '{"a":2,"b":1}'), (0, "0")],
)
def test_values_as_text(value, text):
    assert words(value) == text


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_what_is_empty_is_nothing(value):
    assert words(value) is None


def test_packed_is_the_same_for_the_same_value():
    assert packed({"b": 1, "a": "é"}) == packed({"a": "é", "b": 1}) == '{"a":"é","b":1}'


@pytest.mark.parametrize("value", [True, None, "x", [], {}, float("nan"), float("inf"), 1e300, "1e999", "nan"])
def test_what_is_no_number(value):
    assert number(value) is None
    assert whole_number(value) is None


def test_numbers_also_as_text():
    assert (number("2.5"), whole_number("2.5"), whole_number(7)) == (2.5, 2, 7)


NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01T09:00:00Z",
        "2026-03-01T09:00:00.000000000Z",
        "2026-03-01T10:00:00.000+0100",
        "2026-03-01 09:00:00+00:00",
        "2026-03-01T09:00:00",
        NINE.timestamp(),
        int(NINE.timestamp() * 1000),
    ],
)
def test_times_in_every_way_that_aws_writes_them(value):
    assert when(value) == NINE


@pytest.mark.parametrize(
    "value", [None, "", "N/A", "no_information", [], {}, True, 1e300, -1e14, "9999-99-99", "1\x00"]
)
def test_what_is_no_time_is_none(value):
    assert when(value) is None


def test_the_first_time_that_can_be_read():
    assert first_time({"a": "never", "b": "2026-03-01T09:00:00Z"}, ("x",), ("a",), ("b",)) == NINE
