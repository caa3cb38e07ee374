"""A playbook and a scope become ordered steps; what cannot be asked is in them with its reason."""

from datetime import timedelta

import pytest

from cases.actor import Actor
from cases.models import AwsAccount
from collectors import Source, sources
from phases.plans import playbook_named, shelf, steps_of
from plugins import Refused
from tests.phases.planning import ARCHIVE, BUILD, PROD, START, drafted, planned, register, step

pytestmark = pytest.mark.django_db
MANY = tuple(f"eu-west-{number}" for number in range(5001))


@pytest.fixture(autouse=True)
def accounts(db):
    register()


@pytest.fixture
def install():
    """``install("snow", volatility=0)``: a source that is there for this test."""
    added = []

    def add(name, **fields):
        sources.all()
        sources.add(Source(name, name.title(), ("ec2:X",), lambda scope, aws: iter(()), module=__name__, **fields))
        added.append(name)

    yield add
    for name in added:
        del sources._found[name]


def only(plan):
    (one,) = plan.steps
    return one


def reasons(plan):
    return [(one.subject, one.reason) for step in plan.steps for one in step.cannot]


def test_each_account_and_region_is_asked(install):
    plan = planned(step("cloudtrail"), accounts=(PROD, BUILD), regions=("us-east-1", "eu-west-1"))
    assert {(wish.account, wish.region) for wish in plan.wishes()} == {
        (account, region) for account in (PROD, BUILD) for region in ("us-east-1", "eu-west-1")
    }


def test_the_most_volatile_is_first(install):
    install("fresh_snow", volatility=0)
    named = {"instances": ("i-00000001",)}
    plan = planned(step("cloudtrail"), step("ebs_snapshots", needs=("instances",)), step("fresh_snow"), resources=named)
    assert [one.source for one in plan.steps] == ["fresh_snow", "ebs_snapshots", "cloudtrail"]


def test_steps_with_one_rank_keep_the_order_of_the_file(install):
    install("one_thing", volatility=70)
    plan = planned(step("one_thing"), step("cloudtrail"))
    assert [one.source for one in plan.steps] == ["one_thing", "cloudtrail"]


def test_a_source_that_is_not_installed_keeps_its_place_and_says_so():
    plan = planned(step("ebs_snapshots", needs=("instances",)), step("volcano_logs"), step("cloudtrail"))
    assert [one.source for one in plan.steps] == ["ebs_snapshots", "volcano_logs", "cloudtrail"]
    assert ("volcano logs", "not available in this portal") in reasons(plan)


def test_the_window_is_widened_as_the_step_says():
    (wish,) = planned(step("cloudtrail", before="1d", after="30m")).wishes()
    assert (wish.start, wish.end) == (START - timedelta(days=1), START + timedelta(hours=6, minutes=30))


def test_once_means_the_first_region_of_each_account():
    plan = planned(step("cloudtrail", regions="once"), accounts=(PROD, BUILD), regions=("eu-west-1", "us-east-1"))
    assert only(plan).places == ((PROD, "eu-west-1"), (BUILD, "eu-west-1"))


@pytest.mark.parametrize(
    ("kind", "asked"), [("workload", {PROD}), ("all", {PROD, ARCHIVE}), ("log_archive", {ARCHIVE})]
)
def test_a_step_is_asked_of_the_kind_of_account_that_it_means(kind, asked):
    plan = planned(step("cloudtrail", accounts=kind), accounts=(PROD, ARCHIVE))
    assert {account for account, _ in only(plan).places} == asked


def test_a_log_archive_need_not_be_chosen():
    plan = planned(step("cloudtrail", accounts="log_archive"), accounts=(PROD,))
    assert only(plan).places == ((ARCHIVE, "us-east-1"),)


def test_resources_go_to_the_steps_that_speak_of_them():
    named = {"instances": ("i-00000001", "i-00000002"), "users": ("ci-deploy",)}
    plan = planned(step("ebs_snapshots", needs=("instances",)), step("cloudtrail"), resources=named)
    assert [(wish.source, wish.resources) for wish in plan.wishes()] == [
        ("ebs_snapshots", ("i-00000001", "i-00000002")),
        ("cloudtrail", ("org-trail",)),
    ]


def test_a_name_is_written_as_its_source_writes_it():
    one = step("config_history", takes=("buckets",), written={"buckets": "AWS::S3::Bucket/{}"})
    assert only(planned(one, resources={"buckets": ("exports",)})).resources == ("AWS::S3::Bucket/exports",)


def test_what_a_step_takes_it_can_do_without(install):
    install("questions", resources="users")
    assert only(planned(step("questions", takes=("users",)))).places
    taken = only(planned(step("questions", takes=("users",)), resources={"users": ("ida",)}))
    assert taken.resources == ("ida",)


@pytest.mark.parametrize(
    ("one", "fields", "reason"),
    [
        (step("ebs_snapshots", needs=("instances",)), {}, "none was named: instances"),
        (step("ebs_snapshots", needs=("instances", "buckets")), {}, "none was named: instances or buckets"),
        (step("cloudtrail"), {"leave_out": ("cloudtrail",)}, "left out by who asks"),
        (step("cloudtrail"), {"accounts": (ARCHIVE,)}, "no workload account was chosen"),
        (step("folder"), {}, "hand them over on the page Collect"),
        (step("volcano_logs"), {}, "not available in this portal"),
    ],
)
def test_what_cannot_be_asked_says_why(one, fields, reason):
    plan = planned(one, **fields)
    assert not list(plan.wishes())
    assert reason in reasons(plan)[0][1]


def test_an_account_that_lets_nobody_in_is_named_and_the_others_are_asked():
    one = step("ebs_snapshots", needs=("instances",))
    plan = planned(one, accounts=(PROD, BUILD), resources={"instances": ("i-00000001",)})
    assert only(plan).places == ((PROD, "us-east-1"),)
    assert reasons(plan) == [
        (f"ci-build ({BUILD})", f"ci-build ({BUILD}) has no acquire role for the portal; add one to the account")
    ]


def test_logs_are_looked_for_where_the_archive_keeps_them():
    assert only(planned(step("cloudtrail"))).resources == ("org-trail",)


def test_without_a_log_archive_its_logs_cannot_be_asked_for():
    AwsAccount.objects.filter(kind="log_archive").delete()
    assert reasons(planned(step("cloudtrail")))[0][1] == "its logs lie in a log archive, and none is registered"
    assert reasons(planned(step("cloudtrail", accounts="log_archive")))[0][1] == "no log archive is registered"


def test_a_step_that_follows_another_has_no_wish_before_that_one_is_done():
    steps = (step("ebs_snapshots", needs=("instances",)), step("ebs_image", follows="ebs_snapshots"))
    plan = planned(*steps, resources={"instances": ("i-00000001",)})
    assert [wish.source for wish in plan.wishes()] == ["ebs_snapshots"]
    assert plan.steps[1].places == ((PROD, "us-east-1"),)


def test_a_step_that_follows_what_is_not_asked_is_not_asked():
    plan = planned(step("ebs_snapshots", needs=("instances",)), step("ebs_image", follows="ebs_snapshots"))
    assert (sources.get("ebs_image").title, "it needs what EBS volume snapshots makes, which is not asked") in reasons(
        plan
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"accounts": ()}, "at least one account"),
        ({"regions": ()}, "at least one account and one region"),
        ({"end": START}, "swap start and end"),
        ({"end": START.replace(year=START.year + 9)}, "ends more than a year from now"),
        ({"accounts": ("999999999999",)}, "account 999999999999 is not registered"),
        ({"leave_out": ("volcano_logs",)}, "volcano_logs cannot be left out"),
        ({"regions": ("eu-nowhere-9",)}, "AWS has no region eu-nowhere-9"),
        ({"regions": MANY}, "at most 5000"),
    ],
)
def test_a_scope_that_is_none_is_refused_in_words(fields, words):
    AwsAccount.objects.filter(account=PROD).update(regions=MANY)
    with pytest.raises(Refused, match=words):
        planned(step("cloudtrail"), **fields)


def test_planning_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        list(planned(*(step(f"source_{n}") for n in range(20)), step("cloudtrail")).wishes())


def test_a_plan_comes_back_from_its_row_as_it_was(incident, rin):
    one = step("ebs_snapshots", needs=("instances",), before="1h")
    fields = {"accounts": (PROD, BUILD), "resources": {"instances": ("i-00000001",)}}
    row = drafted(incident, Actor(rin), one, **fields)
    row.refresh_from_db()
    assert tuple(steps_of(row)) == planned(one, **fields).steps


def test_every_playbook_that_comes_along_can_be_planned():
    for playbook in shelf().playbooks:
        plan = planned(*playbook.steps)
        assert list(plan.wishes())
        assert {one.source for one in plan.steps} == {one.source for one in playbook.steps}


def test_a_playbook_there_is_not_is_named_with_those_there_are():
    with pytest.raises(Refused, match="no playbook 'volcano'; there are: access_key_leaked, console_takeover"):
        playbook_named("volcano")


def test_a_folder_of_ones_own_stands_beside(settings, tmp_path):
    settings.PLAYBOOK_DIRS = [*settings.PLAYBOOK_DIRS, tmp_path]
    text = "title: Stolen laptop\nsummary: Finds what was done.\nsteps:\n- source: cloudtrail\n  why: What was done.\n"
    (tmp_path / "laptop.yaml").write_text(text)
    assert playbook_named("laptop").title == "Stolen laptop"
    assert len(shelf().playbooks) == 6
