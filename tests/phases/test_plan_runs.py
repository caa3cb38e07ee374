"""A started plan becomes runs, all of them under one request, whoever dies meanwhile."""

from datetime import timedelta

import pytest

from cases.actions.runs import cancel_run, end_run
from cases.actions.units import StoredMember, StoredPart, note_gaps, seal_exhibit, store_part
from cases.board import board
from cases.coverage import matrix_of
from cases.models import AwsAccount, CollectionPlan, CustodyEntry, EvidencePart, Phase, Run
from phases import plan_runs
from phases.next_steps import advance
from phases.plan_runs import advance_plans, runs_of, start
from phases.runs import sweep
from plugins import Gap, GapKind, Refused
from tests.cases.making import claimed, planned, sha
from tests.phases.planning import BUILD, PROD, START, drafted, register, step

pytestmark = pytest.mark.django_db
SNAPSHOTS = step("ebs_snapshots", needs=("instances",))
IMAGE = step("ebs_image", follows="ebs_snapshots")
NAMED = {"resources": {"instances": ("i-00000001",)}}


@pytest.fixture(autouse=True)
def accounts(db):
    register()


@pytest.fixture
def regions(accounts):
    """Sixty regions that the account was registered with: more than one transaction asks for."""
    many = tuple(f"us-west-{number}" for number in range(60))
    AwsAccount.objects.filter(account=PROD).update(regions=many)
    return many


def tools(incident):
    return sorted(incident.runs.values_list("tool", flat=True))


def test_a_draft_asks_for_nothing(incident, by_rin):
    drafted(incident, by_rin, step("cloudtrail"))
    assert advance(incident) == []
    assert not incident.runs.exists()


def test_a_start_asks_for_every_step_under_one_request(incident, by_rin):
    plan = drafted(incident, by_rin, SNAPSHOTS, step("cloudtrail"), step("volcano_logs"), **NAMED)
    assert start(plan=plan, by=by_rin)
    assert tools(incident) == ["cloudtrail", "ebs_snapshots"]
    assert set(incident.runs.values_list("request", "requested_by")) == {(plan.request, by_rin.user.pk)}


def test_what_was_started_is_started_once(incident, by_rin, by_ida):
    plan = drafted(incident, by_rin, step("cloudtrail"))
    start(plan=plan, by=by_rin)
    assert not start(plan=CollectionPlan.objects.get(), by=by_ida)
    assert incident.runs.count() == 1


def test_the_custody_log_keeps_what_was_asked_and_of_whom(incident, by_rin):
    plan = drafted(incident, by_rin, step("cloudtrail"))
    start(plan=plan, by=by_rin)
    entry = CustodyEntry.objects.get(object_type="plan")
    assert (entry.action, entry.object_id, entry.actor) == ("requested", str(plan.request), "Rin Tanaka")
    assert b'"regions":["us-east-1"]' in bytes(entry.data)


def test_a_closed_incident_takes_no_plan(incident, by_rin):
    plan = drafted(incident, by_rin, step("cloudtrail"))
    type(incident).objects.update(state="closed", outcome="benign", closed_at=incident.opened_at)
    with pytest.raises(Refused, match="reopen it"):
        start(plan=plan, by=by_rin)
    with pytest.raises(Refused, match="reopen it"):
        drafted(incident, by_rin, step("cloudtrail"))


def test_a_large_plan_is_asked_in_pieces(incident, by_rin, regions):
    plan = drafted(incident, by_rin, step("cloudtrail"), regions=regions)
    start(plan=plan, by=by_rin)
    assert incident.runs.count() == plan_runs.AT_ONCE
    assert len(advance(incident)) == 10
    assert advance_plans(incident) == []
    assert CollectionPlan.objects.get().asked_at


def test_the_sweeper_asks_for_what_a_dead_process_left(incident, by_rin):
    plan = drafted(incident, by_rin, step("cloudtrail"))
    CollectionPlan.objects.filter(pk=plan.pk).update(started_at=plan.made_at, started_by=by_rin.user)
    sweep()
    assert tools(incident) == ["cloudtrail"]


def test_it_goes_on_where_people_press_the_other_buttons(incident, by_rin, regions):
    type(incident).objects.update(auto_advance=False)
    start(plan=drafted(incident, by_rin, step("cloudtrail"), regions=regions), by=by_rin)
    assert len(advance(incident)) == 10


def test_asking_for_a_later_phase_starts_no_collection(incident, by_rin, regions):
    start(plan=drafted(incident, by_rin, step("cloudtrail"), regions=regions), by=by_rin)
    assert advance(incident, by=by_rin, only=Phase.ANALYSIS) == []


def test_what_is_at_work_already_serves_the_plan_too(incident, by_rin):
    first = drafted(incident, by_rin, step("cloudtrail"))
    start(plan=first, by=by_rin)
    second = drafted(incident, by_rin, step("cloudtrail"))
    start(plan=second, by=by_rin)
    assert advance(incident) == []
    assert incident.runs.count() == 1


def test_what_a_person_cancelled_is_not_asked_again(incident, by_rin):
    start(plan=drafted(incident, by_rin, step("cloudtrail")), by=by_rin)
    cancel_run(run=incident.runs.get(), by=by_rin, reason="not this one")
    assert advance_plans(incident) == []


def test_the_same_plan_later_collects_anew(incident, by_rin):
    start(plan=drafted(incident, by_rin, step("cloudtrail")), by=by_rin)
    cancel_run(run=incident.runs.get(), by=by_rin, reason="wrong hour")
    start(plan=drafted(incident, by_rin, step("cloudtrail")), by=by_rin)
    assert incident.runs.count() == 2


def test_a_later_plan_over_the_same_scope_replaces_what_was_refused_before(incident, by_rin):
    start(plan=drafted(incident, by_rin, step("cloudtrail")), by=by_rin)
    lease = claimed(incident.runs.get())
    note_gaps(lease=lease, gaps=[Gap(GapKind.DENIED, "s3://org-trail", "AccessDenied")])
    end_run(lease=lease, error="no role lets the portal in")
    assert counted(incident) == (1, 1, "failed")
    start(plan=drafted(incident, by_rin, step("cloudtrail")), by=by_rin)
    end_run(lease=claimed(incident.runs.newest().get()))
    assert counted(incident) == (0, 0, "empty")


def test_over_another_window_it_is_another_scope(incident, by_rin):
    start(plan=drafted(incident, by_rin, step("cloudtrail")), by=by_rin)
    end_run(lease=claimed(incident.runs.get()), error="no role lets the portal in")
    start(plan=drafted(incident, by_rin, step("cloudtrail"), end=START + timedelta(hours=7)), by=by_rin)
    end_run(lease=claimed(incident.runs.latest("pk")))
    assert counted(incident) == (1, 0, "failed")


def counted(incident):
    """Failed runs and open gaps of the collection, and the state of its one cell."""
    collection = board(incident)[0]
    [row] = matrix_of(incident).of(PROD).rows
    return collection.runs_failed, collection.gaps_open, row.cells[0].state


def test_the_states_of_its_runs_are_counted(incident, by_rin):
    plan = drafted(incident, by_rin, SNAPSHOTS, step("cloudtrail"), accounts=(PROD, BUILD), **NAMED)
    start(plan=plan, by=by_rin)
    assert runs_of(plan) == {"cloudtrail": {"queued": 2}, "ebs_snapshots": {"queued": 1}}


def test_a_plan_whose_work_is_done_by_the_runs_of_another_counts_those(incident, by_rin):
    start(plan=drafted(incident, by_rin, step("cloudtrail"), accounts=(PROD, BUILD)), by=by_rin)
    second = drafted(incident, by_rin, step("cloudtrail"))
    assert runs_of(second) == {}
    start(plan=second, by=by_rin)
    assert runs_of(second) == {"cloudtrail": {"queued": 1}}


# steps that follow another one


def complete(run, *ids):
    """The run has made these snapshots."""
    lease = claimed(run)
    arn = "arn:aws:ec2:us-east-1::snapshot/"
    members = tuple(StoredMember(at, f"{one}.json", arn + one, "", 2, sha(one)) for at, one in enumerate(ids))
    part = StoredPart(EvidencePart.Kind.ZIP, sha("part"), 2, "key", members)
    if ids:
        store_part(lease=lease, unit=planned(lease), part=part)
    seal_exhibit(lease=lease, acquisition={})
    end_run(lease=lease)


@pytest.fixture
def snapshots(incident, by_rin):
    """The run that makes snapshots, of a plan that reads them afterwards."""
    start(plan=drafted(incident, by_rin, SNAPSHOTS, IMAGE, **NAMED), by=by_rin)
    return Run.objects.get(tool="ebs_snapshots")


def test_a_follower_waits_until_the_step_before_it_is_complete(incident, snapshots):
    assert advance_plans(incident) == []
    complete(snapshots, "snap-00000001", "snap-2")
    (run,) = advance_plans(incident)
    assert (run.tool, run.scope["resources"], run.request) == (
        "ebs_image",
        ["snap-00000001", "snap-2"],
        snapshots.request,
    )


def test_a_follower_is_asked_once(incident, snapshots):
    complete(snapshots, "snap-00000001")
    assert len(advance_plans(incident)) == 1
    assert advance_plans(incident) == []


def test_where_nothing_was_made_there_is_nothing_to_follow(incident, snapshots):
    complete(snapshots)
    assert advance_plans(incident) == []
