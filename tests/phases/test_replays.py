"""The same events and rules give the same result, and what is not the same is said."""

import shutil
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from analyzers.stix import read_text
from cases.actor import Actor
from cases.models import Finding, Incident, Phase, Run
from phases.indicators import take_in
from phases.next_steps import advance
from phases.replays import replays
from phases.runs import sweep
from plugins import Refused
from tests.phases.making import artifact, log_file, record

pytestmark = pytest.mark.django_db
DEEDS = log_file(*(record(number, "StopLogging", eventSource="cloudtrail.amazonaws.com") for number in range(3)))


@pytest.fixture
def analysed(incident, collection, walks, work_all, tmp_path, memories):
    """An incident whose few events were collected, examined and analysed."""

    def run_through():
        walks.append([artifact("log.json", DEEDS)])
        work_all()
        sweep()
        work_all()

    memories.lay_down(run_through, tmp_path)
    incident.refresh_from_db()
    assert incident.runs.filter(phase=Phase.ANALYSIS, state="complete").exists()
    return incident


def states(incident):
    return {replay.run.tool: replay.state for replay in replays(incident)}


def told(incident):
    out = StringIO()
    call_command("replay", incident.reference, stdout=out)
    return out.getvalue()


def test_the_same_events_give_the_same_results(analysed):
    assert set(states(analysed).values()) == {"same"}
    assert "the same result" in told(analysed)


def test_a_replay_writes_nothing(analysed):
    before = list(Run.objects.values_list("pk", "state", "result_hash"))
    states(analysed)
    assert list(Run.objects.values_list("pk", "state", "result_hash")) == before


def test_a_result_that_was_changed_is_found(analysed):
    Run.objects.filter(tool="sigma").update(result_hash="0" * 64)
    assert states(analysed)["sigma"] == "different"
    with pytest.raises(SystemExit) as ended:
        told(analysed)
    assert ended.value.code == 1


def test_changed_rules_are_nothing_to_compare(analysed, settings, tmp_path):
    settings.RULES_DIRS = [*settings.RULES_DIRS, str(tmp_path)]
    (tmp_path / "mine.yml").write_text("title: mine\n")
    assert set(states(analysed).values()) == {"changed"}
    with pytest.raises(SystemExit) as ended:
        told(analysed)
    assert ended.value.code == 3


def test_new_indicators_are_nothing_to_compare_until_they_were_asked_about(analysed, rin, work_all):
    Incident.objects.update(auto_advance=False)
    indicators = read_text("arn:aws:iam::111122223333:user/ci-deploy\nevil.example", "typed")
    take_in(incident=analysed, reading=indicators, by=Actor(rin))
    assert [tool for tool, state in states(analysed).items() if state == "changed"] == ["indicators"]
    advance(analysed, by=Actor(rin))
    work_all()
    assert Finding.objects.get(tool="indicators").count == 3
    assert set(states(analysed).values()) == {"same"}


def test_without_events_there_is_nothing_to_ask(incident):
    with pytest.raises(Refused, match="no events"):
        list(replays(incident))
    with pytest.raises(CommandError, match="no events"):
        told(incident)


def test_an_incident_that_is_not_there_is_named(db):
    with pytest.raises(CommandError, match="there is no incident FP-0"):
        call_command("replay", "FP-0")


def test_the_same_files_on_another_machine_give_the_same_results(analysed, settings, tmp_path):
    """Another machine: another place of the events and another engine, opened anew."""
    first = {replay.run.tool: replay.found for replay in replays(analysed)}
    old = settings.EVENTS_URL.removeprefix("file://")
    new = tmp_path / "elsewhere"
    shutil.copytree(old, new)
    settings.EVENTS_URL = new.as_uri()
    assert {replay.run.tool: replay.found for replay in replays(analysed)} == first
