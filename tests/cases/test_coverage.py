from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from cases.actions.examinations import Judgement, record_verdicts
from cases.actions.plans import draft_plan, start_plan
from cases.actions.runs import Exhibit, Order, claim_run, create_run, end_run
from cases.actions.units import note_gaps
from cases.actor import Actor
from cases.coverage import matrix_of
from cases.models import AwsAccount, Phase, Run
from plugins import Gap, GapKind, Window
from tests.dashboard import casework
from tests.phases import planning

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 22, 21, tzinfo=UTC)


@pytest.fixture
def collected(incident, rin):
    """``collected("cloudtrail", gaps=[...], members=3)``: a collection from us-east-1 that has ended."""

    def collect(tool="cloudtrail", gaps=(), account="111122223333", region="us-east-1", window=None, **fields):
        scope = {"account": account, "region": region, "start": str(Run.objects.count())}
        exhibit = Exhibit(tool, "logs", tool, account=account, region=region, window=window)
        run = create_run(incident, Order(Phase.COLLECTION, tool, tool, scope, exhibit=exhibit), Actor(rin))
        lease = claim_run(run=run, worker="test")
        note_gaps(lease=lease, gaps=[Gap(kind, "subject", "detail") for kind in gaps])
        end_run(lease=lease)
        Run.objects.filter(pk=run.pk).update(**fields)
        return run

    return collect


def only_cell(incident):
    (row,) = matrix_of(incident).rows
    (cell,) = row.cells
    return cell


def test_nothing_asked_is_no_matrix(incident):
    assert matrix_of(incident).rows == []


def test_what_is_held_is_counted(incident, collected):
    collected(members=3)
    collected(members=4)
    assert (only_cell(incident).state, only_cell(incident).members) == ("collected", 7)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"members": 0}, "empty"),
        ({"members": 0, "gaps": [GapKind.DENIED]}, "denied"),
        ({"members": 0, "gaps": [GapKind.NOT_ENABLED]}, "not_enabled"),
        ({"members": 0, "gaps": [GapKind.DENIED, GapKind.NOT_ENABLED]}, "partial"),
        ({"members": 2, "gaps": [GapKind.DENIED]}, "partial"),
        ({"members": 0, "gaps": [GapKind.TOO_LARGE]}, "partial"),
        ({"state": "failed"}, "failed"),
        ({"state": "dead"}, "failed"),
        ({"state": "queued"}, "planned"),
        ({"state": "running"}, "running"),
        ({"state": "cancelled"}, "cancelled"),
    ],
)
def test_each_cell_says_why(incident, collected, fields, state):
    collected(**fields)
    assert only_cell(incident).state == state


def test_the_gravest_collection_speaks_for_its_cell(incident, collected):
    collected(members=5)
    failed = collected(state="failed")
    assert (only_cell(incident).state, only_cell(incident).run.pk) == ("failed", failed.pk)


def test_a_source_that_was_not_asked_of_a_place_is_no_cell(incident, collected):
    collected("cloudtrail", region="us-east-1", members=1)
    collected("ebs_snapshots", region="eu-west-1", members=1)
    matrix = matrix_of(incident)
    assert matrix.sources == ["cloudtrail", "ebs_snapshots"]
    assert [[cell and cell.state for cell in row.cells] for row in matrix.rows] == [
        [None, "collected"],
        ["collected", None],
    ]


def test_accounts_go_by_their_names(incident, collected):
    AwsAccount.objects.create(account="111122223333", name="prod-web", kind="workload")
    collected(members=1)
    assert matrix_of(incident).rows[0].name == "prod-web"


@pytest.fixture
def judged(incident, rin):
    """``judged(run, "altered", "valid")``: what a validator said of that collection's files, one word each."""

    def judge(run, *states):
        lease, unit = casework.leased(incident, rin, Phase.EXAMINATION, "cloudtrail_digest")
        words = [Judgement(f"{place}.json.gz", state, "", run.evidence_id) for place, state in enumerate(states)]
        record_verdicts(lease=lease, unit=unit, verdicts=words, gaps=[])

    return judge


@pytest.mark.parametrize(
    ("states", "doubt"),
    [
        (["altered", "valid"], "1 file altered"),
        (["missing", "missing"], "2 files missing"),
        (["altered", "missing"], "1 file altered, 1 file missing"),
    ],
)
def test_a_cell_whose_files_are_not_what_aws_wrote_is_partial(incident, collected, judged, states, doubt):
    judged(collected(members=3), *states)
    assert (only_cell(incident).state, only_cell(incident).doubt) == ("partial", doubt)


@pytest.mark.parametrize("state", ["valid", "no_digest", "unlisted", "unverifiable"])
def test_files_that_nothing_speaks_against_leave_a_cell_collected(incident, collected, judged, state):
    judged(collected(members=3), state)
    assert (only_cell(incident).state, only_cell(incident).doubt) == ("collected", "")


def test_a_failed_collection_stays_failed_whatever_is_said_of_its_files(incident, collected, judged):
    judged(collected(state="failed"), "altered")
    assert (only_cell(incident).state, only_cell(incident).doubt) == ("failed", "1 file altered")


def test_only_the_place_that_the_files_came_from_is_marked(incident, collected, judged):
    judged(collected(members=3), "altered")
    collected(region="eu-west-1", members=2)
    assert [cell.state for row in matrix_of(incident).rows for cell in row.cells] == ["collected", "partial"]


# time


def hours(first, last):
    return Window(START + timedelta(hours=first), START + timedelta(hours=last))


@pytest.fixture
def six_hours(incident):
    """The incident began at START and was contained six hours later."""
    type(incident).objects.update(actual_start_at=START, contained_at=START + timedelta(hours=6))
    incident.refresh_from_db()
    return incident


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ([(0, 6)], []),
        ([(-5, 9)], []),
        ([(1, 3)], [(0, 1), (3, 6)]),
        ([(0, 2), (4, 6)], [(2, 4)]),
        ([(3, 6), (0, 3)], []),
        ([(8, 9)], [(0, 6)]),
    ],
)
def test_what_of_the_incident_no_window_covers_is_said(six_hours, collected, asked, left):
    for one in asked:
        collected(members=1, window=hours(*one))
    cell = only_cell(six_hours)
    assert [window.start for window in cell.windows] == sorted(hours(*one).start for one in asked)
    assert cell.uncovered == tuple(hours(*one) for one in left)


def test_a_refusal_says_its_state_and_not_what_of_time_is_missing(six_hours, collected):
    collected(members=0, gaps=[GapKind.DENIED], window=hours(1, 2))
    assert (only_cell(six_hours).state, only_cell(six_hours).uncovered) == ("denied", ())


def test_while_it_lasts_the_last_moment_asked_for_is_its_end(incident, collected):
    type(incident).objects.update(actual_start_at=START)
    incident.refresh_from_db()
    collected(members=1, window=hours(0, 2))
    collected(members=1, region="eu-west-1", window=hours(0, 5))
    assert [row.cells[0].uncovered for row in matrix_of(incident).rows] == [(), (hours(2, 5),)]


def test_what_is_still_to_come_is_missing_nowhere(incident, collected):
    now = timezone.now()
    type(incident).objects.update(actual_start_at=now - timedelta(hours=2))
    incident.refresh_from_db()
    collected(members=1, window=Window(now - timedelta(hours=2), now + timedelta(days=1)))
    assert matrix_of(incident).window.end <= timezone.now()


def test_a_step_that_looks_further_than_its_plan_makes_the_incident_no_longer(incident, started, collected):
    type(incident).objects.update(actual_start_at=planning.START)
    incident.refresh_from_db()
    started(planning.step("cloudtrail"))
    end = planning.START + timedelta(hours=6)
    collected(members=1, window=Window(planning.START, end + timedelta(days=1)))
    assert matrix_of(incident).window.end == end


def test_an_incident_that_began_nobody_knows_when_has_no_window(incident, collected):
    collected(members=1, window=hours(0, 2))
    assert (matrix_of(incident).window, only_cell(incident).uncovered) == (None, ())


# what plans want


@pytest.fixture
def started(incident, rin):
    """``started(step, ...)``: a plan of these steps that a person has started and no worker has looked at."""
    planning.register()

    def start(*steps, **fields):
        draft = planning.planned(*steps, **fields).draft()
        plan = draft_plan(incident=incident, draft=draft, by=Actor(rin))
        start_plan(plan=plan, by=Actor(rin))

    return start


def states(incident):
    matrix = matrix_of(incident)
    return {
        (row.account, row.region, source): (cell.state, cell.reason)
        for row in matrix.rows
        for source, cell in zip(matrix.sources, row.cells, strict=True)
        if cell
    }


def test_what_a_plan_asks_for_in_a_moment_is_planned(incident, started):
    started(planning.step("cloudtrail"))
    assert states(incident) == {(planning.PROD, "us-east-1", "cloudtrail"): ("planned", "in the queue of the plan")}


def test_what_a_plan_cannot_ask_is_not_requested_and_says_why(incident, started):
    started(planning.step("volcano_logs"), planning.step("ebs_snapshots", needs=("instances",)))
    assert states(incident) == {
        (planning.PROD, "us-east-1", "volcano_logs"): ("not_requested", "not available in this portal"),
        (planning.PROD, "us-east-1", "ebs_snapshots"): ("not_requested", "none was named: instances"),
    }


def test_a_draft_wants_nothing(incident, rin):
    planning.register()
    planning.drafted(incident, Actor(rin), planning.step("cloudtrail"))
    assert states(incident) == {}


def test_a_run_says_more_than_its_plan(incident, started, collected):
    started(planning.step("cloudtrail"))
    collected(members=2)
    assert states(incident) == {(planning.PROD, "us-east-1", "cloudtrail"): ("collected", "")}


def test_an_account_with_evidence_that_the_plan_does_not_name_is_wanting(incident, started, collected):
    started(planning.step("cloudtrail"), accounts=(planning.BUILD,))
    collected("ebs_snapshots", members=1)
    key = (planning.PROD, "us-east-1", "cloudtrail")
    assert states(incident)[key] == ("not_requested", "not in the scope of the plan")


def test_an_account_of_another_kind_than_the_step_means_is_not_wanting(incident, started, collected):
    started(planning.step("cloudtrail", accounts="log_archive"))
    collected("ebs_snapshots", members=1)
    assert (planning.PROD, "us-east-1", "cloudtrail") not in states(incident)


def test_of_two_plans_the_newer_says_why(incident, started):
    started(planning.step("cloudtrail"), leave_out=("cloudtrail",))
    started(planning.step("cloudtrail"))
    assert list(states(incident).values()) == [("planned", "in the queue of the plan")]


def test_a_part_of_the_matrix_has_only_the_sources_that_say_something_there(incident, collected):
    collected("cloudtrail", region="us-east-1", members=1)
    collected("ebs_snapshots", region="eu-west-1", members=1)
    part = matrix_of(incident).of(region="eu-west-1")
    assert (part.sources, [row.region for row in part.rows]) == (["ebs_snapshots"], ["eu-west-1"])
    assert part.counts == {"collected": 1}


def test_what_was_brought_in_is_of_no_account_and_region(incident, collected):
    collected(members=1)
    collected("folder", account="", region="", members=4)
    matrix = matrix_of(incident)
    assert (len(matrix.rows), matrix.sources) == (2, ["cloudtrail", "folder"])
    assert [(row.account, row.region) for row in matrix.in_accounts.rows] == [("111122223333", "us-east-1")]
    assert matrix.in_accounts.sources == ["cloudtrail"]
    assert matrix.blanks == 0  # of an account nobody can want a folder


def test_it_costs_as_many_queries_however_much_there_is(incident, started, collected, django_assert_num_queries):
    started(*(planning.step(f"source_{n}") for n in range(30)), regions=("us-east-1", "eu-west-1", "us-west-2"))
    for region in ("us-east-1", "eu-west-1"):
        collected(region=region, members=1)
    with django_assert_num_queries(5):
        matrix = matrix_of(incident)
    assert len(matrix.sources) == 31
    assert matrix.is_large == (31 * 3 > 96)


SNAPSHOTS_AND_IMAGES = (
    planning.step("ebs_snapshots", needs=("instances",)),
    planning.step("ebs_image", follows="ebs_snapshots"),
)
NAMED = {"resources": {"instances": ("i-0123456789abcdef0",)}}
IMAGES = (planning.PROD, "us-east-1", "ebs_image")


def test_what_follows_a_step_waits_for_it(incident, started):
    started(*SNAPSHOTS_AND_IMAGES, **NAMED)
    assert states(incident)[IMAGES] == ("planned", "waits for what ebs_snapshots makes")


def test_what_follows_a_step_that_made_nothing_will_never_be_asked(incident, started, collected):
    started(*SNAPSHOTS_AND_IMAGES, **NAMED)
    collected("ebs_snapshots", members=0)
    assert states(incident)[IMAGES] == ("not_requested", "ebs_snapshots made nothing that it could follow")


def test_cells_that_nobody_wanted_are_counted(incident, collected):
    collected("cloudtrail", region="us-east-1", members=1)
    collected("ebs_snapshots", region="eu-west-1", members=1)
    assert matrix_of(incident).blanks == 2
