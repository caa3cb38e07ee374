"""What the demo acknowledges by itself, and what it calls a surprise."""

from datetime import UTC, datetime, timedelta

import pytest

from cases.models import GapRecord
from collectors import Scope
from collectors.cloudtrail_events import collect
from plugins import Gap
from simulation.organisation import FORENSICS_US, HOME_REGION
from simulation.scenario import reason_for, unexpected
from tests.collectors.aws_says import says, session_of_a_test

FACTS = {"on_purpose": {"altered": "logs/altered.json.gz", "missing": "logs/missing.json.gz"}}
QUARTER = timedelta(minutes=15)


def gaps_of_a_demo_started(ago):
    """What the collector says of the last hour before a whole hour that was ``ago``."""
    aws, end = session_of_a_test(), datetime.now(UTC) - ago
    says(aws, "cloudtrail.LookupEvents", {"Events": []})
    found = collect(Scope("test", "111122223333", HOME_REGION, end - timedelta(hours=1), end), aws)
    return [GapRecord(kind=g.kind, subject=g.subject, detail=g.detail) for g in found if isinstance(g, Gap)]


def test_a_demo_in_the_first_quarter_of_an_hour_knows_why_the_last_minutes_are_missing():
    (gap,) = gaps_of_a_demo_started(QUARTER - timedelta(minutes=1))
    assert reason_for(gap, FACTS) == "too fresh when it was asked; to be asked again later"


def test_a_later_one_has_no_such_gap():
    assert gaps_of_a_demo_started(QUARTER + timedelta(minutes=1)) == []


def test_any_other_gap_of_the_event_history_is_a_surprise():
    gap = GapRecord(
        kind="truncated", subject="CloudTrail event history of 111122223333 in us-east-1", detail="slow down"
    )
    assert reason_for(gap, FACTS) == ""


@pytest.mark.django_db
def test_the_last_minutes_are_not_missed_where_they_are_there(incident):
    words = " ".join(unexpected(incident, FACTS))
    assert "a gap that should be there is not: altered.json.gz" in words
    assert f"eu to {FORENSICS_US.number}/{HOME_REGION}" in words
    assert "last minutes" not in words
