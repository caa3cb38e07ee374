"""Sources that take pieces together, through the whole of the collection phase, in the simulated AWS."""

import tarfile
from datetime import datetime

import pytest

from cases.models import AwsAccount, Evidence, GapRecord, Member, Run
from cases.stores import vault_of
from phases.collection import workdir_of
from phases.requests import Wish, request_collection
from tests.collectors.machines import NUMBER, settings_of


@pytest.fixture
def account(db, simulated, settings, monkeypatch):
    """prod-web as the portal knows it, and what the organisation has set for its machines."""
    made = settings_of(simulated)
    settings.STAGING_BUCKET = made["staging"].replace(NUMBER, "{account}").replace("us-east-1", "{region}")
    settings.MEMORY_TOOLS = made["tools"]
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "simulation")
    row = next(row for row in simulated["accounts"] if row["account"] == NUMBER)
    return AwsAccount.objects.create(**row | {"jurisdiction": "local", "region_jurisdictions": {}})


@pytest.fixture
def collected(account, simulated, incident, by_rin, work):
    """``collected(source, resource)``: the run, worked on until it waits for nothing, and how often it was."""

    def collect(source, resource):
        start, end = map(datetime.fromisoformat, simulated["window"])
        wish = Wish(source, NUMBER, "us-east-1", start, end, (resource,))
        run, _ = request_collection(incident=incident, wish=wish, by=by_rin)
        looks = 0
        while Run.objects.get(pk=run.pk).state == "queued" and looks < 5:
            work("collect")
            looks += 1
        return Run.objects.get(pk=run.pk), looks

    return collect


def test_memory_is_sealed_with_the_hash_that_the_machine_gave(collected, simulated):
    run, looks = collected("memory", simulated["instance"])
    member = Member.objects.get()
    assert (run.state, run.error, looks) == ("complete", "", 3)
    assert member.sha256 == member.notes["host_sha256"]
    assert (run.evidence.kind, run.evidence.state) == ("memory", "sealed")


def test_live_response_is_kept_as_the_archive_that_came(collected, simulated, incident):
    run, _ = collected("live_response", simulated["instance"])
    [part] = run.evidence.parts.all()
    with vault_of(incident).open(part.sha256) as stream, tarfile.open(fileobj=stream) as archive:
        assert archive.getnames()[0] == "live-response/10-processes.txt"


def test_a_disk_is_stored_whole_and_its_blocks_are_not_kept_beside_it(collected, simulated):
    run, _ = collected("ebs_image", simulated["services"]["ebs"]["snapshot"])
    assert (run.state, Member.objects.get().size) == ("complete", 8 * 2**20)
    assert run.evidence.integrity == Evidence.Integrity.FULL_HASH_REREAD
    assert not workdir_of(run).exists()


def test_without_a_bucket_the_run_fails_and_says_what_to_set(collected, simulated, settings):
    settings.STAGING_BUCKET = ""
    run, _ = collected("memory", simulated["instance"])
    assert (run.state, GapRecord.objects.count()) == ("failed", 0)
    assert "set STAGING_BUCKET" in run.error
