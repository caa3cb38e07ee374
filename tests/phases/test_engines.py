"""An incident whose events another engine answers for, from collection to report and on its pages.

The engine is moto's Athena, which runs nothing: it is given DuckDB's rows of the same question to answer with.
"""

import pytest
from django.urls import reverse

from events import open_events
from events.athena.store import AthenaFiles
from tests.events.simulated_athena import Echo, queries_of, simulated, url_of
from tests.phases.making import artifact, log_file, record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def athena(settings, tmp_path, monkeypatch):
    """The portal with its events in S3 and its questions to Athena."""
    folder, reader = tmp_path / "rows", AthenaFiles.reader
    settings.EVENTS_URL = url_of(folder)

    def echo(store, name, **given):
        made = reader(store, name, **given)
        found = Echo(made.manifest, made._asked, 60)
        found.embedded = open_events(folder.as_uri(), store.incident).reader(name, seconds=60)
        return found

    monkeypatch.setattr(AthenaFiles, "reader", echo)
    with simulated(monkeypatch) as session:
        yield session


@pytest.fixture
def finished(athena, incident, collection, walks, work_all):
    stopped = record(2, "StopLogging", eventSource="cloudtrail.amazonaws.com", requestParameters={"name": "org"})
    walks.append([artifact("a.json", log_file(record(1), stopped))])
    work_all()
    incident.refresh_from_db()
    return incident


def test_all_phases_run_and_the_pages_show_what_athena_says(finished, athena, client, ida):
    assert {run.state for run in finished.runs.all()} == {"complete"}
    assert [one.title for one in finished.findings.detections()] == ["A CloudTrail trail was stopped or deleted"]
    assert finished.reports.count() == 1
    asked = queries_of(athena)
    client.force_login(ida)
    page = client.get(reverse("timeline", args=[finished.reference]))
    assert (page.status_code, "StopLogging" in page.text) == (200, True)
    assert len(queries_of(athena)) > len(asked) > 10
    assert all(finished.reference in query["Query"] for query in asked)
