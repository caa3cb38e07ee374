"""One open request, taken by one worker, closed with one row that nobody can change."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.actions.readiness import (
    GIVEN_UP,
    RequestLost,
    claim_readiness,
    give_up_readiness,
    record_readiness,
    renew_readiness,
    request_readiness,
)
from cases.actor import Actor
from cases.models import ReadinessRequest
from tests.cases.making import seen


@pytest.fixture
def asked(ida):
    return request_readiness(by=Actor(ida))[0]


def lapse(request):
    """Its worker has fallen silent."""
    ReadinessRequest.objects.filter(pk=request.pk).update(taken_until=timezone.now() - timedelta(seconds=1))
    request.refresh_from_db()


def test_asking_again_while_one_is_open_is_the_same_request(asked, rin):
    assert request_readiness(by=Actor(rin)) == (asked, False)


def test_one_worker_takes_it(asked):
    assert claim_readiness(request=asked) == 1
    assert claim_readiness(request=asked) is None


def test_a_silent_worker_loses_it_and_writes_nothing(asked):
    claim_readiness(request=asked)
    lapse(asked)
    assert claim_readiness(request=asked) == 2
    with pytest.raises(RequestLost):
        renew_readiness(request=asked, attempt=1, done=3)
    with pytest.raises(RequestLost):
        record_readiness(request=asked, attempt=1, seen=seen())


def test_what_was_seen_closes_the_request(asked, rin):
    run = record_readiness(request=asked, attempt=claim_readiness(request=asked), seen=seen())
    assert run.request == asked
    assert request_readiness(by=Actor(rin))[1]


def test_three_silent_tries_are_enough(asked):
    for _ in range(3):
        assert claim_readiness(request=asked)
        lapse(asked)
    assert claim_readiness(request=asked) is None
    assert give_up_readiness() == 1
    asked.refresh_from_db()
    assert (asked.is_open, asked.error) == (False, GIVEN_UP)


def test_one_that_is_at_work_is_not_given_up(asked):
    claim_readiness(request=asked)
    assert give_up_readiness() == 0


@pytest.mark.parametrize("statement", ["UPDATE cases_readinessrun SET score = 100", "DELETE FROM cases_readinessrun"])
def test_nobody_changes_what_was_seen(asked, statement):
    record_readiness(request=asked, attempt=claim_readiness(request=asked), seen=seen())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
