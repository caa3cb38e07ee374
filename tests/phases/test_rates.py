"""Turns at an API: shared through the broker, by this process alone without one."""

import boto3
import pytest
import redis
from moto import mock_aws

from operations.broker import embedded_broker
from operations.supervisor import Supervisor
from phases import bell, rates


@pytest.fixture
def broker(tmp_path, settings):
    """A running broker that the portal knows of."""
    service, settings.BROKER_URL = embedded_broker(tmp_path)
    with Supervisor(tmp_path / "logs", print) as supervisor:
        supervisor.start(service)
        bell.broker.cache_clear()
        yield supervisor
    bell.broker.cache_clear()


@pytest.fixture
def no_broker(settings, tmp_path):
    settings.BROKER_URL = f"redis+socket://{tmp_path}/nobody-there.sock"
    bell.broker.cache_clear()
    yield
    bell.broker.cache_clear()


def turns(count, key="lookup:111122223333:eu-west-1"):
    return [rates.turn(f"{rates.KEY}:{key}", 60) for _ in range(count)]


def apart(found):
    """Whole minutes between one's own turn and the first."""
    return [round((one - found[0]) / 60) for one in found]


def test_callers_of_one_place_take_turns(broker):
    assert apart(turns(4)) == [0, 1, 2, 3]


def test_the_first_does_not_wait(broker):
    assert turns(1) == [0]


def test_another_process_sees_the_turns_that_were_taken(broker):
    turns(2)
    client = redis.Redis.from_url(bell.broker_url())
    assert client.eval(rates.TAKE, 1, f"{rates.KEY}:lookup:111122223333:eu-west-1", "60000") > 100_000


def test_places_do_not_wait_for_each_other(broker):
    turns(3)
    assert turns(1, "lookup:111122223333:us-east-1") == [0]


def test_a_turn_that_is_over_is_forgotten(broker):
    turns(1)
    assert bell.broker().pttl(f"{rates.KEY}:lookup:111122223333:eu-west-1") <= 61_000


def test_without_a_broker_the_process_counts_by_itself(no_broker):
    key = "lookup:without"
    assert apart(turns(3, key)) == [0, 1, 2]


def test_a_call_waits_for_its_turn_before_it_is_signed(no_broker, monkeypatch):
    """Moto does not know LookupEvents: only that it is asked late matters here."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    waited = []
    rates.turn(f"{rates.KEY}:cloudtrail.LookupEvents:111122223333:eu-west-3", 3600)  # somebody else's
    session = boto3.Session("test", "test", region_name="eu-west-3")
    rates.keep_to_rates(session, "111122223333", waited.append)
    session.events.register("before-send.cloudtrail.LookupEvents", lambda **_: Answered())
    session.client("cloudtrail").lookup_events()
    assert [round(one / 3600) for one in waited] == [1]


class Answered:
    """AWS's answer that there is no event."""

    status_code, headers, content, text = 200, {}, b"{}", "{}"


def test_other_calls_do_not_wait(no_broker, monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    waited = []
    with mock_aws():
        session = boto3.Session("test", "test", region_name="eu-west-3")
        rates.keep_to_rates(session, "111122223333", waited.append)
        for _ in range(2):
            session.client("cloudtrail").describe_trails()
    assert waited == []
