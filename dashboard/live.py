"""Open pages hear that their incident changed: server-sent events from one listener for each process.

A stream says only that something changed; the page then fetches the part that did, so the querysets decide who sees
what. Open streams cost no query each: whoever may go on listening is asked for all of them at once.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import redis.asyncio
from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET
from redis.exceptions import RedisError

from cases.models import Incident, Membership
from dashboard.access import incident_or_404
from phases import bell

HEARTBEAT = 15.0  # seconds; a comment, so that proxies keep the line and a dead one is noticed
CHECK = 30.0  # seconds between looks at memberships and sessions
PAUSE = 0.5  # seconds; changes that come faster are told as one
RETRY = 5000  # milliseconds until the browser asks again; it polls as often meanwhile


@dataclass(eq=False, slots=True)
class Stream:
    """One open page."""

    incident_id: int
    user_id: int
    session_key: str
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False
    standing: int | None = None  # where the incident stands, for a page that may have missed a change

    def ring(self, *, over: bool = False) -> None:
        self.is_over = self.is_over or over
        self.standing = None
        self.bell.set()

    def remind(self, standing: int) -> None:
        if not self.bell.is_set():  # else a change waits to be told, and this may be older
            self.standing = standing
            self.bell.set()


class Hub:
    """The open streams of this process, the one listener that rings them, and the one check of who may stay."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.tasks: tuple[asyncio.Task[None], ...] = ()
        self.is_tried = asyncio.Event()  # the listener hears the broker, or has given up

    async def join(self, stream: Stream) -> None:
        """Add the stream and return when it is listened for; it is over when the broker does not answer."""
        self.streams.add(stream)
        if not self.tasks or any(task.done() for task in self.tasks):
            self.stop()
            self.is_tried.clear()
            self.tasks = (asyncio.create_task(self.listen()), asyncio.create_task(self.watch()))
        await self.is_tried.wait()

    def leave(self, stream: Stream) -> None:
        self.streams.discard(stream)
        if not self.streams:
            self.stop()

    def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.tasks = ()

    async def listen(self) -> None:
        """Ring the streams of each incident that is announced; when the broker is gone all end, and pages poll."""
        client = redis.asyncio.Redis.from_url(bell.broker_url(), socket_connect_timeout=2)
        try:
            async with client, client.pubsub() as channel:
                await channel.subscribe(bell.CHANGES)
                self.is_tried.set()
                async for message in channel.listen():
                    if message["type"] == "message":
                        self.tell(int(message["data"]))
        except (RedisError, OSError):
            self.end(self.streams)
            self.is_tried.set()

    def tell(self, incident_id: int) -> None:
        for stream in self.streams:
            if stream.incident_id == incident_id:
                stream.ring()

    def end(self, streams: Iterable[Stream]) -> None:
        for stream in list(streams):
            stream.ring(over=True)

    async def watch(self) -> None:
        """Check all streams now and then. Without a database nobody can be checked, so all end and ask again."""
        while True:
            await asyncio.sleep(CHECK)
            try:
                await self.check(frozenset(self.streams))
            except DatabaseError:
                self.end(self.streams)

    async def check(self, streams: frozenset[Stream]) -> None:
        """End those of people who signed out or are no members any more; tell the others where they stand.

        The broker forgets what it could not deliver: a page that missed the last change would stay as it is.
        """
        stay = await sync_to_async(allowed)(streams)
        self.end(streams - stay)
        standing = await sync_to_async(changes_of)(frozenset(stream.incident_id for stream in stay))
        for stream in stay:
            stream.remind(standing[stream.incident_id])


hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def hub_here() -> Hub:
    """The hub of the running event loop: a server process has one of each."""
    return hubs.setdefault(asyncio.get_running_loop(), Hub())


def allowed(streams: frozenset[Stream]) -> frozenset[Stream]:
    """The streams whose session lives and whose person is still a member: two queries for all of them."""
    members = Membership.objects.filter(user__in={s.user_id for s in streams}, user__is_active=True, ended_at=None)
    belongs = set(members.values_list("user", "incident"))
    keys = {stream.session_key for stream in streams}
    alive = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()).values_list("pk", flat=True)
    )
    let_go()
    return frozenset(s for s in streams if s.session_key in alive and (s.user_id, s.incident_id) in belongs)


def changes_of(incidents: frozenset[int]) -> dict[int, int]:
    """How often each incident has changed: one query."""
    changes = dict(Incident.objects.filter(pk__in=incidents).values_list("pk", "change"))
    let_go()
    return changes


def let_go() -> None:
    """Close this thread's connection: a stream stays open for hours and must not hold one meanwhile."""
    if not connection.in_atomic_block:
        connection.close()


@login_required
@require_GET
async def live(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """Tell the page each time that the incident changed."""
    incident = await sync_to_async(incident_or_404)(request, reference)
    user = await request.auser()
    stream = Stream(incident.pk, user.pk or 0, request.session.session_key or "")
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(lines(stream), content_type="text/event-stream", headers=headers)


async def lines(stream: Stream) -> AsyncIterator[str]:
    """The stream's text: first where the incident stands now (joined before it is read), then each change."""
    hub = hub_here()
    try:
        await hub.join(stream)
        yield f"retry: {RETRY}\n\n"
        if not stream.is_over:
            changes = await sync_to_async(changes_of)(frozenset({stream.incident_id}))
            yield hello(changes[stream.incident_id])
        while not stream.is_over:
            yield await next_line(stream)
            await asyncio.sleep(PAUSE)
        yield "event: over\ndata: -\n\n"
    finally:
        hub.leave(stream)


async def next_line(stream: Stream) -> str:
    try:
        await asyncio.wait_for(stream.bell.wait(), HEARTBEAT)
    except TimeoutError:
        return ": still here\n\n"
    stream.bell.clear()
    standing, stream.standing = stream.standing, None
    return "event: changed\ndata: -\n\n" if standing is None else hello(standing)


def hello(standing: int) -> str:
    """The page compares it with what it shows."""
    return f"event: hello\ndata: {standing}\n\n"
