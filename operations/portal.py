"""The portal on one machine: broker, web server, workers and beat under one supervisor."""

import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings

from operations.broker import embedded_broker
from operations.supervisor import Service, StartFailed, Supervisor
from operations.workers import point_to, worker_services

HOST = "127.0.0.1"
TAKEN = "address already in use"  # EADDRINUSE in words
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Portal:
    """A running portal: where it answers, and its supervisor."""

    url: str
    supervisor: Supervisor


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start: the wished port, what runs beside the portal, and the environment of every process.

    ``prepare`` is done while what runs beside it starts, and before anything of the portal does.
    """

    port: int = 8000
    beside: tuple[Service, ...] = ()
    prepare: Callable[[], object] = lambda: None
    env: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def running(plan: Plan, say: Callable[[str], object]) -> Iterator[Portal]:
    """Start everything, each beside the others where it can be; give the portal, stop everything in reverse."""
    with Supervisor(settings.DATA_DIR / "logs", say) as supervisor:
        broker_url = settings.BROKER_URL
        if not settings.IS_BROKER_GIVEN:
            service, broker_url = embedded_broker(settings.DATA_DIR)
            supervisor.start(service)
            point_to(broker_url)
        beside = [supervisor.launch(service) for service in plan.beside]
        plan.prepare()
        env = {"BROKER_URL": broker_url, **plan.env}
        for service in (*worker_services(env), beat(env)):
            supervisor.launch(service)
        port = start_on_free_port(supervisor, plan.port, lambda port: web(port, env))
        for child in beside:
            supervisor.await_answer(child)
        yield Portal(f"http://{HOST}:{port}/", supervisor)


def start_on_free_port(supervisor: Supervisor, wished: int, service_on: Callable[[int], Service]) -> int:
    """Start a server and return its port; somebody else may take a free one between the look and the start."""
    port = free_port(wished)
    try:
        supervisor.start(service_on(port))
    except StartFailed as problem:
        if TAKEN not in str(problem).lower():
            raise
        return start_on_free_port(supervisor, port + 1, service_on)
    return port


def free_port(wished: int) -> int:
    """The wished port, or the next one that nobody listens on."""
    for port in range(wished, wished + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex((HOST, port)) != 0:
                return port
    raise OSError(f"no free port from {wished} to {wished + 99}; name another with --port")


def web(port: int, env: Mapping[str, str]) -> Service:
    command = [sys.executable, "-m", "uvicorn", "forensics_portal.asgi:application", "--host", HOST]
    command += ["--port", str(port), "--timeout-graceful-shutdown", "3", "--no-access-log", "--lifespan", "off"]
    # By itself uvicorn believes whoever asks from this machine, and custody would hold the address that they name.
    command.append("--proxy-headers" if settings.IS_BEHIND_PROXY else "--no-proxy-headers")
    url = f"http://{HOST}:{port}/healthz"
    return Service("web", command, ready=lambda: is_answering(url), is_restarted=True, env=with_path(env))


def beat(env: Mapping[str, str]) -> Service:
    command = [sys.executable, "-m", "celery", "-A", "forensics_portal", "beat", "--loglevel", "WARNING"]
    pidfile = settings.DATA_DIR / "beat.pid"
    pidfile.unlink(missing_ok=True)
    return Service("beat", [*command, "--pidfile", str(pidfile)], is_restarted=True, env=with_path(env))


def with_path(env: Mapping[str, str]) -> dict[str, str]:
    return {**env, "PYTHONPATH": str(ROOT)}


def is_answering(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address on this machine
            return bool(answer.status == 200)
    except (URLError, TimeoutError, ConnectionError):
        return False
