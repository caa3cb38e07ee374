import pytest

from cases.actor import Actor
from cases.coverage import matrix_of
from phases.coverage_rows import coverage_rows
from phases.plan_runs import start
from phases.snapshots import snapshot_of
from tests.phases.planning import PROD, START, drafted, register, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def started(incident, rin):
    register()
    start(plan=drafted(incident, Actor(rin), step("cloudtrail"), step("volcano_logs")), by=Actor(rin))
    return incident


def test_each_cell_that_says_something_is_a_row(started):
    first, second = coverage_rows(matrix_of(started))
    assert (first["title"], first["name"], first["state"]) == ("CloudTrail log files", "prod-web", "planned")
    assert (second["title"], second["account"], second["reason"]) == (
        "volcano logs",
        PROD,
        "not available in this portal",
    )


def test_a_report_has_the_matrix_and_the_window_of_the_incident(started):
    type(started).objects.update(actual_start_at=START)
    started.refresh_from_db()
    snapshot = snapshot_of(started, version=1, prepared_by="Rin")
    assert len(snapshot.coverage) == 2
    assert snapshot.incident["window"] == ["2026-11-22T21:00:00+00:00", "2026-11-23T03:00:00+00:00"]
