"""One call starts everything that a playbook asks for; a dry run starts nothing."""

import pytest

from cases.models import CollectionPlan, Run
from tests.api.test_access import PLAN

pytestmark = pytest.mark.usefixtures("account")


@pytest.fixture
def archive(account):
    fields = {"name": "log-archive", "kind": "log_archive", "trail_buckets": ["org-trail"]}
    return type(account).objects.create(account="444455556666", read_role_arn=account.read_role_arn, **fields)


def step_of(answer, source):
    return next(step for step in answer["steps"] if step["source"] == source)


def test_playbooks_are_listed_with_their_reasons(as_otto):
    found = as_otto.get("playbooks/").json()["results"]
    assert "access_key_leaked" in [playbook["name"] for playbook in found]
    assert all(step["why"] for playbook in found for step in playbook["steps"])


def test_playbooks_take_no_parameter(as_otto):
    assert as_otto.get("playbooks/", limit=1).status_code == 400


def test_one_call_starts_the_runs_and_says_where_to_look(as_rin, base, archive):
    answer = as_rin.post(f"{base}plans/", PLAN)
    assert answer.status_code == 202
    shown = as_rin.get(answer["Location"]).json()
    asked = sum(len(step["places"]) for step in shown["steps"])
    assert (shown["started_by"], shown["runs"]) == ("rin", {"queued": asked})
    runs = as_rin.get(shown["runs_url"]).json()["results"]
    assert "cloudtrail" in {run["tool"] for run in runs}
    assert {run["request"] for run in runs} == {shown["request"]}


def test_a_dry_run_answers_the_plan_and_asks_nothing(as_rin, base, archive):
    answer = as_rin.post(f"{base}plans/", PLAN | {"dry_run": True})
    assert answer.status_code == 200
    assert step_of(answer.json(), "cloudtrail")["places"] == [{"account": "111122223333", "region": "eu-west-1"}]
    assert (answer.json()["request"], answer.json()["url"]) == (None, None)
    assert not Run.objects.exists()
    assert not CollectionPlan.objects.exists()


def test_what_cannot_be_asked_is_in_the_answer_with_its_reason(as_rin, base):
    answer = as_rin.post(f"{base}plans/", PLAN | {"dry_run": True}).json()
    (missing,) = step_of(answer, "cloudtrail")["not_asked"]
    assert missing["reason"] == "its logs lie in a log archive, and none is registered"


def test_a_step_may_be_left_out(as_rin, base, archive):
    answer = as_rin.post(f"{base}plans/", PLAN | {"leave_out": ["cloudtrail"]}).json()
    assert step_of(answer, "cloudtrail")["not_asked"][0]["reason"] == "left out by who asks"
    assert not Run.objects.filter(tool="cloudtrail").exists()


def test_a_retry_with_its_key_starts_nothing_twice(as_rin, base, archive):
    first, second = (as_rin.post(f"{base}plans/", PLAN, **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert CollectionPlan.objects.count() == 1


def test_an_observer_may_not_and_is_told_why(as_observer, base):
    answer = as_observer.post(f"{base}plans/", PLAN)
    assert answer.status_code == 403
    assert "observer may not collect" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"playbook": "volcano"}, 422, "there is no playbook 'volcano'; there are: access_key_leaked"),
        ({"accounts": ["999999999999"]}, 422, "account 999999999999 is not registered"),
        ({"start": PLAN["end"]}, 422, "swap start and end"),
        ({"accounts": []}, 400, "accounts"),
        ({"resources": {"volcanoes": ["etna"]}}, 400, "resources.volcanoes"),
        ({"resources": {"instances": "i-1"}}, 400, "resources.instances"),
    ],
)
def test_what_is_wrong_is_said_by_name(as_rin, base, change, status, words):
    answer = as_rin.post(f"{base}plans/", PLAN | change)
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_plans_are_listed_and_filtered(as_rin, base, plan):
    (row,) = as_rin.get(f"{base}plans/").json()["results"]
    assert (row["request"], row["started_at"]) == (str(plan.request), None)
    assert as_rin.get(f"{base}plans/", playbook="console_takeover").json()["results"] == []


def test_a_draft_is_counted_and_started_later(as_rin, base, archive):
    answer = as_rin.post(f"{base}plans/", PLAN | {"is_draft": True})
    assert answer.status_code == 202
    assert set(Run.objects.values_list("tool", flat=True)) == {"estimate"}
    assert as_rin.get(answer["Location"]).json()["started_by"] is None
    begun = as_rin.post(f"{answer['Location']}start/", {})
    assert (begun.status_code, begun.json()["started_by"]) == (202, "rin")
    assert Run.objects.exclude(tool="estimate").exists()


def test_a_draft_that_was_started_is_shown_as_it_is(as_rin, base, archive):
    where = as_rin.post(f"{base}plans/", PLAN)["Location"]
    runs = Run.objects.count()
    assert as_rin.post(f"{where}start/", {}).status_code == 202
    assert Run.objects.count() == runs


def test_a_closed_incident_starts_no_plan(as_rin, base, archive, incident):
    where = as_rin.post(f"{base}plans/", PLAN | {"is_draft": True})["Location"]
    incident.state, incident.outcome, incident.closed_at = "closed", "false_positive", incident.opened_at
    incident.save()
    answer = as_rin.post(f"{where}start/", {})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:forensics-portal:problem:incident-closed")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"playbook": "x"}, "playbook"),
        ({"accounts": ["999999999999"]}, "accounts"),
        ({"regions": ["eu-nowhere-9"]}, "regions"),
        ({"leave_out": ["x"]}, "leave_out"),
    ],
)
def test_a_refusal_names_what_is_to_be_changed(as_rin, base, archive, change, field):
    answer = as_rin.post(f"{base}plans/", PLAN | change)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
