import pytest

from cases.actions.findings import acknowledge_gap
from cases.actions.runs import cancel_run, end_run, put_back, say_doing
from cases.actions.units import close_unit_with_gaps, note_gaps, store_part
from cases.board import board, unit_strip
from cases.models import GapRecord, Phase, Run
from plugins import Gap, GapKind
from tests.cases.making import asked, claimed, collection, part_of, planned

DENIED = Gap(GapKind.DENIED, "s3://logs", "no")


@pytest.fixture
def first(incident):
    """Call it: the state of collection as the board shows it now."""
    return lambda: board(incident)[0]


def test_the_phases_are_four_and_nothing_has_begun(incident):
    states = board(incident)
    assert [state.phase for state in states] == list(Phase)
    assert {state.work for state in states} == {"not_started"}


def test_queued_or_running_is_in_progress(first, run):
    assert (first().work, first().runs_active) == ("in_progress", 1)
    claimed(run)
    assert first().work == "in_progress"


@pytest.mark.parametrize(
    ("state", "work"), [("complete", "complete"), ("cancelled", "complete"), ("failed", "failed"), ("dead", "failed")]
)
def test_how_a_run_ended_is_how_its_phase_stands(first, run, state, work):
    Run.objects.update(state=state)
    assert first().work == work


def test_work_that_goes_on_hides_no_failure_afterwards(first, incident, run, by_rin):
    Run.objects.update(state="failed")
    asked(incident, by_rin, collection("more"))
    assert (first().work, first().runs_failed) == ("in_progress", 1)


def test_a_run_done_again_is_the_one_that_counts(first, incident, run, by_rin):
    Run.objects.update(state="failed", members=7)
    again = asked(incident, by_rin)
    Run.objects.filter(pk=again.pk).update(state="complete", members=2)
    assert (first().work, first().members) == ("complete", 2)


def test_gaps_are_a_value_of_their_own(first, lease, by_ida):
    note_gaps(lease=lease, gaps=[DENIED, Gap(GapKind.MISSING, "x", "")])
    acknowledge_gap(gap=GapRecord.objects.first(), by=by_ida)
    end_run(lease=lease)
    assert (first().work, first().gaps_open, first().gaps_acknowledged, first().gaps) == ("complete", 1, 1, 2)


def test_it_counts_what_was_stored(first, lease, unit):
    planned(lease, number=2)
    store_part(lease=lease, unit=unit, part=part_of("evidence"))
    assert (first().units_done, first().units_planned, first().members, first().size) == (1, 2, 1, 8)


def test_it_says_what_is_happening(first, lease):
    say_doing(lease=lease, doing="fetching trail.json")
    assert first().doing == "logs: fetching trail.json"


def test_it_says_what_is_waited_for(first, lease, settings):
    put_back(lease=lease, seconds=60, waiting_for="the export is running", patience=settings.AXES_COOLOFF_TIME)
    assert first().doing == "logs: the export is running"


def test_it_asks_the_database_four_times_however_many_runs_there_are(incident, by_rin, django_assert_num_queries):
    for number in range(5):
        asked(incident, by_rin, collection(str(number)))
    with django_assert_num_queries(4):
        board(incident)


def test_the_strip_counts_units_by_how_they_ended(incident, lease, unit, by_ida):
    close_unit_with_gaps(lease=lease, unit=planned(lease, number=2), gaps=[DENIED])
    store_part(lease=lease, unit=unit, part=part_of())
    planned(lease, number=3)
    assert unit_strip(incident)["collection"] == [("done", 1), ("planned", 1), ("denied", 1)]


def test_cancelling_a_run_cancels_what_it_had_planned(incident, lease, unit, by_ida):
    cancel_run(run=Run.objects.get(), by=by_ida, reason="no")
    assert unit_strip(incident)["collection"] == [("cancelled", 1)]
