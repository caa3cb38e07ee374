"""Ask for a look at the forensic environment, take the request, and keep what was seen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from cases.actor import Actor
from cases.models import ReadinessRequest, ReadinessRun

LEASE = timedelta(minutes=10)  # for one check; each one that is made renews it
GIVEN_UP = "three tries ended without a result; the workers' log says why"


class RequestLost(Exception):
    """Somebody else has taken the request meanwhile; what this one saw is not written."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look came to: the score (0 to 100), how many of ``checks`` passed, and the results as JSON values."""

    started_at: datetime
    score: int
    passed: int
    checks: int
    results: list[dict[str, Any]]


def request_readiness(*, by: Actor) -> tuple[ReadinessRequest, bool]:
    """Return the open request and whether it is new. No entry: looking handles no evidence."""
    try:
        with transaction.atomic():
            return ReadinessRequest.objects.create(requested_by=by.user, requested_at=timezone.now()), True
    except IntegrityError:  # one is open, or was a moment ago
        known = ReadinessRequest.objects.open().first()
        return (known, False) if known else request_readiness(by=by)


def claim_readiness(*, request: ReadinessRequest) -> int | None:
    """Take the request by one conditional UPDATE: the number of this try, or None if somebody else was quicker."""
    mine = ReadinessRequest.objects.claimable().filter(pk=request.pk, attempts=request.attempts)
    taken = mine.update(attempts=F("attempts") + 1, taken_until=Now() + LEASE, done=0)
    return request.attempts + 1 if taken else None


def renew_readiness(*, request: ReadinessRequest, attempt: int, done: int) -> None:
    """Say how many checks are made, and go on for another lease. Raises RequestLost."""
    mine = ReadinessRequest.objects.open().filter(pk=request.pk, attempts=attempt)
    if not mine.update(done=done, taken_until=Now() + LEASE):
        raise RequestLost(f"{request} was taken by somebody else")


@transaction.atomic
def record_readiness(*, request: ReadinessRequest, attempt: int, seen: Seen) -> ReadinessRun:
    """Close the request with what was seen; the row can never be changed. Raises RequestLost."""
    mine = ReadinessRequest.objects.open().filter(pk=request.pk, attempts=attempt)
    if not mine.update(is_open=False, done=seen.checks):
        raise RequestLost(f"{request} was taken by somebody else")
    return ReadinessRun.objects.create(
        request=request,
        started_at=seen.started_at,
        ended_at=timezone.now(),
        score=seen.score,
        passed=seen.passed,
        checks=seen.checks,
        results=seen.results,
    )


def give_up_readiness() -> int:
    """Close the request that was tried in vain; return how many there were."""
    return ReadinessRequest.objects.given_up().update(is_open=False, error=GIVEN_UP)
