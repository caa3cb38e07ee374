"""Streams with a real broker; the server process itself is in tests/browser/test_live.py."""

import asyncio
import subprocess
import time

import pytest
import redis
from asgiref.sync import async_to_sync
from django.db import DatabaseError, connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.actions.incidents import Particulars, end_membership, open_incident, set_member
from cases.actor import Actor
from cases.models import Incident
from dashboard import live
from operations.broker import embedded_broker
from phases import bell
from tests.dashboard.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker(settings, tmp_path):
    """A real Valkey server of the test's own, as the portal runs it."""
    service, settings.BROKER_URL = embedded_broker(tmp_path)
    process = subprocess.Popen(service.command, stdout=subprocess.DEVNULL)
    bell.broker.cache_clear()
    until(bell.is_up)
    yield process
    process.kill()
    process.wait()
    bell.broker().close()
    bell.broker.cache_clear()


@pytest.fixture
def no_broker(settings, tmp_path):
    settings.BROKER_URL = f"redis+socket://{tmp_path}/nobody.sock"


def until(holds):
    for _ in range(3000):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen in a minute")


@pytest.fixture
def quick(monkeypatch):
    """The same life in a hundredth of the time."""
    monkeypatch.setattr(live, "PAUSE", 0.001)
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)


@pytest.fixture
def session(ida):
    return signed_in(ida).session.session_key


@pytest.fixture
def stream_of(incident, ida, session):
    """Make an open page of Ida's, on the incident or on another one."""
    return lambda number=incident.pk: live.Stream(number, ida.pk, session)


async def opened(*streams):
    """The streams' texts after their two first lines: the time to retry, and where the incident stands."""
    texts = [live.lines(stream) for stream in streams]
    firsts = [[await anext(text), await anext(text)] for text in texts]
    assert all(first[0] == "retry: 5000\n\n" and first[1].startswith("event: hello\n") for first in firsts)
    return texts


async def closed(texts):
    for text in texts:
        await text.aclose()


async def told(text):
    """The next line that is no heartbeat."""
    while (line := await asyncio.wait_for(anext(text), 5)).startswith(":"):
        pass
    return line.partition("\n")[0]


async def ends_with(text):
    """The last line of a stream that ends by itself."""
    async with asyncio.timeout(5):
        return [line.partition("\n")[0] async for line in text][-1]


def test_it_first_says_where_the_incident_stands(broker, incident, stream_of):
    @async_to_sync
    async def first_words():
        text = live.lines(stream_of())
        words = [await anext(text), await anext(text)]
        await text.aclose()
        return words

    Incident.objects.filter(pk=incident.pk).update(change=41)
    assert first_words()[1] == "event: hello\ndata: 41\n\n"


def test_a_committed_change_is_told_to_its_pages(broker, quick, incident, stream_of):
    @async_to_sync
    async def hear():
        texts = await opened(stream_of(), stream_of())
        bell.announce(incident.pk)
        words = [await told(text) for text in texts]
        await closed(texts)
        return words

    assert hear() == ["event: changed", "event: changed"]


def test_another_incidents_change_is_not_told(broker, quick, incident, ida, stream_of):
    other = open_incident(particulars=Particulars("Another"), by=Actor(ida))[0]

    @async_to_sync
    async def hear():
        (mine, others) = texts = await opened(stream_of(), stream_of(other.pk))
        bell.announce(incident.pk)
        await told(mine)
        line = await anext(others)
        await closed(texts)
        return line

    assert hear() == ": still here\n\n"


def test_changes_that_come_fast_are_told_as_one(broker, quick, incident, stream_of):
    @async_to_sync
    async def hear():
        (text,) = texts = await opened(stream_of())
        for _ in range(50):
            bell.announce(incident.pk)
        await asyncio.sleep(0.2)
        lines = [await anext(text), await anext(text)]
        await closed(texts)
        return lines

    assert hear() == ["event: changed\ndata: -\n\n", ": still here\n\n"]


def test_fifty_streams_cost_no_query_each_and_one_listener(broker, quick, incident, stream_of):
    asked = CaptureQueriesContext(connection)

    @async_to_sync
    async def hear():
        texts = await opened(*[stream_of() for _ in range(50)])
        await live.sync_to_async(asked.__enter__)()
        bell.announce(incident.pk)
        words = {await told(text) for text in texts}
        await live.sync_to_async(asked.__exit__)(None, None, None)
        listeners = dict(bell.broker().pubsub_numsub(bell.CHANGES))
        await closed(texts)
        return words, list(listeners.values())

    assert hear() == ({"event: changed"}, [1])
    assert len(asked) == 0


def test_who_may_stay_is_asked_for_all_at_once(incident, stream_of, django_assert_num_queries):
    streams = frozenset(stream_of() for _ in range(50))
    with django_assert_num_queries(2):
        assert live.allowed(streams) == streams


def test_a_change_that_the_broker_did_not_deliver_is_told_at_the_next_check(
    broker, quick, incident, stream_of, monkeypatch
):
    monkeypatch.setattr(live, "CHECK", 0.05)

    @async_to_sync
    async def hear():
        (text,) = texts = await opened(stream_of())
        await Incident.objects.filter(pk=incident.pk).aupdate(change=41)
        while (line := await asyncio.wait_for(anext(text), 5)) != "event: hello\ndata: 41\n\n":
            assert not line.startswith("event: changed")
        await closed(texts)

    hear()


def test_a_reminder_does_not_hide_a_change(stream_of):
    stream = stream_of()
    stream.ring()
    stream.remind(7)
    assert stream.standing is None


def test_without_a_database_nobody_stays(broker, quick, stream_of, monkeypatch):
    monkeypatch.setattr(live, "CHECK", 0.05)

    def no_database(streams):
        raise DatabaseError("the connection is gone")

    @async_to_sync
    async def hear():
        (text,) = await opened(stream_of())
        monkeypatch.setattr(live, "allowed", no_database)
        return await ends_with(text)

    assert hear() == "event: over"


@pytest.mark.parametrize("way", ["ended", "signed out", "switched off"])
def test_who_may_not_stay_is_sent_away(broker, quick, incident, ida, session, stream_of, monkeypatch, way):
    monkeypatch.setattr(live, "CHECK", 0.05)

    @async_to_sync
    async def hear():
        (text,) = await opened(stream_of())
        await live.sync_to_async(leave)()
        return await ends_with(text)

    def leave():
        if way == "ended":
            commander = incident.memberships.get(role="responder").user
            set_member(incident=incident, user=commander, role="commander", by=Actor(ida))
            end_membership(incident=incident, user=ida, by=Actor(commander))
        elif way == "signed out":
            live.Session.objects.filter(pk=session).delete()
        else:
            type(ida).objects.filter(pk=ida.pk).update(is_active=False)

    assert hear() == "event: over"


def test_without_a_broker_the_stream_ends_and_says_when_to_ask_again(no_broker, stream_of):
    @async_to_sync
    async def hear():
        return [line async for line in live.lines(stream_of())]

    assert hear() == ["retry: 5000\n\n", "event: over\ndata: -\n\n"]


def test_when_the_broker_dies_every_stream_ends(broker, quick, stream_of):
    @async_to_sync
    async def hear():
        texts = await opened(stream_of(), stream_of())
        broker.kill()
        return [await ends_with(text) for text in texts]

    assert hear() == ["event: over"] * 2


def test_nobody_listens_when_nobody_looks(broker, quick, stream_of):
    @async_to_sync
    async def look_and_leave():
        texts = await opened(stream_of())
        hub = live.hub_here()
        await closed(texts)
        await asyncio.sleep(0.05)
        return hub.streams, hub.tasks

    assert look_and_leave() == (set(), ())
    until(lambda: dict(bell.broker().pubsub_numsub(bell.CHANGES))[bell.CHANGES.encode()] == 0)


def test_it_is_an_event_stream_that_nobody_keeps(broker, ida, incident):
    @async_to_sync
    async def ask():
        client = AsyncClient()
        await client.aforce_login(ida)
        answer = await client.get(reverse("live", args=[incident.reference]))
        line = await anext(aiter(answer.streaming_content))
        return answer.headers, line

    headers, line = ask()
    assert (headers["Content-Type"], headers["Cache-Control"]) == ("text/event-stream", "no-store")
    assert line == b"retry: 5000\n\n"


def test_a_change_is_announced_after_its_commit(broker, incident, ida, rin, django_capture_on_commit_callbacks):
    listener = redis.Redis.from_url(bell.broker_url()).pubsub(ignore_subscribe_messages=True)
    listener.subscribe(bell.CHANGES)
    listener.get_message(timeout=2)
    with django_capture_on_commit_callbacks(execute=True):
        end_membership(incident=incident, user=rin, by=Actor(ida))
    assert listener.get_message(timeout=2)["data"] == str(incident.pk).encode()
    listener.close()
