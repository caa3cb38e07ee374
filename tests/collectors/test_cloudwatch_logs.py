"""Log groups: which are meant, what their retention has taken, and that nothing is read before it is opened."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from collectors import Scope
from collectors.cloudwatch_logs import collect
from tests.collectors.aws_says import PAGE_OF_HTML, artifacts, gaps, read, refusal_of, says, session_of_a_test

HOUR = timedelta(hours=1)
END = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
START = END - 2 * HOUR
GROUP = "/acme/web"
FILTER, DESCRIBE = "logs.FilterLogEvents", "logs.DescribeLogGroups"


def resources(facts, folder):
    """What the conformance tests ask for."""
    return [facts["services"]["log_groups"]["host"], "/aws/eks/*"]


@pytest.fixture
def aws(monkeypatch):
    """An account with one log group."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = session_of_a_test()
        session.client("logs").create_log_group(logGroupName=GROUP)
        session.client("logs").create_log_stream(logGroupName=GROUP, logStreamName="i-1")
        yield session


@pytest.fixture
def put(aws):
    def write(*moments):
        events = [{"timestamp": round(at.timestamp() * 1000), "message": at.isoformat()} for at in moments]
        aws.client("logs").put_log_events(logGroupName=GROUP, logStreamName="i-1", logEvents=events)

    return write


def scope(*groups, start=START):
    return Scope("test", "111122223333", "us-east-1", start, END, groups or (GROUP,))


def messages(one):
    return [json.loads(line)["message"] for line in read(one).splitlines()]


def test_each_event_is_in_the_hour_it_belongs_to(aws, put):
    moments = [START, START + HOUR - timedelta(milliseconds=1), START + HOUR, END - timedelta(milliseconds=1)]
    put(START - HOUR, *moments, END)
    hours = [messages(one) for one in artifacts(collect(scope(), aws))]
    assert hours == [[at.isoformat() for at in moments[:2]], [at.isoformat() for at in moments[2:]]]


def test_an_hour_without_events_is_an_empty_file(aws):
    assert [read(one) for one in artifacts(collect(scope(), aws))] == [b"", b""]


def test_nothing_is_read_before_it_is_opened(aws):
    asked = says(aws, FILTER, {"events": []})
    found = artifacts(collect(scope(), aws))
    assert not asked
    read(found[0])
    assert asked[0]["logGroupName"] == GROUP


def test_empty_pages_do_not_end_it(aws):
    last = {"events": [{"message": "late", "timestamp": 1}]}
    says(aws, FILTER, {"events": [], "nextToken": "a"}, {"events": [], "nextToken": "b"}, last)
    assert messages(artifacts(collect(scope(), aws))[0]) == ["late"]


def test_a_star_means_every_group_that_begins_like_it(aws):
    for name in ("/acme/api", "/other"):
        aws.client("logs").create_log_group(logGroupName=name)
    groups = {one.notes["log_group"] for one in artifacts(collect(scope("/acme/*"), aws))}
    assert groups == {"/acme/api", "/acme/web"}


def test_groups_are_found_beyond_the_first_page(aws):
    pages = [{"logGroups": [{"logGroupName": f"/acme/{n}"}], "nextToken": n} for n in "ab"]
    says(aws, DESCRIBE, *pages, {"logGroups": [{"logGroupName": "/acme/c"}]})
    assert len(artifacts(collect(scope("/acme/*"), aws))) == 6


def test_a_name_means_no_group_that_only_begins_like_it(aws):
    aws.client("logs").create_log_group(logGroupName="/acme/web-2")
    assert {one.notes["log_group"] for one in artifacts(collect(scope(), aws))} == {GROUP}


def test_a_group_that_is_not_there_is_a_gap_and_the_others_go_on(aws):
    found = list(collect(scope("/gone", GROUP), aws))
    assert gaps(found) == [("not_found", "log group /gone")]
    assert len(artifacts(found)) == 2


def test_what_retention_has_taken_is_a_gap(aws):
    aws.client("logs").put_retention_policy(logGroupName=GROUP, retentionInDays=3)
    found = list(collect(scope(start=END - timedelta(days=10)), aws))
    assert gaps(found) == [("out_of_retention", f"log group {GROUP}")]
    assert len(artifacts(found)) in (3, 4)


def test_a_window_that_is_kept_is_no_gap(aws):
    aws.client("logs").put_retention_policy(logGroupName=GROUP, retentionInDays=1)
    assert gaps(collect(scope(), aws)) == []


@pytest.mark.parametrize(
    ("said", "kind"),
    [("AccessDeniedException", "denied"), ("ThrottlingException", "unreadable"), (PAGE_OF_HTML, "unreadable")],
)
def test_groups_that_cannot_be_listed_are_a_gap(aws, said, kind):
    says(aws, DESCRIBE, said)
    assert gaps(collect(scope(), aws)) == [(kind, f"log group {GROUP}")]


def test_an_hour_that_aws_does_not_answer_for_fails_alone(aws):
    says(aws, FILTER, "ThrottlingException", {"events": [{"message": "x"}]})
    first, second = artifacts(collect(scope(), aws))
    assert refusal_of(first) == "ThrottlingException"
    assert read(second)
