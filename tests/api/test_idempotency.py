from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from api.idempotency import in_work
from api.models import KeptAnswer
from api.problems import Conflict
from cases.models import Incident

KEY = {"Idempotency-Key": "6e9d1c8e"}
BODY = {"title": "Key leaked"}


def test_the_same_request_again_gets_the_same_answer(as_rin):
    first, second = as_rin.post("incidents/", BODY, **KEY), as_rin.post("incidents/", BODY, **KEY)
    assert first.json() == second.json()
    assert (second.status_code, second["Idempotent-Replayed"]) == (201, "true")
    assert Incident.objects.count() == 1


def test_a_replay_says_where_as_the_first_answer_did(as_rin):
    first, second = as_rin.post("incidents/", BODY, **KEY), as_rin.post("incidents/", BODY, **KEY)
    assert (first["Location"], first["ETag"]) == (second["Location"], second["ETag"])
    assert "Idempotent-Replayed" not in first


def test_another_body_with_the_same_key_is_a_conflict(as_rin):
    as_rin.post("incidents/", BODY, **KEY)
    answer = as_rin.post("incidents/", {"title": "Other"}, **KEY)
    assert answer.status_code == 409
    assert "take a new key" in answer.json()["detail"]


def test_another_address_with_the_same_key_is_a_conflict(as_ida, base):
    as_ida.post("incidents/", BODY, **KEY)
    assert as_ida.post(f"{base}transitions/", BODY, **KEY).status_code == 409


def test_a_key_belongs_to_its_token(as_rin, as_ida):
    as_rin.post("incidents/", BODY, **KEY)
    assert as_ida.post("incidents/", BODY, **KEY).status_code == 201
    assert Incident.objects.count() == 2


def test_a_request_that_failed_gives_its_key_back(as_rin):
    assert as_rin.post("incidents/", {"title": ""}, **KEY).status_code == 400
    assert as_rin.post("incidents/", BODY, **KEY).status_code == 201


def test_a_request_in_work_is_a_conflict(as_rin):
    as_rin.post("incidents/", BODY, **KEY)
    KeptAnswer.objects.update(status=0)
    assert "has not ended" in as_rin.post("incidents/", BODY, **KEY).json()["detail"]


@pytest.mark.parametrize(("status", "age"), [(201, timedelta(hours=25)), (0, timedelta(minutes=3))])
def test_old_answers_and_requests_that_died_are_forgotten(as_rin, status, age):
    as_rin.post("incidents/", BODY, **KEY)
    KeptAnswer.objects.update(status=status, made_at=timezone.now() - age)
    assert "Idempotent-Replayed" not in as_rin.post("incidents/", BODY, **KEY)


def test_an_old_answer_does_not_outlive_the_membership(as_ida, incident, base, ida):
    as_ida.post(f"{base}transitions/", {"to": "acknowledged"}, **KEY)
    incident.memberships.filter(user=ida).update(ended_at=timezone.now())
    assert as_ida.post(f"{base}transitions/", {"to": "acknowledged"}, **KEY).status_code == 404


@pytest.mark.parametrize("key", ["", "x" * 201, "é"])
def test_a_key_that_is_none_is_refused(as_rin, key):
    assert as_rin.post("incidents/", BODY, **{"Idempotency-Key": key}).status_code == 400


def test_of_two_requests_at_once_one_is_a_conflict(as_rin):
    request = Request(APIRequestFactory().post("/api/v1/incidents/", BODY, format="json"))
    request.auth = as_rin.token
    with in_work(request, "6e9d1c8e"), pytest.raises(Conflict, match="has not ended"), in_work(request, "6e9d1c8e"):
        pytest.fail("both did the work")


def test_what_ends_without_an_answer_gives_its_key_back(as_rin):
    request = Request(APIRequestFactory().post("/api/v1/incidents/", BODY, format="json"))
    request.auth = as_rin.token
    with in_work(request, "6e9d1c8e"):
        assert KeptAnswer.objects.count() == 1
    assert not KeptAnswer.objects.exists()
