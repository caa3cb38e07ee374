import json

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.test import Client
from rest_framework.exceptions import (
    NotAuthenticated,
    ParseError,
    Throttled,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.test import APIRequestFactory
from rest_framework.throttling import UserRateThrottle

from api.problems import Conflict, problem
from cases.actions.incidents import IncidentClosed, TransitionRefused, VersionConflict
from cases.models import Incident
from cases.permissions import NotAllowed
from events import BadCursor, BadFilter, EngineFailed, NotInDialect, QuestionRefused, TooSlow
from plugins import Refused


def is_problem(answer, status):
    body = json.loads(answer.content)
    assert (answer.status_code, body["status"]) == (status, status)
    assert answer["Content-Type"] == "application/problem+json"
    assert body["type"].startswith("urn:forensics-portal:problem:")
    return body


def test_who_does_not_sign_in_is_told_how(client, db):
    answer = client.get("/api/v1/")
    is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


def test_an_unknown_address_is_a_problem_for_everyone(client, db):
    assert "/api/v1/schema/" in is_problem(client.get("/api/v1/nothing/here/"), 404)["detail"]


def test_an_incident_that_is_not_the_callers_is_not_found(as_otto, incident):
    is_problem(as_otto.get(f"incidents/{incident.reference}/"), 404)


def test_an_incident_that_is_not_there_looks_the_same_as_one_of_others(as_otto, incident):
    theirs = as_otto.get(f"incidents/{incident.reference}/").json()
    none = as_otto.get("incidents/FP-2020-000001/").json()
    assert {**theirs, "instance": "", "detail": ""} == {**none, "instance": "", "detail": ""}


def test_a_method_that_is_not_offered_is_named(as_rin):
    answer = as_rin.client.delete("/api/v1/incidents/")
    is_problem(answer, 405)
    assert answer["Allow"] == "GET, HEAD, POST"


def test_a_body_that_is_not_json_is_refused(as_rin):
    is_problem(as_rin.client.post("/api/v1/incidents/", "{", content_type="application/json"), 400)


def test_a_form_is_refused(as_rin):
    is_problem(as_rin.client.post("/api/v1/incidents/", {"title": "x"}), 415)


def test_a_body_that_is_no_object_is_refused(as_rin):
    is_problem(as_rin.client.post("/api/v1/incidents/", "[1]", content_type="application/json"), 400)


def test_a_body_that_is_too_large_is_refused(as_rin, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    is_problem(as_rin.post("incidents/", {"title": "x" * 200}), 413)


def test_an_answer_in_another_form_than_json_is_refused(as_rin):
    is_problem(as_rin.client.get("/api/v1/incidents/", headers={"Accept": "text/html"}), 406)


def test_wrong_fields_are_named_with_their_place(as_rin, base):
    answer = as_rin.post(f"{base}runs/", {"source": "folder", "resources": ["", "x"]})
    assert is_problem(answer, 400)["errors"][0]["field"] == "resources.0"


def test_every_wrong_field_is_named_at_once(as_rin, base):
    answer = as_rin.post(f"{base}runs/", {"source": "nothing", "regon": "x", "account": "12"})
    assert {error["field"] for error in is_problem(answer, 400)["errors"]} == {"source", "regon", "account"}


def test_too_many_calls_are_told_when_to_come_back():
    request = APIRequestFactory().get("/api/v1/incidents/")
    answer = problem(Throttled(wait=12.3), {"request": request})
    is_problem(answer, 429)
    assert answer["Retry-After"] == "13"


def test_what_nobody_foresaw_tells_nothing_of_the_inside(caplog):
    request = APIRequestFactory().get("/api/v1/incidents/")
    answer = problem(RuntimeError("/secret/path"), {"request": request})
    assert "secret" not in str(is_problem(answer, 500))
    assert "/secret/path" in caplog.text


@pytest.mark.parametrize("text", ["\x00", "a\x00b"])
def test_a_nul_is_refused(as_rin, text):
    is_problem(as_rin.post("incidents/", {"title": text}), 400)


def test_an_address_without_its_last_slash_leads_to_the_one_with_it(as_rin):
    answer = as_rin.client.post("/api/v1/incidents?x=1", {"title": "x"}, content_type="application/json")
    assert (answer.status_code, answer["Location"]) == (308, "/api/v1/incidents/?x=1")


def test_a_session_is_no_way_in(ida):
    browser = Client()
    browser.force_login(ida)
    is_problem(browser.get("/api/v1/incidents/"), 401)


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (Http404("no such thing"), 404, "not-found"),
        (PermissionDenied("no"), 403, "permission-denied"),
        (NotAllowed("observer may not collect"), 403, "not-allowed"),
        (TransitionRefused("gaps are open"), 409, "transition-refused"),
        (IncidentClosed("reopen it"), 409, "incident-closed"),
        (VersionConflict("read it again"), 412, "version-conflict"),
        (Refused("swap start and end"), 422, "refused"),
        (BadFilter("there is no filter"), 400, "bad-filter"),
        (BadCursor("not one of ours"), 400, "bad-cursor"),
        (TooSlow("narrow the filter"), 503, "too-slow"),
        (NotInDialect("no words"), 501, "not-in-dialect"),
        (QuestionRefused("query q-1"), 502, "question-refused"),
        (EngineFailed("query q-1"), 502, "engine-failed"),
        (RequestDataTooBig("too big"), 413, "too-large"),
        (Conflict("take a new key"), 409, "conflict"),
        (ParseError(), 400, "parse-error"),
        (NotAuthenticated(), 401, "not-authenticated"),
        (UnsupportedMediaType("text/plain"), 415, "unsupported-media-type"),
    ],
)
def test_each_error_has_its_status_and_its_name(error, status, name):
    answer = problem(error, {"request": APIRequestFactory().get("/api/v1/x/")})
    body = is_problem(answer, status)
    assert body["type"] == f"urn:forensics-portal:problem:{name}"
    assert (body["instance"], bool(body["detail"])) == ("/api/v1/x/", True)


def test_an_error_without_words_gets_the_words_of_its_status():
    answer = problem(Http404(), {"request": APIRequestFactory().get("/api/v1/x/")})
    assert is_problem(answer, 404)["detail"] == "Nothing matches the given URI"


def test_fields_inside_fields_are_named_by_their_path():
    error = ValidationError({"a": {"b": ["too long", "too odd"]}, "non_field_errors": ["both or none"]})
    errors = is_problem(problem(error, {"request": APIRequestFactory().get("/")}), 400)["errors"]
    assert [each["field"] for each in errors] == ["a.b", "a.b", "body"]


def test_an_error_of_the_inside_reaches_the_log_and_the_caller_alike(as_rin, base, settings):
    settings.EVENTS_URL = "gopher://nowhere"
    Incident.objects.update(events_manifest="0" * 64)
    as_rin.client.raise_request_exception = False
    is_problem(as_rin.get(f"{base}events/"), 500)


def test_the_rate_of_calls_is_limited(as_rin, monkeypatch):
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min"})
    statuses = [as_rin.get("").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
