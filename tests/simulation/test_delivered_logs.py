"""What the simulated services deliver is in the form that AWS writes: each file is claimed, and every record is read."""

from datetime import datetime

import pytest

from collectors import Artifact, Scope, sources
from examiners import EventBatch, Member, Tally
from examiners.sniffing import choose, head
from tests.simulation.running import session_in

PROD = "111122223333"


@pytest.fixture
def delivered(simulated):
    """What a source collects in prod-web, as members of a part."""

    def collect(name):
        start, end = (datetime.fromisoformat(moment) for moment in simulated["window"])
        logged = (simulated["services"]["access_logs"]["logged"],) if name == "s3_access_logs" else ()
        scope = Scope("test", PROD, "us-east-1", start, end, logged)
        found = sources.get(name).collect(scope, session_in(PROD))
        artifacts = [one for one in found if isinstance(one, Artifact)]
        return [Member("E", 1, index, one.origin, one.open, notes=one.notes) for index, one in enumerate(artifacts)]

    return collect


@pytest.mark.parametrize("name", ["elb_logs", "s3_access_logs", "waf_logs", "cloudfront_logs", "resolver_logs"])
def test_each_file_is_claimed_and_every_record_read(delivered, name):
    members = [member for member in delivered(name) if head(member)]
    assert members
    tools = {choose(head(member), member.file) for member in members}
    assert {tool and tool.name for tool in tools} == {name}
    examined = list(tools.pop().examine(iter(members)))
    tallies = [one for one in examined if isinstance(one, Tally)]
    assert all(one.rows and not one.quarantined for one in tallies)
    rows = [row for one in examined if isinstance(one, EventBatch) for row in one.rows.to_pylist()]
    assert all(row["event_time"] and row["event_id"] for row in rows)
