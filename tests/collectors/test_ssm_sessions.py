"""Session Manager: sessions that reach into the window, and where what was typed is kept."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from collectors import Scope
from collectors.ssm_sessions import collect, places_of
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read

NUMBER = "111122223333"
END = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
SCOPE = Scope("test", NUMBER, "us-east-1", END - timedelta(hours=6), END)
KEPT = json.dumps({"inputs": {"s3BucketName": "", "cloudWatchLogGroupName": "/acme/sessions"}})


def session(name, end=None):
    return {"SessionId": name, **({"EndDate": end} if end else {})}


def found(scope=SCOPE, **answers):
    told = {
        "GetDocument": {"Name": "SSM-SessionManagerRunShell", "Content": KEPT},
        "DescribeSessions": {"Sessions": []},
    }
    told = Told("ssm", told | answers)
    return list(collect(scope, told.session)), told.asked


def kinds(found):
    return [one.kind if isinstance(one, Gap) else one.name for one in found]


def ids(artifact):
    return [json.loads(line)["SessionId"] for line in read(artifact).splitlines()]


def test_preferences_and_sessions_are_collected():
    everything, _ = found()
    assert kinds(everything) == ["session-preferences.json", "sessions-history.jsonl", "sessions-active.jsonl"]
    assert everything[0].notes == {"log group": "/acme/sessions"}


def test_sessions_begun_before_the_window_are_asked_for_and_kept_where_they_reach_into_it():
    listed = {"Sessions": [session("in", SCOPE.start), session("before", SCOPE.start - timedelta(1)), session("open")]}
    (_, history, _), asked = found(DescribeSessions=listed)
    assert ids(history) == ["in", "open"]
    bounds = {one["key"]: one["value"] for one in asked["DescribeSessions"][0]["Filters"]}
    assert datetime.fromisoformat(bounds["InvokedAfter"]) == SCOPE.start - timedelta(hours=24)
    assert datetime.fromisoformat(bounds["InvokedBefore"]) == SCOPE.end


def test_every_page_is_read_and_none_before_it_is_opened():
    pages = [{"Sessions": [session("a")], "NextToken": "t"}, {"Sessions": [session("b")]}]
    (_, history, _), asked = found(DescribeSessions=pages)
    assert not asked["DescribeSessions"]
    assert ids(history) == ["a", "b"]


def test_sessions_that_are_still_open_are_asked_for():
    (_, _, active), asked = found()
    read(active)
    assert asked["DescribeSessions"][0]["State"] == "Active"


@pytest.mark.parametrize(
    "content", ["{}", "[]", "no json", '{"inputs": "x"}', '{"inputs": {"s3BucketName": ""}}'], ids=str
)
def test_preferences_that_name_no_place_are_a_gap(content):
    everything, _ = found(GetDocument={"Content": content})
    assert kinds(everything)[:2] == ["session-preferences.json", GapKind.NOT_ENABLED]


def test_no_preferences_are_told_and_what_was_typed_is_a_gap():
    everything, _ = found(GetDocument=error("InvalidDocument"))
    assert "InvalidDocument" in json.loads(read(everything[0]))["absent"]
    assert everything[1].kind is GapKind.NOT_ENABLED


def test_both_places_are_named():
    content = json.dumps({"inputs": {"s3BucketName": "b", "cloudWatchLogGroupName": "g"}})
    assert places_of(content) == {"bucket": "b", "log group": "g"}


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("AccessDeniedException"), GapKind.DENIED),
        (error("ThrottlingException"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)
def test_preferences_that_are_refused_are_a_gap_and_the_rest_goes_on(problem, kind):
    assert kinds(found(GetDocument=problem)[0]) == [kind, "sessions-history.jsonl", "sessions-active.jsonl"]


def test_a_refused_list_is_told_to_the_reader_and_leaves_the_other():
    (_, history, active), _ = found(DescribeSessions=[error("ThrottlingException"), {"Sessions": []}])
    with pytest.raises(ClientError, match="Throttling"):
        read(history)
    assert read(active) == b""


def test_a_window_before_the_retention_is_a_gap():
    long_ago = Scope("test", NUMBER, "us-east-1", END - timedelta(days=40), END)
    assert kinds(found(long_ago)[0])[-1] is GapKind.OUT_OF_RETENTION
