"""An analysis depends on the databases of addresses where there are any, and on nothing new where there are none."""

from io import StringIO

import pytest
from django.core.management import call_command

from analyzers import analyzers
from cases.actions.runs import hash_of
from cases.models import LEADS, Answer, Finding, GapRecord, Phase
from phases.next_steps import advance, inputs_of, rules_version
from phases.replays import replays
from phases.runs import sweep
from phases.snapshots import snapshot_of
from tests import mmdb
from tests.phases.making import artifact, log_file, record

pytestmark = pytest.mark.django_db


def calls(address, hours):
    return [
        record(number, eventTime=f"2026-11-{22 + hour // 24}T{hour % 24:02}:00:00Z", sourceIPAddress=address)
        for number, hour in enumerate(hours, start=hours.start)
    ]


CALLS = log_file(*calls(mmdb.HOME, range(40)), *calls(mmdb.AWAY, range(40, 42)))


@pytest.fixture
def files(tmp_path):
    return [mmdb.write_city(tmp_path), mmdb.write_asn(tmp_path)]


@pytest.fixture
def run_through(incident, collection, walks, work_all):
    """Collect, examine and analyse calls from home and, in the end, two from elsewhere."""

    def run():
        walks.append([artifact("log.json", CALLS)])
        work_all()
        sweep()
        work_all()
        incident.refresh_from_db()
        return incident

    return run


@pytest.fixture
def analysed(incident, run_through, tmp_path, memories):
    """That, done without databases."""

    def without_databases():
        run_through()

    memories.lay_down(without_databases, tmp_path)
    incident.refresh_from_db()
    return incident


@pytest.fixture
def asked(incident, run_through, files, settings, tmp_path, memories):
    """That, done while both databases were there."""
    settings.GEO_DATABASES = files

    def with_databases():
        run_through()

    memories.lay_down(with_databases, tmp_path)
    incident.refresh_from_db()
    return incident


def inputs(incident, tool=LEADS):
    return inputs_of(incident, analyzers.get(tool), rules_version())


def states(incident):
    return {replay.run.tool: replay.state for replay in replays(incident)}


def signals():
    found = Finding.objects.leads()
    return {lead.entity_kind for lead in found if "AS14061 DigitalOcean in NL" in lead.explanation}


def test_without_databases_the_inputs_are_what_they_were_before_there_could_be_any(incident):
    old = {"events": incident.events_inputs, "rules": rules_version(), "version": analyzers.get(LEADS).version}
    assert inputs(incident) == hash_of(old)
    assert analyzers.get(LEADS).version == 4


def test_the_inputs_of_the_leads_alone_depend_on_the_databases(incident, settings, files):
    others = [tool.name for tool in analyzers if tool.name != LEADS]
    before, others_before = inputs(incident), [inputs(incident, name) for name in others]
    settings.GEO_DATABASES = files
    assert inputs(incident) != before
    assert [inputs(incident, name) for name in others] == others_before


@pytest.mark.parametrize("change", [{"built": mmdb.BUILT + 60}, {"kind": "Other"}, {"languages": ["de"]}])
def test_type_build_and_bytes_of_each_are_what_counts(incident, settings, files, tmp_path, change):
    settings.GEO_DATABASES = files
    before = inputs(incident)
    settings.GEO_DATABASES = [files[0], mmdb.write_asn(tmp_path, "new.mmdb", **change)]
    assert inputs(incident) != before


def test_the_place_of_the_file_does_not(incident, settings, files, tmp_path):
    settings.GEO_DATABASES = files
    before = inputs(incident)
    settings.GEO_DATABASES = [files[0].rename(tmp_path / "city"), files[1].rename(tmp_path / "asn")]
    assert inputs(incident) == before


def test_a_new_database_makes_the_leads_due_again_and_they_are_replayable(analysed, settings, files, work_all):
    incident = analysed
    assert signals() == set()
    settings.GEO_DATABASES = files
    assert [tool for tool, state in states(incident).items() if state == "changed"] == [LEADS]
    assert [run.tool for run in advance(incident)] == [LEADS]
    work_all()
    assert signals() == {"principal", "address"}
    assert set(states(incident).values()) == {"same"}


def test_with_the_databases_gone_nothing_can_be_compared(asked, files):
    incident = asked
    files[1].unlink()
    assert [tool for tool, state in states(incident).items() if state == "changed"] == [LEADS]
    with pytest.raises(SystemExit) as ended:
        call_command("replay", incident.reference, stdout=StringIO())
    assert ended.value.code == 3


def test_the_report_names_the_databases_that_were_asked_by_build_and_hash(asked, settings):
    incident = asked
    settings.GEO_DATABASES = []  # what is configured later was not asked
    rows = [row for row in snapshot_of(incident, version=1, prepared_by="Rin").methods if "GeoLite2" in row["name"]]
    assert [row["name"] for row in rows] == [
        f"GeoLite2-{kind}, built 2026-11-22 00:00:00 UTC" for kind in ("ASN", "City")
    ]
    assert {len(row["version"]) for row in rows} == {64}
    assert {row["phase"] for row in rows} == {"Analysis"}
    assert "2 addresses" in rows[0]["detail"]


def test_without_databases_the_report_names_none(analysed):
    incident = analysed
    names = [row["name"] for row in snapshot_of(incident, version=1, prepared_by="Rin").methods]
    assert LEADS in names
    assert len(names) == len(set(incident.runs.newest().exclude(phase=Phase.REPORTING).values_list("tool", flat=True)))


def test_a_file_that_cannot_be_asked_is_a_gap_and_the_rest_is_asked(run_through, settings, files, tmp_path):
    missing = tmp_path / "missing.mmdb"
    settings.GEO_DATABASES = [*files, missing]
    run_through()
    gap = GapRecord.objects.get(subject=str(missing))
    assert "there is no such file" in gap.detail
    assert Answer.objects.get(question=str(missing), run__is_newest=True).error == gap.detail
    assert signals() == {"principal", "address"}
