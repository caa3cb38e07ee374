"""Workers for one shell command: the ones of a running portal, else a broker and a worker of its own."""

import os
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from celery import current_app
from django.conf import settings

from operations.broker import embedded_broker
from operations.lock import Held, held, holder
from operations.supervisor import Service, Supervisor
from phases import bell

PING_SECONDS = 1.0


class Workers:
    """``with Workers(say):`` somebody hears the bell while the block lasts."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self.say = say
        self._stack = ExitStack()
        self._supervisor: Supervisor | None = None

    def __enter__(self) -> Self:
        if not is_anybody_there():
            self._start()
        return self

    def _start(self) -> None:
        self._stack.enter_context(held(settings.DATA_DIR, "investigate"))
        self._supervisor = self._stack.enter_context(Supervisor(settings.DATA_DIR / "logs", self.say))
        url = settings.BROKER_URL
        if not settings.IS_BROKER_GIVEN:
            service, url = embedded_broker(settings.DATA_DIR)
            self._supervisor.start(service)
            point_to(url)
        for service in worker_services({"BROKER_URL": url}):
            self._supervisor.start(service)

    def _take_over(self) -> None:
        """Whoever ended took its broker and workers along; somebody else may be quicker than we are."""
        with suppress(Held):
            self._start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def check(self) -> None:
        """Take over when the workers we relied on are gone.

        Raises StartFailed when our own keep falling over, KeyboardInterrupt when asked to stop.
        """
        if self._supervisor is None:
            if not (settings.IS_BROKER_GIVEN or holder(settings.DATA_DIR)):
                self._take_over()
            return
        self._supervisor.check()
        if self._supervisor.is_stopping:
            raise KeyboardInterrupt


def is_anybody_there() -> bool:
    """A portal holds the data directory, or a worker answers on the broker that is configured."""
    if holder(settings.DATA_DIR):
        point_to(embedded_broker(settings.DATA_DIR)[1])
        return True
    return settings.IS_BROKER_GIVEN and bell.is_up() and bool(current_app.control.ping(timeout=PING_SECONDS))


def point_to(url: str) -> None:
    """Ring at this broker from now on."""
    settings.BROKER_URL = url
    current_app.conf.broker_url = url
    bell.broker.cache_clear()


def worker_services(env: Mapping[str, str]) -> list[Service]:
    """Two workers: one that waits for networks, one that keeps the cores busy."""
    cores = str(os.cpu_count() or 1)
    return [
        worker("collect", "collect,notify", str(settings.COLLECT_CONCURRENCY), env),
        worker("examine", "examine,analyze,report", cores, env),
    ]


def worker(name: str, queues: str, concurrency: str, env: Mapping[str, str]) -> Service:
    command = [sys.executable, "-m", "celery", "-A", "forensics_portal", "worker", "-Q", queues]
    command += ["-c", concurrency, "-n", f"{name}-{os.getpid()}@{socket.gethostname()}", "--without-gossip"]
    command += ["--without-mingle", "--loglevel", "INFO"]
    root = str(Path(__file__).resolve().parent.parent)
    # Celery would run Django's checks, whose answer it does not read, and load every page for them.
    more = {"PYTHONPATH": root, "CELERY_SKIP_CHECKS": "1"}
    return Service(f"worker-{name}", command, is_restarted=True, env={**env, **more})
