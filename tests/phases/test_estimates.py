"""Counting before a start: what there is, in numbers; what cannot be counted, in words; and nothing is collected."""

from datetime import timedelta

import pytest

from cases.actions.plans import draft_plan
from cases.actions.runs import claim_run
from cases.board import board
from cases.models import AwsAccount, CollectionPlan, Evidence, Run
from phases.estimates import Budget, Line, count_plan, lines_of, request_estimate, tally, time_for
from phases.next_steps import due
from phases.plans import steps_of
from phases.prices import cost_of
from phases.requests import request_again
from phases.runs import Heart, Job
from plugins import Gap, GapKind, NotReady, Refused
from tests.phases.making import artifact
from tests.phases.planning import drafted, planned, register, step

pytestmark = pytest.mark.django_db
DENIED = Gap(GapKind.DENIED, "s3://logs/", "AccessDenied: not you")


@pytest.fixture(autouse=True)
def accounts(db):
    register()


@pytest.fixture
def scripted(incident, by_rin, walks):
    """A plan that asks the scripted source in two regions."""
    plan = planned(step("cloudtrail"), regions=("us-east-1", "eu-west-1"))
    row = plan.draft()
    row.steps[0] |= {"source": "scripted", "resources": []}
    return draft_plan(incident=incident, draft=row, by=by_rin)


def counted(plan, by, work):
    """The lines after a worker has counted."""
    request_estimate(plan=plan, by=by)
    work("collect")
    plan.refresh_from_db()
    return lines_of(plan)


def test_what_there_is_is_counted_and_not_read(scripted, by_rin, walks, work):
    opens = []
    walks += [[artifact("a", b"1234", opens), artifact("b", size=None)], [artifact("c", b"12")]]
    first, second = counted(scripted, by_rin, work)
    assert (first.state, first.objects, first.size, first.unsized) == ("counted", 2, 4, 1)
    assert (second.region, second.objects, second.stored) == ("eu-west-1", 1, 1)
    assert opens == []


def test_nothing_is_collected_and_no_phase_counts_it(scripted, by_rin, walks, work, incident):
    walks += [[artifact("a")], []]
    counted(scripted, by_rin, work)
    assert not Evidence.objects.exists()
    assert [state.units_planned for state in board(incident)] == [0, 0, 0, 0]
    assert {state.work for state in board(incident)} == {"not_started"}
    assert due(incident) == []


def test_what_aws_refuses_is_said_in_its_words(scripted, by_rin, walks, work):
    walks += [[DENIED], [artifact("a"), DENIED]]
    first, second = counted(scripted, by_rin, work)
    assert (first.gaps, first.words) == (1, "s3://logs/: AccessDenied: not you")
    assert (second.objects, second.gaps) == (1, 1)


@pytest.mark.parametrize(
    ("problem", "words"),
    [(NotReady(5, "the report is being written"), "AWS has to prepare it first"), (Refused("no role"), "no role")],
)
def test_what_cannot_be_counted_is_unknown_with_its_reason(scripted, by_rin, walks, work, problem, words):
    walks += [[problem], []]
    first, second = counted(scripted, by_rin, work)
    assert first.state == "unknown"
    assert words in first.words
    assert second.state == "counted"


def test_an_account_without_a_role_is_said(incident, by_rin, work):
    plan = drafted(incident, by_rin, step("cloudtrail"))
    AwsAccount.objects.update(read_role_arn="")
    (line,) = counted(plan, by_rin, work)
    assert (line.state, "has no read role" in line.words) == ("unknown", True)


def test_what_may_not_come_here_is_not_even_asked_for(incident, by_rin, work):
    plan = drafted(incident, by_rin, step("cloudtrail"))
    AwsAccount.objects.update(jurisdiction="eu")
    (line,) = counted(plan, by_rin, work)
    assert (line.state, "may not come to local" in line.words) == ("unknown", True)


def test_what_changes_aws_is_never_asked(incident, by_rin, work):
    named = {"instances": ("i-00000001", "i-00000002", "i-00000003")}
    plan = drafted(incident, by_rin, step("ebs_snapshots", needs=("instances",)), resources=named)
    (line,) = counted(plan, by_rin, work)
    assert (line.state, line.objects) == ("acts", 3)


def test_more_than_the_budget_is_at_least():
    line = tally(Line("s", "", ""), (artifact(str(n)) for n in range(10)), Budget(objects=4), lambda: None)
    assert (line.state, line.objects) == ("at_least", 4)


def test_time_that_is_up_is_said_line_by_line(scripted, by_rin):
    run = request_estimate(plan=scripted, by=by_rin)
    lease = claim_run(run=run, worker="test")
    count_plan(Job(run, lease, Heart(lease)), scripted, Budget(total=-1))
    scripted.refresh_from_db()
    assert [line.words for line in lines_of(scripted)] == ["not counted: time was up"] * 2


def test_asked_again_while_it_counts_it_is_the_same_run(scripted, by_rin):
    assert request_estimate(plan=scripted, by=by_rin) == request_estimate(plan=scripted, by=by_rin)


def test_counting_again_is_still_no_work_of_the_phase(scripted, by_rin, walks, work):
    walks += [[], [], [], []]
    counted(scripted, by_rin, work)
    again, is_new = request_again(run=Run.objects.get(), by=by_rin)
    assert (is_new, again.is_newest) == (True, False)


def test_the_simulated_archive_is_counted(incident, by_rin, simulated, monkeypatch, work):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "simulation")
    AwsAccount.objects.all().delete()
    for row in simulated["accounts"]:
        AwsAccount.objects.create(**row | {"jurisdiction": "local", "region_jurisdictions": {}})
    start, end = simulated["window"]
    fields = {
        "start": type(incident.opened_at).fromisoformat(start),
        "end": type(incident.opened_at).fromisoformat(end),
    }
    (line,) = counted(drafted(incident, by_rin, step("cloudtrail"), **fields), by_rin, work)
    assert (line.state, line.words) == ("counted", "")
    assert line.stored > 20
    assert line.size > 1000


def test_the_price_is_that_of_requests_and_at_most_of_the_way_out():
    cost = cost_of(1_000_000, 10**9)
    assert cost.low == pytest.approx(0.4 + 0.005)
    assert cost.high - cost.low == pytest.approx(0.09)


def test_time_is_unknown_until_something_was_collected(collection, walks, work):
    assert time_for(100, 4) is None
    walks.append([artifact("a"), artifact("b")])
    work("collect")
    run = Run.objects.get(tool="scripted")
    Run.objects.filter(pk=run.pk).update(started_at=run.ended_at - timedelta(seconds=10))
    assert time_for(100, 4) == timedelta(seconds=125)


def test_a_plan_without_a_place_is_counted_at_once(incident, by_rin, work):
    plan = drafted(incident, by_rin, step("volcano_logs"))
    assert counted(plan, by_rin, work) == []
    assert CollectionPlan.objects.get(pk=plan.pk).estimate["is_done"]
    assert steps_of(plan)[0].places == ()
