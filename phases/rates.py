"""How often an API may be asked, by all workers together: turns are given out in the broker's Redis.

LookupEvents: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import boto3
import redis

from phases import bell

# botocore's event of the call -> calls a second, for each account and region
RATES = {"cloudtrail.LookupEvents": 2.0}
KEY = "forensics-portal:rate"
# The next free turn of a key, in Redis's own milliseconds, so that the clocks of workers do not matter.
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local turn = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
redis.call('SET', KEYS[1], turn + ARGV[1], 'PX', turn - now + ARGV[1] + 1000)
return turn - now
"""
Wait = Callable[[float], object]


class LocalTurns:
    """The same for one process alone, while the broker is away."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: dict[str, float] = {}

    def take(self, key: str, pause: float) -> float:
        """Seconds until the caller's turn; ``pause`` is how long it lasts."""
        with self._lock:
            now = time.monotonic()
            turn = max(self._free.get(key, now), now)
            self._free[key] = turn + pause
            return turn - now


here = LocalTurns()


def keep_to_rates(session: boto3.Session, account: str, wait: Wait = time.sleep) -> None:
    """Make every client of ``session`` wait for its turn, at each attempt; the signature is made afterwards."""
    for call in RATES:
        session.events.register(f"before-sign.{call}", partial(await_turn, call, account, wait))


def await_turn(call: str, account: str, wait: Wait, region_name: str = "", **_: Any) -> None:
    if seconds := turn(f"{KEY}:{call}:{account}:{region_name}", 1 / RATES[call]):
        wait(seconds)


def turn(key: str, pause: float) -> float:
    """Seconds until the caller may call, shared by all workers; by this process's own count without a broker."""
    try:
        return float(bell.broker().eval(TAKE, 1, key, str(round(pause * 1000)))) / 1000
    except redis.RedisError:
        return here.take(key, pause)
