import json

import pytest

from cases.models import Run
from collectors import sources

pytestmark = pytest.mark.usefixtures("account")
SCOPE = {
    "source": "cloudtrail",
    "account": "111122223333",
    "region": "eu-west-1",
    "start": "2026-11-20T00:00:00Z",
    "end": "2026-11-21T00:00:00Z",
}


def test_it_starts_a_collection_and_says_where_to_look(as_rin, base):
    answer = as_rin.post(f"{base}runs/", SCOPE)
    assert answer.status_code == 202
    assert as_rin.get(answer["Location"]).json()["state"] == "queued"


def test_asking_again_finds_the_active_run(as_rin, base):
    first, second = as_rin.post(f"{base}runs/", SCOPE), as_rin.post(f"{base}runs/", SCOPE)
    assert (second.status_code, second["Location"]) == (202, first["Location"])
    assert Run.objects.count() == 1


def test_every_source_may_be_asked_for(as_rin, base):
    answer = as_rin.post(f"{base}runs/", {"source": "nothing"})
    assert answer.json()["errors"][0]["field"] == "source"
    schema = json.loads(as_rin.client.get("/api/v1/schema/?format=json").content)
    choices = schema["components"]["schemas"]["SourceEnum"]["enum"]
    assert choices == [source.name for source in sources]


def test_an_observer_may_not_collect_and_is_told_role_and_verb(as_observer, base):
    answer = as_observer.post(f"{base}runs/", SCOPE)
    assert answer.status_code == 403
    assert "observer may not collect" in answer.json()["detail"]


def test_it_refuses_a_window_that_ends_before_it_starts(as_rin, base):
    answer = as_rin.post(f"{base}runs/", SCOPE | {"start": "2026-11-22T00:00:00Z"})
    assert answer.status_code == 422
    assert "swap start and end" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"account": "999999999999"}, "account 999999999999 is not registered"),
        ({"source": "memory", "resources": ["i-0abc", "web-1"]}, "cannot take 'i-0abc', 'web-1'"),
        ({"source": "memory"}, "needs resources: instance ids"),
    ],
)
def test_it_refuses_what_could_only_fail_later(as_rin, base, change, words):
    answer = as_rin.post(f"{base}runs/", SCOPE | change)
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert not Run.objects.exists()


def test_it_refuses_paths_outside_the_intake_folders(as_rin, base):
    answer = as_rin.post(f"{base}runs/", {"source": "folder", "resources": ["/etc"]})
    assert answer.status_code == 422
    assert "INTAKE_DIRS" in answer.json()["detail"]


@pytest.mark.parametrize("body", [{}, {"source": "cloudtrail", "phase": "analysis"}])
def test_it_wants_either_a_source_or_a_phase(as_rin, base, body):
    assert as_rin.post(f"{base}runs/", body).status_code == 400


def test_a_phase_takes_no_scope(as_rin, base):
    answer = as_rin.post(f"{base}runs/", {"phase": "analysis", "region": "eu-west-1"})
    assert answer.json()["errors"] == [{"field": "region", "detail": "only a collection takes this"}]


def test_it_starts_the_examination_of_what_was_collected(as_rin, base, exhibit):
    answer = as_rin.post(f"{base}runs/", {"phase": "examination"}).json()
    assert (answer["tool"], answer["exhibit"]) == ("examine", exhibit.exhibit)


def test_it_starts_only_the_phase_that_was_asked_for(as_rin, base, exhibit):
    as_rin.post(f"{base}runs/", {"phase": "examination"})
    assert set(Run.objects.exclude(tool="upload").values_list("phase", flat=True)) == {"examination"}


def test_a_phase_at_work_is_found_again(as_rin, base, exhibit):
    first = as_rin.post(f"{base}runs/", {"phase": "examination"})
    assert as_rin.post(f"{base}runs/", {"phase": "examination"})["Location"] == first["Location"]


def test_a_phase_with_nothing_to_do_is_a_conflict(as_rin, base):
    answer = as_rin.post(f"{base}runs/", {"phase": "analysis"})
    assert answer.status_code == 409
    assert "no analysis is due" in answer.json()["detail"]


def test_it_cancels_a_run(as_rin, base, run):
    answer = as_rin.post(f"{base}runs/{run.pk}/cancel/", {"reason": "wrong account"}).json()
    assert (answer["state"], answer["error"]) == ("cancelled", "wrong account")


def test_a_run_that_has_ended_stays_as_it_ended(as_rin, base, run):
    Run.objects.filter(pk=run.pk).update(state="complete")
    assert as_rin.post(f"{base}runs/{run.pk}/cancel/", {"reason": "late"}).json()["state"] == "complete"


def test_a_run_of_another_incident_is_not_found(as_otto, run):
    own = as_otto.post("incidents/", {"title": "Mine"}).json()["reference"]
    assert as_otto.get(f"incidents/{own}/runs/{run.pk}/").status_code == 404


def test_it_lists_and_filters_runs(as_rin, base, run):
    assert [row["id"] for row in as_rin.get(f"{base}runs/").json()["results"]] == [run.pk]
    assert as_rin.get(f"{base}runs/", phase="analysis").json()["results"] == []


def test_a_run_shows_its_units(as_rin, base, exhibit):
    shown = as_rin.get(f"{base}runs/{exhibit.runs.get().pk}/").json()
    assert [unit["state"] for unit in shown["units"]] == ["done"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"account": "999999999999"}, "account"),
        ({"region": "eu-nowhere-9"}, "region"),
        ({"start": "1999-01-01T00:00:00Z"}, "start"),
        ({"end": "2026-11-01T00:00:00Z"}, "end"),
        ({"source": "memory", "resources": ["web-1"]}, "resources"),
    ],
)
def test_a_refusal_names_what_is_to_be_changed(as_rin, base, change, field):
    answer = as_rin.post(f"{base}runs/", SCOPE | change)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Run.objects.exists()


def test_a_region_that_the_account_was_registered_with_is_one(as_rin, base, account):
    type(account).objects.update(regions=["eu-nowhere-9"])
    assert as_rin.post(f"{base}runs/", SCOPE | {"region": "eu-nowhere-9"}).status_code == 202
