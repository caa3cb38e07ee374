"""Files of indicators are read to the end: what is read is taken or refused, with its place and reason."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from analyzers.stix import MOST_BYTES, Unreadable, Value, read_file, read_json, read_text, reading

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def bundle(*objects):
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}).encode()


def indicator(pattern="[domain-name:value = 'evil.example']", **more):
    return {"type": "indicator", "id": "indicator--1", "pattern": pattern, "pattern_type": "stix"} | more


def read(data):
    return read_file(data, "feed", NOW)


def refused(data):
    [one] = read(data).refused
    return one.place, one.reason


def test_a_bundle_gives_the_values_of_its_indicators_and_observables():
    found = read(
        bundle(
            indicator(name="C2 of Mallory"),
            indicator("[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]", indicator_types=["malicious-activity"]),
            {"type": "ipv6-addr", "id": "ipv6-addr--1", "value": "2001:DB8::1"},
            {"type": "file", "hashes": {"MD5": "A" * 32, "SHA-256": "b" * 64, "SSDEEP": "x"}},
            {"type": "user-account", "account_login": "mallory"},
            {"type": "relationship"},
            {"type": "malware"},
            {"type": "malware"},
        )
    )
    assert found.taken == [
        Value("domain-name", "evil.example", "C2 of Mallory"),
        Value("ipv4-addr", "192.0.2.1", "malicious-activity"),
        Value("ipv4-addr", "192.0.2.2", "malicious-activity"),
        Value("ipv6-addr", "2001:db8::1"),
        Value("file", "a" * 32),
        Value("file", "b" * 64),
        Value("user-account", "mallory"),
    ]
    assert (found.read, found.refused, dict(found.around)) == (7, [], {"relationship": 1, "malware": 2})


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (indicator(revoked=True), "it is revoked"),
        (indicator(valid_until="2026-02-28T00:00:00Z"), "it was valid until 2026-02-28 00:00 UTC"),
        (indicator(valid_until="never"), "its valid_until is no time"),
        (indicator(pattern_type="yara"), "its pattern is written in another language than STIX"),
        (indicator(pattern=None), "its pattern is no text"),
        ({"type": "mutex", "id": "indicator--1", "name": "x"}, "no event holds what is of type mutex"),
        ({"type": {"a": 1}, "id": "indicator--1"}, "it has no type"),
        ({"type": "file", "id": "indicator--1", "hashes": ["x"]}, "it has no MD5, SHA-1 or SHA-256"),
        ({"type": "ipv4-addr", "id": "indicator--1", "value": 7}, "its value is no text"),
    ],
)
def test_what_cannot_be_used_of_a_bundle_has_place_and_reason(one, reason):
    assert refused(bundle(one)) == ("object 1, indicator--1", reason)


def test_one_that_is_valid_still_is_taken():
    assert read(bundle(indicator(valid_until="2026-03-02T00:00:00Z"))).read == 1


@pytest.mark.parametrize("one", [7, None, "x", [], {}])
def test_what_is_no_object_is_refused(one):
    assert refused(bundle(one))[0] == "object 1"


def test_a_csv_is_read_by_its_header():
    found = read("\ufeffLabel;Value;TYPE;Seen\r\nc2;evil[.]example;;yes\r\n;;;\r\n;curl/8;user-agent\r\n".encode())
    assert found.taken == [Value("domain-name", "evil.example", "c2"), Value("user-agent", "curl/8")]


def test_a_csv_says_the_line_of_what_it_refuses():
    assert refused(b'label,value\n"two\nlines",evil.example\nx,nonsense\n')[0] == "line 4"
    assert refused(b"value,label\n,x\n") == ("line 2", "there is no value")


def test_typed_lines_name_a_kind_where_it_cannot_be_guessed():
    found = read_text("evil.example\n\nuser-account: mallory\nuser-agent, Nmap Scripting\nmallory", "typed")
    assert [(one.kind, one.value) for one in found.taken] == [
        ("domain-name", "evil.example"),
        ("user-account", "mallory"),
        ("user-agent", "nmap scripting"),
    ]
    assert [(one.place, one.text) for one in found.refused] == [("line 5", "mallory")]


def test_a_list_of_an_api_is_read_item_by_item():
    given = ["evil.example", {"value": "192.0.2.1", "label": "c2"}, {"value": 5}, {"value": "x", "colour": "red"}, 7]
    found = read_json(b"[]", given, "API", NOW)
    assert found.taken == [Value("domain-name", "evil.example"), Value("ipv4-addr", "192.0.2.1", "c2")]
    assert [one.place for one in found.refused] == ["item 3", "item 4", "item 5"]


def test_it_tells_the_files_hash_and_size():
    found = read(b"value\nevil.example\n")
    assert (found.sha256, found.size) == (hashlib.sha256(b"value\nevil.example\n").hexdigest(), 19)


def test_hostile_text_is_shown_as_marks():
    found = read_json(b"", ["\ud800\u202e nonsense"], "API", NOW)
    assert found.refused[0].text == "⟨U+D800⟩⟨U+202E⟩ nonsense"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * (MOST_BYTES + 1), "larger than 8 MiB"),
        (b"\xff", "not text in UTF-8"),
        (b"", "no column value"),
        (b"[" * 200_000, "nested too deeply|is none"),
        (b'{"a": 1', "is none"),
        (b'{"type": "bundle", "objects": {}}', "no STIX bundle"),
        (b'{"n": ' + b"9" * 5_000 + b"}", "is none"),
        (b'value\n"' + b"x" * 200_000 + b'"', "no CSV"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(data, words):
    with pytest.raises(Unreadable, match=words):
        read(data)


def test_one_value_too_many_refuses_the_whole(monkeypatch):
    monkeypatch.setattr(reading, "MOST", 3)
    assert read(b"value\n" + b"evil.example\n" * 3).read == 3
    for data in (b"value\n" + b"evil.example\n" * 4, b"value\n" + b"nonsense\n" * 4):
        with pytest.raises(Unreadable, match="more than 3 values"):
            read(data)
