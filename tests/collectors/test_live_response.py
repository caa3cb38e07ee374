"""Live response: one archive for each machine, by a document that brings no program with it."""

import tarfile

import pytest

from collectors import sources
from collectors.live_response import collect
from tests.collectors.machines import NUMBER, heard, ready, scope_of, settings_of
from tests.simulation.running import session_in


def resources(facts, folder):
    """What the conformance tests ask for."""
    return [facts["instance"]]


def settings(facts):
    """What the conformance tests have set."""
    return settings_of(facts)


@pytest.fixture
def found(simulated, tmp_path):
    """The archive of the instance, and the command that was sent for it."""
    aws = session_in(NUMBER, role="ForensicsAcquire")
    calls = heard(aws, "SendCommand")
    [artifact], _ = ready(collect, scope_of(simulated, simulated["instance"], label=f"test:{tmp_path.name}"), aws)
    return artifact, calls[0]


def test_it_is_an_archive_of_text_files(found):
    with found[0].open() as stream, tarfile.open(fileobj=stream, mode="r|gz") as archive:
        assert "live-response/10-processes.txt" in archive.getnames()


def test_it_brings_no_program(found):
    assert set(found[1]["Parameters"]) == {"PlanUrl", "PlanSha256", "PartBytes"}


def test_what_is_gone_soonest_is_asked_first():
    order = sorted(sources, key=lambda source: source.volatility)
    names = [source.name for source in order]
    assert [name for name in names if name in ACTING] == list(ACTING)
    assert names[-1] == "folder"


ACTING = ("memory", "live_response", "ebs_snapshots", "ebs_image", "cloudtrail")
