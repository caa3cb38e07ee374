"""Lines in the envelopes of a log group, and lines that only look like such."""

import importlib
import json
from datetime import UTC, datetime

import pytest

from examiners.envelopes import Envelope, entries_of, first_entries, first_lines, is_wrapped, joined, json_entries
from examiners.forms import Item
from examiners.lines import LONGEST
from examiners.objects import key_pattern, keys_in, object_of
from examiners.records import Malformed
from examiners.sniffing import choose
from tests.examiners.making import Outcome, member


def wrapped(*messages):
    return [json.dumps({"logStreamName": "s", "timestamp": 7, "message": message}) for message in messages]


def file_of(*lines):
    return "".join(f"{line}\n" for line in lines).encode()


def texts(data):
    return [item.problem or item.data.decode() for item in entries_of(member(data))]


def test_messages_come_out_of_their_envelopes_with_what_these_say():
    [item] = entries_of(member(file_of(*wrapped("a line"))))
    assert (item.data, item.context) == (b"a line", Envelope(7, "s"))


def test_lines_without_envelopes_stay_as_they_are():
    assert texts(file_of("a", '{"message": "b"}')) == ["a", '{"message": "b"}']


def test_a_broken_envelope_takes_no_other_with_it():
    lines = wrapped("a", "b", "c")
    assert texts(file_of(lines[0][:-3], lines[1], lines[2]))[1:] == ["b", "c"]
    assert texts(file_of(lines[0], lines[1][:-3], lines[2]))[1].startswith("not an event of a log group")


def test_half_a_character_in_a_message_is_replaced():
    assert texts(file_of(*wrapped("a\ud800b"))) == ["a?b"]


def test_a_record_with_the_words_of_an_envelope_is_none():
    words = json.dumps({"headers": ["logStreamName", "timestamp", "message"]})
    keys = json.dumps({"inner": {"logStreamName": "x", "timestamp": 1, "message": "y"}})
    assert not is_wrapped(words.encode())
    assert texts(file_of(words, keys)) == [words, keys]
    assert first_lines(file_of(words, keys)) == [words, keys]


def test_json_records_come_out_of_envelopes_too():
    data = file_of(*wrapped('{"a":1}', '{"a":2}'))
    assert [item.data for item in json_entries(member(data))] == [b'{"a":1}', b'{"a":2}']


TEXT_LOGS = ["vpc_flow_logs", "elb_logs", "s3_access_logs", "waf_logs", "resolver_logs", "cloudfront_logs"]


@pytest.mark.parametrize("name", TEXT_LOGS)
def test_a_log_is_known_and_read_in_envelopes_as_without(name):
    data, file, notes, rows = importlib.import_module(f"tests.examiners.test_{name}").sample()
    inside = file_of(*wrapped(*data.decode().splitlines()))
    tool = choose(inside, "a")
    outcome = Outcome(tool.examine(iter([member(inside, file, **notes)])), tool.family)
    assert (tool.name, len(outcome.rows), outcome.quarantined) == (name, rows, [])


KEYS = (key_pattern("a"), key_pattern("b(c)"))


@pytest.mark.parametrize(
    ("head", "count"),
    [
        (b'{"a":1,"b(c)" : 2}', 2),
        (b'[{"a":1', 1),
        (b'{"x":"a","y":"b(c)"}', 0),
        (json.dumps({"x": '"a":1'}).encode(), 0),
        (file_of(*wrapped('{"a":1}')), 1),
        ('{"a":1}'.encode("utf-16"), 1),
        (b"", 0),
        (b'\x00"a":', 1),
    ],
)
def test_keys_are_told_from_values(head, count):
    assert keys_in(head, KEYS) == count


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[]", "not a JSON object"),
        (b"{", "not JSON"),
        (b'{"a":NaN}', "NaN is not a JSON value"),
        (b'{"a":' * 200_000, "nested too deep"),
        (b"\xff", "not JSON"),
    ],
)
def test_what_is_no_object_says_why(data, words):
    with pytest.raises(Malformed, match=words):
        object_of(data)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'{"a":"\\ud800"}', {"a": "?"}),
        (b'{"a":"\xff"}', {"a": "\ufffd"}),
        (b'{"a":"\x01"}', {"a": "\x01"}),
        (b'{"a":1,"a":2}', {"a": 2}),
    ],
)
def test_an_object_is_read_leniently_where_it_must(data, found):
    assert object_of(data) == found


def event(message, stream="i-1", at=1772359200000):
    return json.dumps({"eventId": "1", "logStreamName": stream, "message": message, "timestamp": at}).encode()


def test_a_line_comes_with_what_its_envelope_says():
    [item] = entries_of(member(event("hello"), log_group="/acme/x"))
    assert (item.data, item.context.stream, item.context.group) == (b"hello", "i-1", "/acme/x")
    assert item.context.at == datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("at", [10**25, -(10**25), None])
def test_an_envelope_with_a_time_that_is_none_has_none(at):
    [item] = entries_of(member(event("hello", at=at)))
    assert item.problem or item.context.at is None


def test_a_line_that_is_no_event_of_the_group_is_a_problem_of_its_own():
    items = list(entries_of(member(event("a") + b"\n{\n" + event("b"))))
    assert [bool(item.problem) for item in items] == [False, True, False]


@pytest.mark.parametrize("length", [60, 200, 1_000, 1_001, 1_002, 1_003, 1_004, 1_005, 1_006])
@pytest.mark.parametrize("text", ["a" * 900, "é" * 900, '"\\' * 900, "\u2028\x01" * 900, "🦊" * 900])
@pytest.mark.parametrize("is_ascii", [True, False])
def test_a_head_cut_off_inside_the_first_message_is_still_told(length, text, is_ascii):
    whole = json.dumps({"logStreamName": "i-1", "message": text}, ensure_ascii=is_ascii).encode()
    [(message, stream)] = first_entries(whole[:length])
    assert (text.startswith(message.rstrip("\ufffd").rstrip("\ud83e")), stream) == (True, "i-1")


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"message": "x"', b'{"logStreamName": "x", "message": 5', b"hello", b"[1]"]
)
def test_other_beginnings_are_no_events_of_a_group(data):
    assert not is_wrapped(data)
    assert first_lines(data) == ([data.decode()] if data else [])


def test_utf_16_is_read_as_it_streams_by():
    text = "\r\n".join(["grüße 🦊"] * 200_000)
    items = list(entries_of(member(text.encode("utf-16"))))
    assert {item.data.decode() for item in items} == {"grüße 🦊"}
    assert len(items) == 200_000


def test_json_comes_out_of_envelopes_or_by_itself():
    record = b'{"a":1}'
    assert [item.data for item in json_entries(member(event(record.decode())))] == [record]
    assert [item.data for item in json_entries(member(record + b"\n" + record))] == [record, record]


def begins(line, before):
    return line.startswith(b"#") and before != b"#no"


def joined_texts(*lines):
    return [(item.row, item.data) for item in joined(iter(lines), begins)]


def test_lines_that_begin_nothing_belong_to_the_record_before_them():
    lines = [Item(0, b"x"), Item(1, b"#a"), Item(2, b"b"), Item(4, b"#c"), Item(5, b"#no"), Item(6, b"#d")]
    assert joined_texts(*lines) == [(0, b"x"), (1, b"#a\nb"), (4, b"#c"), (5, b"#no\n#d")]


def test_a_line_with_a_problem_stays_alone():
    lines = [Item(0, b"#a"), Item(1, b"b", problem="too long"), Item(2, b"c")]
    assert [item.problem for item in joined(iter(lines), begins)] == ["", "too long", ""]


def test_a_record_never_grows_without_end():
    found = joined_texts(Item(0, b"#a"), *(Item(at, b"x" * (1 << 20)) for at in range(1, 12)))
    assert max(len(data) for _, data in found) <= LONGEST + (2 << 20)
    assert len(found) > 1


def test_nothing_is_joined_to_nothing():
    assert joined_texts() == []
