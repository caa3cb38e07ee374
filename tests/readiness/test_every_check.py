"""The contract that every check keeps, whoever wrote it."""

import inspect
import re
from functools import partial

import pytest
from botocore.awsrequest import AWSResponse

from collectors.permissions import actions_of
from readiness import Outcome, checks, verdict_of
from tests.readiness.organisations import of_simulation, organisation

EVERY = pytest.mark.parametrize("check", list(checks), ids=lambda check: check.name)
IN_AWS = pytest.mark.parametrize("check", [one for one in checks if one.permissions], ids=lambda check: check.name)
READS = ("Describe", "List", "Get")
PAGE = b"<html><body><h1>Internal Server Error</h1></body></html>"


class Raw:
    """A body as urllib3 gives it."""

    def stream(self, **_):
        yield PAGE

    def read(self, *_, **__):
        return PAGE


def answering(status, body):
    """Prepare a session so that every call ends in this answer and none leaves the process."""

    def prepare(session):
        def answer(request, **_):
            response = AWSResponse(request.url, status, {"content-type": "text/html"}, Raw())
            response._content = body
            return response

        session.events.register("before-send", answer)

    return prepare


def denying(session):
    refusal = {"Error": {"Code": "AccessDeniedException", "Message": "no identity-based policy allows the action"}}
    http = type("Http", (), {"status_code": 403})()
    session.events.register("before-call", lambda **_: (http, refusal))


@pytest.fixture(scope="module")
def kept():
    """Each check looks once at the simulated organisation for all tests of this module."""
    return {}


@pytest.fixture
def looked(simulated, kept):
    """``looked(check)``: its verdict on the simulated organisation, and its calls as (service, operation, params)."""

    def of(check):
        if check.name not in kept:
            calls = []

            def note(params, model, **_):
                calls.append((model.service_model.service_name, model.name, dict(params)))

            hear = partial(listen, note)
            kept[check.name] = verdict_of(check, of_simulation(simulated, hear)), calls
        return kept[check.name]

    return of


@pytest.fixture
def taken(simulated):
    """``taken(check)``: the roles that it takes in the simulated organisation."""

    def of(check):
        seen = of_simulation(simulated)
        verdict_of(check, seen)
        return {role for _, role in seen._sessions}

    return of


def listen(note, session):
    session.events.register("provide-client-params", note)


@EVERY
class TestEveryCheck:
    def test_it_lives_in_a_module_of_its_own_name(self, check):
        assert check.module == f"readiness.{check.name}"

    def test_it_says_what_it_asks_and_cites_its_source(self, check):
        assert check.doc
        assert "https://docs.aws.amazon.com/" in (inspect.getmodule(check.look).__doc__ or "")

    def test_its_name_is_a_slug_and_its_practice_one_of_aws(self, check):
        assert re.fullmatch(r"[a-z][a-z0-9_]{1,39}", check.name)
        assert re.fullmatch(r"SEC\d\d-BP\d\d", check.practice)

    def test_its_weight_is_one_to_five(self, check):
        assert check.weight in range(1, 6)

    def test_its_permissions_are_iam_actions(self, check):
        assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z]\w+", action) for action in check.permissions)

    def test_it_says_what_was_asked_what_was_answered_and_what_to_do(self, check, looked):
        verdict, _ = looked(check)
        assert verdict.summary
        assert verdict.observations
        assert all(one.says and one.asked and one.answered for one in verdict.observations)
        assert bool(verdict.todo) == (verdict.outcome is not Outcome.PASSED)

    def test_without_any_account_nothing_passes(self, check):
        nobody = organisation()
        nobody.accounts = ()
        assert verdict_of(check, nobody).outcome in (Outcome.NOT_KNOWN, Outcome.FAILED)


@IN_AWS
class TestInAws:
    def test_it_calls_what_it_declares_and_nothing_else(self, check, looked):
        assert {action for call in looked(check)[1] for action in actions_of(*call)} == set(check.permissions)

    def test_it_takes_the_roles_that_it_declares(self, check, taken):
        assert taken(check) == set(check.roles)

    def test_it_changes_nothing(self, check, looked):
        acts = [(name, params) for _, name, params in looked(check)[1] if not name.startswith(READS)]
        assert all(params.get("DryRun") is True for _, params in acts)

    def test_what_is_denied_is_not_known_in_the_words_of_aws(self, check, simulated):
        verdict = verdict_of(check, of_simulation(simulated, denying))
        assert verdict.outcome is Outcome.NOT_KNOWN
        assert any("no identity-based policy allows" in one.answered for one in verdict.observations)

    def test_a_server_error_in_html_is_not_known(self, check, simulated):
        verdict = verdict_of(check, of_simulation(simulated, answering(500, PAGE)))
        assert verdict.outcome is Outcome.NOT_KNOWN

    def test_a_page_of_html_instead_of_an_answer_never_passes(self, check, simulated):
        verdict = verdict_of(check, of_simulation(simulated, answering(200, PAGE)))
        assert verdict.outcome in (Outcome.NOT_KNOWN, Outcome.FAILED)
