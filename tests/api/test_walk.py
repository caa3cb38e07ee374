"""The main job as a SOAR does it: from an alert to a report, with nothing but the API."""

import hashlib
import json

import pytest

from cases.custody_check import check
from cases.models import Incident
from phases import runs
from phases.tasks import work_of
from tests.api.conftest import trail_event

QUEUES = ("collect", "examine", "analyze", "report")
ALERT = {"title": "CloudTrail was switched off", "severity": 4, "source": "soar", "source_ref": "case-4711"}


@pytest.fixture
def intake(settings, tmp_path):
    """A folder that the administrator allows to be collected, with a trail that was stopped, and junk."""
    folder = tmp_path / "intake"
    folder.mkdir()
    settings.INTAKE_DIRS = [str(folder)]
    stopped = trail_event(3) | {"eventName": "StopLogging", "eventSource": "cloudtrail.amazonaws.com"}
    (folder / "trail.json").write_text(json.dumps({"Records": [trail_event(1), stopped, trail_event(5)]}))
    (folder / "junk.json").write_text("no JSON at all")
    return folder


def do_all_work():
    """What the workers do until nothing is due."""
    while sum(runs.work_on(queue, work_of) for queue in QUEUES):
        pass


@pytest.fixture
def walked(as_rin, intake, tmp_path, memories):
    """The address of an incident that went through all four phases."""

    def walk():
        base = as_rin.post("incidents/", ALERT)["Location"]
        started = as_rin.post(f"{base}runs/", {"source": "folder", "resources": [str(intake)]})
        do_all_work()
        assert as_rin.get(started["Location"]).json()["state"] == "complete"

    memories.lay_down(walk, tmp_path)
    return f"incidents/{Incident.objects.get().reference}/"


def test_a_soar_gets_from_an_alert_to_a_report(as_rin, walked):
    phases = as_rin.get(walked).json()["phases"]
    assert [phase["work"] for phase in phases] == ["complete"] * 4
    assert phases[1]["rows"] == 3
    assert phases[1]["quarantined"] == 1


def test_the_finding_leads_to_its_event(as_rin, walked):
    found = as_rin.get(f"{walked}findings/").json()["results"][0]
    example = as_rin.get(found["url"]).json()["examples"][0]
    events = as_rin.get(f"{walked}events/", event_name="StopLogging").json()["results"]
    assert [event["src_row"] for event in events] == [example["row"]]


def test_what_could_not_be_read_is_a_gap_that_somebody_acknowledges(as_rin, walked):
    gaps = as_rin.get(f"{walked}gaps/", phase="examination", is_open="true").json()["results"]
    assert [gap["kind"] for gap in gaps] == ["quarantined"], gaps
    for gap in as_rin.get(f"{walked}gaps/").json()["results"]:
        assert as_rin.post(f"{gap['url']}acknowledgement/", {"reason": "junk"}).status_code == 200
    assert as_rin.get(f"{walked}gaps/", is_open="true").json()["results"] == []


def test_the_report_is_the_one_whose_hash_is_shown(as_rin, walked):
    report = as_rin.get(f"{walked}reports/").json()["results"][0]
    pdf = b"".join(as_rin.get(report["pdf"]).streaming_content)
    assert hashlib.sha256(pdf).hexdigest() == report["pdf_sha256"]


def test_the_log_of_the_walk_is_whole(as_rin, walked):
    reference = as_rin.get(walked).json()["reference"]
    assert check(reference).problems == ()
    assert as_rin.get(f"{walked}custody/head/").json()["size"] == check(reference).size
