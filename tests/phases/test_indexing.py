import pytest

from phases.requests import Wish, request_collection
from tests.phases.making import artifact, log_file, record


@pytest.fixture
def examined(incident, by_rin, walks, work_all):
    """``examined(record, ...)``: an incident with a log file of these, all phases done."""

    def done(*records):
        walks.append([artifact("a.json", log_file(*records))])
        request_collection(incident=incident, wish=Wish("scripted", is_trusted=True), by=by_rin)
        work_all()
        return incident

    return done


def test_events_without_a_readable_time_are_a_gap(examined):
    incident = examined(record(1), record(2, eventTime="not a time"), record(3, eventTime=None))
    [gap] = incident.gaps.current()
    assert (gap.phase, gap.kind, gap.subject, gap.run.tool) == (
        "examination",
        "unreadable",
        "times of events",
        "index",
    )
    assert gap.detail.startswith("2 events of CloudTrail have no time that could be read")
    assert incident.runs.get(tool="examine").rows == 3


def test_where_all_have_a_time_there_is_none(examined):
    assert not examined(record(1)).gaps.exists()
