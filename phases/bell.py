"""The doorbell: tells a queue that there is work, and pages that something changed. The rows are the truth."""

from functools import cache, partial
from typing import Any

import redis
from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

CHANGES = "forensics-portal:changes"


def ring_on_commit(queue: str) -> None:
    transaction.on_commit(partial(ring, queue))


def ring(queue: str) -> bool:
    """Send one bell to ``queue``; False when the broker does not answer: the sweeper rings again when it is back."""
    return send("phases.tasks.work", [queue], queue)


def ring_for_readiness() -> bool:
    """Say that somebody wants to know how ready the forensic environment is; False when the broker does not answer."""
    return send("phases.tasks.look_at_readiness", [], "notify")


def send(task: str, arguments: list[Any], queue: str) -> bool:
    """Ask the workers of ``queue`` for ``task``; False when the broker does not answer."""
    try:
        current_app.send_task(task, args=arguments, queue=queue, retry=False, ignore_result=True)
    except OperationalError:
        return False
    return True


def broker_url() -> str:
    """BROKER_URL as the Redis client spells it; ``redis+socket`` is Celery's word for a unix socket."""
    return settings.BROKER_URL.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")


@cache
def broker() -> redis.Redis:
    """A connection to the broker's Redis."""
    return redis.Redis.from_url(broker_url(), socket_timeout=2, socket_connect_timeout=2)


def announce(incident_id: int) -> None:
    """Publish that an incident changed; without a broker the pages poll."""
    try:
        broker().publish(CHANGES, str(incident_id))
    except redis.RedisError:
        return


def waiting(queue: str) -> int:
    """How many bells lie in ``queue`` unheard; 0 when the broker does not answer."""
    try:
        return int(broker().llen(queue))
    except redis.RedisError:
        return 0


def is_up() -> bool:
    try:
        return bool(broker().ping())
    except redis.RedisError:
        return False
