"""AWS's answers as evidence: the same bytes each time, lazily, and refusals as gaps."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from collectors.answers import answered, as_json, document, is_throttled, kind_of, lines, plain, streamed
from plugins import GapKind


def error(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Describe")


def read(artifact):
    with artifact.open() as stream:
        return stream.read()


def test_a_document_is_asked_for_when_it_is_opened():
    asked = []
    one = document("user.json", "arn:aws:iam::1:user/a", lambda: asked.append(1) or {"UserName": "a"}, region="eu")
    assert not asked
    assert json.loads(read(one)) == {"UserName": "a"}
    assert (one.size, one.notes) == (None, {"region": "eu"})


def test_the_same_answer_gives_the_same_bytes():
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert as_json({"b": moment, "a": b"\xff!"}) == as_json({"a": b"\xff!", "b": moment})
    assert as_json({"b": moment}) == b'{"b": "2026-03-01T12:00:00+00:00"}'


def test_a_time_is_the_same_whatever_the_zone_of_the_machine():
    elsewhere = datetime(2026, 3, 1, 21, tzinfo=timezone(timedelta(hours=9)))
    assert as_json(elsewhere) == as_json(elsewhere.astimezone(UTC))


def test_text_that_is_no_unicode_is_kept_too():
    assert as_json("\ud800") == b'"\xed\xa0\x80"'


def test_what_aws_does_not_answer_with_is_an_error():
    with pytest.raises(TypeError, match="set is no part of an answer"):
        plain({1})


def test_lines_hold_one_item_at_a_time():
    made = []
    one = lines("events.jsonl", "arn", lambda: (made.append(n) or {"n": n} for n in range(100_000)))
    with one.open() as stream:
        assert stream.readline() == b'{"n": 0}\n'
        assert len(made) < 10_000
    assert len(read(one).splitlines()) == 100_000


def test_a_stream_raises_what_its_chunks_raise():
    def broken():
        yield b"first"
        raise error("AccessDenied")

    with streamed(broken()) as stream, pytest.raises(ClientError, match="AccessDenied"):
        stream.read()


def test_empty_chunks_do_not_end_a_stream():
    assert streamed([b"", b"a", b"", b"b"]).read() == b"ab"


def test_what_came_before_a_refusal_stays():
    def ask():
        yield 1
        raise error("AccessDeniedException")

    first, gap = answered("detectors of eu-west-1", ask)
    assert first == 1
    assert (gap.kind, gap.subject) == (GapKind.DENIED, "detectors of eu-west-1")
    assert "AccessDeniedException" in gap.detail


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDenied", GapKind.DENIED),
        ("UnauthorizedOperation", GapKind.DENIED),
        ("NoSuchBucket", GapKind.NOT_FOUND),
        ("InvalidInstanceID.NotFound", GapKind.NOT_FOUND),
        ("DBInstanceNotFound", GapKind.NOT_FOUND),
        ("OptInRequired", GapKind.NOT_ENABLED),
        ("InternalError", GapKind.UNREADABLE),
    ],
)
def test_the_code_says_which_gap_it_is(code, kind):
    assert kind_of(error(code)) is kind


@pytest.mark.parametrize("problem", [ResponseParserError("<html>"), EndpointConnectionError(endpoint_url="x")])
def test_an_answer_that_is_none_is_unreadable(problem):
    assert kind_of(problem) is GapKind.UNREADABLE


def test_any_other_error_rises():
    def ask():
        raise ZeroDivisionError
        yield

    with pytest.raises(ZeroDivisionError):
        list(answered("x", ask))


def test_too_many_calls_are_told_apart():
    assert is_throttled(error("RequestLimitExceeded"))
    assert not is_throttled(error("AccessDenied"))
