import gzip
from pathlib import Path

import pytest

from examiners import Examiner, Validator, examiners
from examiners.sniffing import HEAD, choose, head, why_unclaimed
from tests.examiners.making import event, member, trail
from tests.examiners.odd_texts import ODD


def test_the_head_is_the_beginning_after_gunzip():
    data = b"x" * 3 * HEAD
    assert head(member(gzip.compress(data))) == head(member(data)) == data[:HEAD]


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b\x08\x00", b"\x1f\x8b"])
def test_the_head_of_a_broken_file_is_what_can_be_read(data):
    assert head(member(data)) == b""


def test_the_surest_examiner_is_chosen():
    assert choose(trail(event()), "x.json").name == "cloudtrail"
    assert choose(b'{"digestS3Object":"x","logFiles":[]}', "x").name == "cloudtrail_digest_files"
    assert choose(b'{"PublicKeyList":[]}', "public-keys.json").name == "cloudtrail_digest_files"


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04", b'{"a":1}', b"\0" * 999])
def test_nobody_claims_what_is_no_log(data):
    assert choose(data, "x.json") is None


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("name", ["a", "secure", "access.log", "notes.md"])
def test_nobody_claims_notes_code_pages_or_answers_of_programs(text, name):
    assert choose(text.encode(), name) is None


DEEP = [b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000]


@pytest.mark.parametrize("data", [*DEEP, gzip.compress(DEEP[1]), DEEP[1].decode().encode("utf-16")])
def test_a_document_nested_too_deep_is_said_to_be(data):
    beginning = head(member(data))
    assert choose(beginning, "deep.json") is None
    assert why_unclaimed(member(data), beginning) == "nested too deep to read"


@pytest.mark.parametrize(
    "data", [b"", b"hello", b'{"a":1}', b"\0" * 999, b"[" * 100 + b"]" * 100, b"[" * 100, b"\xff\xfe"]
)
def test_what_is_only_strange_is_unrecognised(data):
    assert why_unclaimed(member(data), data).startswith("unrecognised")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gzip.compress(b"hello" * 99)[:-9], "the gzip stream is truncated"),
        (b"\x1f\x8b" + b"junk" * 99, "the gzip stream is damaged"),
        (gzip.compress(b"hello"), "unrecognised"),
        (b"", "unrecognised"),
    ],
    ids=["truncated", "damaged", "sound", "empty"],
)
def test_a_packed_file_that_nobody_claims_is_called_what_it_is(data, words):
    assert words in why_unclaimed(member(data), head(member(data)))


def test_a_bomb_that_nobody_claims_is_called_one():
    bomb = gzip.compress(b'{"Records":[' + b" " * (300 << 20), 1)
    assert "a decompression bomb" in why_unclaimed(member(bomb), head(member(bomb)))


def test_a_broken_log_file_is_claimed_by_its_name():
    assert choose(b"\0\0", "1_CloudTrail_eu-central-1_20260301T1000Z_x.json.gz").name == "cloudtrail"


def test_every_tool_is_named_after_its_file_and_cites_its_source():
    for tool in examiners:
        work = tool.examine if isinstance(tool, Examiner) else tool.validate
        assert tool.name.startswith(Path(tool.module.replace(".", "/")).name)
        assert "https://" in work.__doc__


def test_the_digest_validator_is_registered():
    assert isinstance(examiners.get("cloudtrail_digest"), Validator)
