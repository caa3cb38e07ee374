"""The last recovery point before a moment, per resource."""

from datetime import UTC, datetime, timedelta

from readiness import RecoveryPoint, last_before

ATTACK = datetime(2026, 11, 22, 21, 4, tzinfo=UTC)


def point(name, hours, status="COMPLETED", resource="db"):
    """One that was begun so many hours before the attack."""
    return RecoveryPoint(name, resource, ATTACK - timedelta(hours=hours), status)


def last(*points):
    return {resource: found and found.arn for resource, found in last_before(points, ATTACK).items()}


def test_it_is_the_newest_from_before():
    assert last(point("old", 48), point("good", 24), point("late", -3)) == {"db": "good"}


def test_one_begun_at_the_very_moment_is_too_late():
    assert last(point("good", 1), point("at", 0)) == {"db": "good"}


def test_one_that_is_not_whole_restores_nothing():
    assert last(point("good", 24), point("half", 2, status="PARTIAL"), point("gone", 1, "EXPIRED")) == {"db": "good"}


def test_a_resource_with_nothing_from_before_is_named():
    assert last(point("late", -1), point("disk", 5, resource="vol")) == {"db": None, "vol": "disk"}


def test_an_answer_of_aws_becomes_a_point():
    answer = {"RecoveryPointArn": "arn:p", "ResourceArn": "arn:db", "CreationDate": ATTACK, "Status": "COMPLETED"}
    assert RecoveryPoint.of(answer | {"BackupVaultName": "v"}) == RecoveryPoint(
        "arn:p", "arn:db", ATTACK, "COMPLETED", "v"
    )
