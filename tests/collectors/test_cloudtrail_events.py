"""CloudTrail's event history: slices of it, asked for as they are read, and what AWS does not hold any more."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from collectors import Scope
from collectors.cloudtrail_events import collect
from examiners.cloudtrail import looks_like_cloudtrail
from plugins import GapKind
from tests.collectors.aws_says import PAGE_OF_HTML, artifacts, gaps, read, refusal_of, says, session_of_a_test
from tests.examiners.making import event, examined
from tests.simulation.running import session_in

HOUR = timedelta(hours=1)
END = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - HOUR
HISTORY = "CloudTrail event history of 111122223333 in us-east-1"
LOOKUP = "cloudtrail.LookupEvents"


@pytest.fixture
def aws():
    """A session whose calls the tests answer: moto does not know LookupEvents."""
    return session_of_a_test()


def scope(start=END - 3 * HOUR, end=END):
    return Scope("test", "111122223333", "us-east-1", start, end)


def page(*numbers, token=None):
    events = [
        {"EventId": str(n), "EventTime": END, "CloudTrailEvent": json.dumps(event(eventID=str(n)))} for n in numbers
    ]
    return {"Events": events} | ({"NextToken": token} if token else {})


def test_there_is_one_file_an_hour(aws):
    says(aws, LOOKUP, page())
    found = artifacts(collect(scope(END - 3 * HOUR + timedelta(minutes=20)), aws))
    starts = [one.name.split("_")[-1][:16] for one in found]
    assert starts == [f"{END - h * HOUR + m:%Y%m%dT%H%M%SZ}" for h, m in ((3, HOUR / 3), (2, 0 * HOUR), (1, 0 * HOUR))]


def test_a_long_window_has_one_file_a_day(aws):
    says(aws, LOOKUP, page())
    assert len(artifacts(collect(scope(END - timedelta(days=10)), aws))) in (10, 11)


def test_nothing_is_looked_up_before_it_is_opened(aws):
    asked = says(aws, LOOKUP, page(1))
    found = artifacts(collect(scope(), aws))
    assert asked == [{"MaxResults": 1}]
    read(found[0])
    assert len(asked) == 2


def test_all_pages_are_read_line_by_line(aws):
    says(aws, LOOKUP, page(), page(1, 2, token="next"), page(token="more"), page(3))
    lines = read(artifacts(collect(scope(), aws))[0]).splitlines()
    assert [json.loads(line)["EventId"] for line in lines] == ["1", "2", "3"]


def test_the_end_of_a_slice_is_the_next_ones_beginning(aws):
    asked = says(aws, LOOKUP, page())
    for one in artifacts(collect(scope(END - 2 * HOUR), aws)):
        read(one)
    first, second = asked[1:]
    assert first["StartTime"] == END - 2 * HOUR
    assert second["StartTime"] - first["EndTime"] == timedelta(microseconds=1)


def test_a_refusal_is_one_gap_and_nothing_else_is_asked(aws):
    asked = says(aws, LOOKUP, "AccessDeniedException")
    assert gaps(collect(scope(), aws)) == [("denied", HISTORY)]
    assert len(asked) == 1


@pytest.mark.parametrize("problem", ["ThrottlingException", PAGE_OF_HTML])
def test_no_answer_is_a_gap(aws, problem):
    says(aws, LOOKUP, problem)
    assert gaps(collect(scope(), aws)) == [("unreadable", HISTORY)]


def test_a_slice_that_aws_does_not_answer_for_fails_alone(aws):
    says(aws, LOOKUP, page(), "ThrottlingException", page(1))
    first, second, _ = artifacts(collect(scope(), aws))
    assert refusal_of(first) == "ThrottlingException"
    assert read(second)


def test_what_is_older_than_90_days_is_one_gap(aws):
    says(aws, LOOKUP, page())
    found = list(collect(scope(END - timedelta(days=100)), aws))
    assert gaps(found) == [(GapKind.OUT_OF_RETENTION, HISTORY)]
    assert len(artifacts(found)) in (90, 91)


def test_the_last_minutes_are_said_to_be_incomplete(aws):
    says(aws, LOOKUP, page())
    assert gaps(collect(scope(end=datetime.now(UTC)), aws)) == [("truncated", f"{HISTORY}, the last minutes")]


def test_it_says_that_no_digest_protects_them(aws):
    says(aws, LOOKUP, page())
    assert "no digest" in artifacts(collect(scope(), aws))[0].notes["integrity"]


@pytest.mark.parametrize("numbers", [(1,), (1, 2, 3)])
def test_the_examiner_reads_them(aws, numbers):
    says(aws, LOOKUP, page(), page(*numbers))
    data = read(artifacts(collect(scope(), aws))[0])
    assert looks_like_cloudtrail(data[:65536], "x.jsonl") == 90
    outcome = examined(data)
    assert outcome.balances()
    assert [row["src_row"] for row in outcome.rows] == list(range(len(numbers)))


class TestInTheSimulatedOrganisation:
    """Leans on the overlay: it shows what the trail delivered, as it was before somebody altered it."""

    @pytest.fixture
    def hours(self, simulated):
        end = datetime.fromisoformat(simulated["window"][1])
        return artifacts(collect(scope(end - 8 * HOUR, end - 6 * HOUR), session_in("111122223333")))

    def test_an_hour_has_more_than_a_page(self, hours):
        assert [len(read(one).splitlines()) > 50 for one in hours] == [True, True]

    def test_every_line_is_a_row(self, hours):
        data = read(hours[1])
        outcome = examined(data)
        assert len(outcome.rows) == len(data.splitlines())
        assert not outcome.quarantined
