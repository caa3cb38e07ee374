"""JSON objects of any make."""

import json

import pytest

from examiners.json_records import first_object, first_objects, first_of, within
from examiners.objects import object_of
from examiners.records import Malformed


def test_an_object():
    assert object_of(b'{"a": {"b": [1]}}') == {"a": {"b": [1]}}


@pytest.mark.parametrize("data", [b'{"a":"\\ud800"}', b'{"a":"\xff"}', b'{"a":"\x01"}'])
def test_what_is_no_unicode_costs_no_object(data):
    assert set(object_of(data)) == {"a"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[1]", "not a JSON object"),
        (b"", "not JSON"),
        (b'{"a":NaN}', "NaN is not a JSON value"),
        (b'{"a":' * 100_000, "nested too deep"),
        (b'{"a":' + b"9" * 5_000, "not JSON"),
    ],
)
def test_what_is_no_object_is_refused(data, words):
    with pytest.raises(Malformed, match=words):
        object_of(data)


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"[", b" [\r\n  ", b"\x1e"])
def test_the_first_object_of_a_file(before):
    assert first_objects(before + b'{"a":1}, {"b":2}') == ({"a": 1},)


def test_the_objects_in_envelopes():
    lines = [{"logStreamName": "x", "timestamp": 1, "message": text} for text in ('{"a":1}', "no", '{"b":2}')]
    assert first_objects("\n".join(map(json.dumps, lines)).encode()) == ({"a": 1}, {"b": 2})


@pytest.mark.parametrize("text", ["", "[1]", "5", '{"a"', '{"a":' * 50_000, "hello"])
def test_no_first_object(text):
    assert first_object(text) is None


def test_what_lies_within():
    assert within({"a": {"b": 1}}, "a", "b") == 1
    assert within({"a": [1]}, "a", "b") is within({}, "a", "b") is None


def test_the_first_that_holds_something():
    assert first_of({"a": "-", "b": "", "c": 0, "d": 1}, "a", "b", "c", "d") == 0
    assert first_of({}, "a") is None
