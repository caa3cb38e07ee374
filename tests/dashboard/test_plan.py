"""Collecting by a playbook: chosen, told what it is about, looked at, started with one button."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.actions.incidents import Particulars, open_incident
from cases.actor import Actor
from cases.models import AwsAccount, CollectionPlan, Evidence, Policy, Run
from dashboard.plan_pages import context_of
from phases.estimates import Line, as_json
from phases.plan_runs import start
from tests.dashboard import casework
from tests.phases import planning

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def accounts(db):
    planning.register()
    AwsAccount.objects.update(regions=["us-east-1", "eu-west-1"])


@pytest.fixture
def address(incident):
    return reverse("plan", args=[incident.reference])


@pytest.fixture
def answers():
    """What Rin says of the leaked key."""
    return {
        "account": [planning.PROD],
        "region": ["us-east-1"],
        "start": "2026-11-22T21:00",
        "end": "2026-11-23T03:00",
        "named_functions": "made-by-night",
        "step": ["cloudtrail", "vpc_flow_logs"],
    }


@pytest.fixture
def plan(incident, rin):
    """A draft of two steps, one of which nobody can ask."""
    return planning.drafted(incident, Actor(rin), planning.step("cloudtrail"), planning.step("volcano_logs"))


def shown(plan):
    return reverse("plan_shown", args=[plan.incident.reference, plan.request])


def post(client, address, answers, playbook="access_key_leaked"):
    return client.post(f"{address}?playbook={playbook}", answers)


def test_it_offers_every_playbook(as_rin, address):
    page = as_rin.get(address).text
    for title in ("Access key leaked", "Ransomware in S3", "Console takeover"):
        assert title in page


def test_a_playbook_that_cannot_be_used_is_named_with_its_field(as_rin, address, settings, tmp_path):
    settings.PLAYBOOK_DIRS = [*settings.PLAYBOOK_DIRS, tmp_path]
    (tmp_path / "volcano.yaml").write_text("title: Volcano\n")
    page = as_rin.get(address).text
    assert "volcano.yaml: Object missing required field" in page
    assert "Access key leaked" in page


def test_a_playbook_there_is_not_leads_to_those_there_are(as_rin, address):
    page = as_rin.get(address, {"playbook": "<b>"})
    assert page.status_code == 404
    assert "What happened?" in page.text


def test_it_asks_for_the_kinds_that_the_playbook_speaks_of(as_rin, address):
    page = as_rin.get(address, {"playbook": "ransomware_in_s3"}).text
    assert 'name="named_buckets"' in page
    assert 'name="named_instances"' not in page


def test_steps_stand_there_with_their_reasons(as_rin, address):
    page = as_rin.get(address, {"playbook": "access_key_leaked"}).text
    assert "Every call that the key made" in page
    assert 'value="cloudtrail" checked' in page


def test_the_window_is_the_incidents_own(as_rin, incident, address):
    type(incident).objects.update(actual_start_at=planning.START)
    assert 'value="2026-11-22T21:00"' in as_rin.get(address, {"playbook": "access_key_leaked"}).text


def test_what_the_last_plan_named_is_filled_in(as_rin, address, answers):
    post(as_rin, address, answers)
    page = as_rin.get(address, {"playbook": "access_key_leaked"}).text
    assert re.search(rf'value="{planning.PROD}" checked', page)
    assert "made-by-night" in page


def test_the_answers_become_a_draft_and_a_worker_counts(as_rin, address, answers):
    answer = post(as_rin, address, answers)
    plan = CollectionPlan.objects.get()
    assert answer.headers["Location"] == shown(plan)
    assert plan.started_at is None
    assert [run.tool for run in Run.objects.all()] == ["estimate"]
    assert not Evidence.objects.exists()


def test_what_was_unmarked_is_left_out_and_said(as_rin, address, answers):
    post(as_rin, address, answers | {"step": ["cloudtrail"]})
    page = as_rin.get(shown(CollectionPlan.objects.get())).text
    assert "left out by who asks" in page


@pytest.mark.parametrize("missing", ["account", "region", "start", "end", "step"])
def test_what_is_missing_is_said_beside_its_field(as_rin, address, answers, missing):
    page = post(as_rin, address, {name: value for name, value in answers.items() if name != missing})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [missing]
    assert not CollectionPlan.objects.exists()


def test_a_window_that_is_none_is_refused_in_words(as_rin, address, answers):
    page = post(as_rin, address, answers | {"end": answers["start"]})
    assert page.status_code == 422
    assert "swap start and end" in page.text


def test_the_plan_shows_what_is_asked_and_what_cannot_be(as_rin, plan):
    page = as_rin.get(shown(plan)).text
    assert "Because it may be gone tomorrow." in page
    assert "Not asked: not available in this portal" in page
    assert "Start 1 run" in page


def test_one_button_starts_everything(as_rin, plan):
    page = as_rin.post(reverse("start_plan", args=[plan.incident.reference, plan.request]), follow=True)
    assert "Started." in page.text
    assert "Start 1 run" not in page.text
    assert [run.request for run in Run.objects.all()] == [plan.request]


def test_pressed_twice_it_is_started_once(as_rin, plan):
    button = reverse("start_plan", args=[plan.incident.reference, plan.request])
    as_rin.post(button)
    assert "It was started already." in as_rin.post(button, follow=True).text
    assert Run.objects.count() == 1


def test_a_closed_incident_says_what_to_do(as_rin, plan):
    type(plan.incident).objects.update(state="closed", outcome="benign", closed_at=plan.made_at)
    for name in ("start_plan", "count_plan"):
        page = as_rin.post(reverse(name, args=[plan.incident.reference, plan.request]), follow=True)
        assert "reopen it before collecting" in page.text
    assert not Run.objects.exists()


def test_how_far_each_step_is_stands_beside_it(as_rin, plan, rin):
    start(plan=plan, by=Actor(rin))
    Run.objects.update(state="failed", error="no")
    lines = as_rin.get(shown(plan)).context["lines"]
    assert [(line.step.source, line.state) for line in lines] == [
        ("cloudtrail", "failed"),
        ("volcano_logs", "not_requested"),
    ]


def test_it_can_be_counted_again(as_rin, plan):
    as_rin.post(reverse("count_plan", args=[plan.incident.reference, plan.request]))
    assert "A worker is about to count" in as_rin.get(shown(plan)).text


# what was counted


def told(plan, *lines):
    """The context after a worker has counted these lines."""
    CollectionPlan.objects.filter(pk=plan.pk).update(estimate=as_json(list(lines), is_done=True))
    plan.refresh_from_db()
    return context_of(plan)


def line(**fields):
    return Line("cloudtrail", planning.PROD, "us-east-1", **fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "counted", "objects": 1}, "1 file"),
        ({"state": "counted", "objects": 12_000, "size": 3_000_000}, "12,000 files, 3.0 MB"),
        ({"state": "at_least", "objects": 20_000}, "at least 20,000 files"),
        ({"state": "counted", "objects": 3, "unsized": 2}, "3 files; the size of 2 is not known"),
        ({"state": "counted", "objects": 36, "unsized": 36}, "36 files; their size is not known"),
        ({"state": "unknown", "words": "no role"}, "not known"),
        ({"state": "later"}, "known when the step before it is complete"),
    ],
)
def test_what_was_counted_is_said_as_it_is(plan, fields, words):
    first = told(plan, line(**fields))["lines"][0]
    assert first.brings == words
    assert first.unknown == ([fields["words"]] if "words" in fields else [])


def test_what_would_act_says_on_how_many(incident, rin):
    named = {"instances": ("i-00000001", "i-00000002", "i-00000003")}
    plan = planning.drafted(incident, Actor(rin), planning.step("ebs_snapshots", needs=("instances",)), resources=named)
    context = told(plan, Line("ebs_snapshots", planning.PROD, "us-east-1", "acts", 3))
    assert context["lines"][0].brings == "acts on 3 named resources"
    assert context["has_snapshots"]


def test_the_total_counts_and_prices_what_lies_in_s3(as_rin, plan):
    told(plan, line(state="counted", objects=2_000, stored=2_000, size=10**9))
    page = as_rin.get(shown(plan)).text
    assert "2,000 files, 1.0 GB" in page
    assert "less than USD 0.01 with the portal in the region, USD 0.09 over the internet" in page
    assert "not known: nothing to go by yet" in page


def test_what_is_unknown_is_counted_too(as_rin, plan):
    told(plan, line(state="unknown", words="<b>AccessDenied</b>"))
    page = as_rin.get(shown(plan)).text
    assert "1 account and region; the step says why" in page
    assert "&lt;b&gt;AccessDenied&lt;/b&gt;" in page


def test_while_it_counts_the_numbers_are_said_to_grow(as_rin, incident, rin):
    regions = ("us-east-1", "eu-central-1")
    plan = planning.drafted(incident, Actor(rin), planning.step("guardduty_findings"), regions=regions)
    counted = [line(state="counted", objects=1, size=10)]
    CollectionPlan.objects.filter(pk=plan.pk).update(estimate=as_json(counted))
    page = as_rin.get(shown(plan)).text
    assert "1 of 2 runs so far: the numbers grow" in page
    assert "at least 1 file, 10 B" in " ".join(page.split())


def test_what_acts_has_no_size_yet_so_the_total_is_the_least(plan):
    assert told(plan, line(state="counted", objects=1))["total"].is_least is False
    assert told(plan, line(state="acts", objects=1))["total"].is_least is True


# where restoring begins


def test_the_ransomware_plan_says_what_it_waits_for(as_rin, incident, rin):
    plan = planning.drafted(incident, Actor(rin), planning.step("backup_recovery_points"))
    assert "it needs the recovery points as evidence" in as_rin.get(shown(plan)).text


def test_other_plans_say_nothing_of_restoring(as_rin, plan):
    assert "Where restoring begins" not in as_rin.get(shown(plan)).text


def test_the_last_point_before_the_first_act_is_named(as_rin, incident, rin, tmp_path):
    casework.collect(incident, rin, recovery_points(tmp_path / "vault"))
    Evidence.objects.update(source="backup_recovery_points")
    type(incident).objects.update(actual_start_at=planning.START)
    plan = planning.drafted(incident, Actor(rin), planning.step("backup_recovery_points"))
    page = as_rin.get(shown(plan)).text
    assert "arn:aws:s3:::exports" in page
    assert "arn:point:2" in page
    assert "arn:point:1" not in page
    assert "arn:point:3" not in page


def recovery_points(folder):
    """A list of AWS Backup: two points before the attack, one after, and a line that is none."""
    folder.mkdir()
    days = enumerate(("2026-11-20", "2026-11-22", "2026-11-23"), start=1)
    points = [
        {
            "ResourceArn": "arn:aws:s3:::exports",
            "RecoveryPointArn": f"arn:point:{n}",
            "CreationDate": f"{day}T03:00:00+00:00",
        }
        for n, day in days
    ]
    (folder / "recovery-points.jsonl").write_text("\n".join([*map(json.dumps, points), "none"]))
    return folder


# who may


def test_it_needs_a_role_that_collects(client, incident, plan, address, django_user_model):
    olga = django_user_model.objects.create_user("olga")
    incident.memberships.create(user=olga, role="analyst", since_at=incident.opened_at)
    client.force_login(olga)
    assert client.get(address).status_code == 403
    for name in ("start_plan", "count_plan"):
        assert client.post(reverse(name, args=[incident.reference, plan.request])).status_code == 403
    assert "Start 1 run" not in client.get(shown(plan)).text


def test_for_who_is_no_member_it_does_not_exist(as_otto, plan, address):
    assert as_otto.get(address).status_code == 404
    assert as_otto.get(shown(plan)).status_code == 404
    assert as_otto.post(reverse("start_plan", args=[plan.incident.reference, plan.request])).status_code == 404


def test_a_plan_of_another_incident_is_not_found(as_otto, otto, plan):
    own, _ = open_incident(particulars=Particulars("Mine"), by=Actor(otto))
    assert as_otto.get(reverse("plan_shown", args=[own.reference, plan.request])).status_code == 404


def test_its_queries_do_not_grow_with_the_plan(as_rin, incident, rin, django_assert_max_num_queries):
    steps = [planning.step("cloudtrail"), *(planning.step(f"source_{number}") for number in range(20))]
    plan = planning.drafted(incident, Actor(rin), *steps, accounts=(planning.PROD, planning.BUILD))
    start(plan=plan, by=Actor(rin))
    with django_assert_max_num_queries(11):
        as_rin.get(shown(plan))


def test_what_the_region_guard_would_refuse_is_said_before_the_start(as_rin, incident, plan):
    page = reverse("plan_shown", args=[incident.reference, plan.request])
    assert "region guard would refuse" not in as_rin.get(page).text
    Policy.objects.update(withdrawn_at=timezone.now(), withdrawn_by=plan.made_by)
    assert "region guard would refuse evidence under the law of" in as_rin.get(page).text


def test_a_required_step_that_will_not_be_asked_is_said_before_the_start(as_rin, incident, rin):
    step = planning.step("ebs_snapshots", needs=("instances",), required=True)
    made = planning.drafted(incident, Actor(rin), planning.step("cloudtrail"), step)
    page = as_rin.get(reverse("plan_shown", args=[incident.reference, made.request])).text
    assert "Required, and not asked in full:" in page
    assert "none was named: instances" in page
