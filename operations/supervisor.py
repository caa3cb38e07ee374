"""Start processes in order, keep them running, and leave nothing behind. Standard library only.

Each service leads a process group of its own. A watcher process holds a pipe to the supervisor: when the pipe closes,
however the supervisor ended (kill -9 too), the watcher kills what is left of the groups. A parent-death signal would
not do: it reaches no grandchildren, and Celery's workers have some. A watcher that ends is replaced by a new one.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self

POLL = 0.1
TAIL_LINES = 20
TAIL_BYTES = 2**16
STOPPING = (signal.SIGINT, signal.SIGTERM)  # a closed terminal ends us, and then the watcher does the rest
WATCHER = (
    "import os,signal,sys\n"
    "groups=set()\n"
    "for line in sys.stdin:\n"
    "    mark,group=line[0],int(line[1:])\n"
    "    (groups.add if mark=='+' else groups.discard)(group)\n"
    "for group in groups:\n"
    "    try:\n"
    "        os.killpg(group,signal.SIGKILL)\n"
    "    except ProcessLookupError:\n"
    "        pass\n"
)


class StartFailed(Exception):
    """A service did not come up, or keeps falling over; the message holds its last log lines."""


@dataclass(frozen=True, slots=True)
class Service:
    """One process: its command, when it answers, and whether it is started again after a crash."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] = lambda: True
    is_restarted: bool = False
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a supervisor is, in seconds; pauses double from ``pause`` to ``longest_pause``."""

    start: float = 60.0
    grace: float = 10.0
    pause: float = 1.0
    longest_pause: float = 30.0
    restarts: int = 5
    window: float = 300.0


PATIENT = Pace()


@dataclass
class Child:
    """A running service, when it crashed, when it is due to be started again, and whether later ones lean on it."""

    service: Service
    process: "subprocess.Popen[bytes]"
    crashes: list[float] = field(default_factory=list)
    due: float | None = None
    is_leaned_on: bool = False


class Supervisor:
    """Runs services until one that is not restarted ends, or until it is told to stop."""

    def __init__(self, logs: Path, say: Callable[[str], object], pace: Pace = PATIENT) -> None:
        self.logs, self.say, self.pace = logs, say, pace
        self.children: list[Child] = []
        self.is_stopping = False
        self._watcher: subprocess.Popen[bytes] | None = None
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._watcher = watcher()
        self._handlers = {number: signal.signal(number, self._asked_to_stop) for number in STOPPING}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.is_stopping = True

    def start(self, service: Service) -> None:
        """Launch, and wait until it answers: later ones lean on it. Raises StartFailed with its last log lines."""
        child = self.launch(service)
        child.is_leaned_on = True
        self.await_answer(child)

    def launch(self, service: Service) -> Child:
        """Start it and do not wait: others may start meanwhile."""
        log = self.log_of(service)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        child = Child(service, self.spawn(service))
        self.children.append(child)
        return child

    def await_answer(self, child: Child) -> None:
        """Raises StartFailed with its last log lines where it ends before, or takes too long."""
        limit = time.monotonic() + self.pace.start
        # Both: where the process has ended, whatever answers in its place is somebody else's.
        while not (child.service.ready() and child.process.poll() is None):
            if child.process.poll() is not None or time.monotonic() > limit or self.is_stopping:
                self._give_up(child)
            time.sleep(POLL)

    def _give_up(self, child: Child) -> NoReturn:
        """Raise StartFailed; what has ended is buried, so that its service may be started in another way."""
        if child.process.poll() is not None:
            self._bury(child.process)
            self.children.remove(child)
        raise StartFailed(f"{child.service.name} {why_not(child, self.is_stopping)}:\n{self.tail(child.service)}")

    def spawn(self, service: Service) -> "subprocess.Popen[bytes]":
        """Start the process in a group of its own; it tells the watcher of itself before it becomes the service."""
        self._keep_watched()
        pipe = self._pipe()

        def announce() -> None:
            os.write(pipe, f"+{os.getpid()}\n".encode())

        with self.log_of(service).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - commands come from our code, never from a request
                service.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **service.env},
                start_new_session=True,
                preexec_fn=announce,  # noqa: PLW1509 - one system call, made even where we are killed meanwhile
            )

    def _bury(self, process: "subprocess.Popen[bytes]") -> None:
        """Kill what an ended process left of its group; its number may now be somebody else's."""
        end_group(process.pid)
        self._tell("-", process.pid)

    def _keep_watched(self) -> None:
        """Where the watcher has ended, start another and tell it of the groups that live."""
        if self._watcher is None or self._watcher.poll() is None:
            return
        let_go(self._watcher, self.pace.grace)
        self._watcher = watcher()
        for child in self.children:
            if child.due is None:
                self._tell("+", child.process.pid)

    def _tell(self, mark: str, group: int) -> None:
        """A watcher that has ended hears nothing: the next one is told of what lives then."""
        with suppress(BrokenPipeError):
            os.write(self._pipe(), f"{mark}{group}\n".encode())

    def _pipe(self) -> int:
        if self._watcher is None or self._watcher.stdin is None:
            raise RuntimeError("enter the supervisor with `with` before starting services")
        return self._watcher.stdin.fileno()

    def wait(self, until: Callable[[], bool] = lambda: False) -> None:
        """Keep the services running until told to stop or ``until`` says so. Raises StartFailed when they cannot be."""
        while not self.is_stopping and not until():
            self.check()
            time.sleep(POLL)

    def check(self) -> None:
        """Look at each child once: restart what may be, fail when another has ended. The watcher is one of them."""
        self._keep_watched()
        for child in self.children:
            if child.due is not None:
                self._restart_if_due(child)
            elif child.process.poll() is not None:
                self._mourn(child)

    def _mourn(self, child: Child) -> None:
        service, now = child.service, time.monotonic()
        self._bury(child.process)
        recent = [moment for moment in child.crashes if now - moment < self.pace.window]
        if not service.is_restarted or len(recent) >= self.pace.restarts:
            self.children.remove(child)
            raise StartFailed(f"{service.name} ended with {child.process.returncode}:\n{self.tail(service)}")
        pause = min(self.pace.pause * 2.0 ** len(recent), self.pace.longest_pause)
        child.crashes, child.due = [*recent, now], now + pause
        self.say(f"{service.name} ended with {child.process.returncode}; started again in {pause:g} s")

    def _restart_if_due(self, child: Child) -> None:
        if child.due is not None and time.monotonic() >= child.due:
            child.process, child.due = self.spawn(child.service), None

    def stop(self) -> None:
        """Stop in reverse order, side by side what was launched side by side: ask, wait, then kill the whole group."""
        while self.children:
            beside = [*takewhile(lambda child: not child.is_leaned_on, reversed(self.children))]
            for child in beside or self.children[-1:]:
                child.process.terminate()
            for child in beside or self.children[-1:]:
                if child.due is None:
                    wait_or_kill(child.process, self.pace.grace)
                    self._bury(child.process)
                self.children.remove(child)
        if self._watcher is not None:
            let_go(self._watcher, self.pace.grace)
            self._watcher = None

    def log_of(self, service: Service) -> Path:
        return self.logs / f"{service.name}.log"

    def tail(self, service: Service) -> str:
        """The last lines of its log."""
        with self.log_of(service).open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL_BYTES))
            lines = log.read().decode("utf-8", "replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])


def watcher() -> "subprocess.Popen[bytes]":
    """Kills the groups that it was told of once nobody holds the other end of its pipe."""
    return subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-ISc", WATCHER], stdin=subprocess.PIPE, bufsize=0, start_new_session=True
    )


def let_go(process: "subprocess.Popen[bytes]", grace: float) -> None:
    """Close the watcher's pipe, which ends it; one that somebody has halted is killed."""
    if process.stdin is not None:
        process.stdin.close()
    wait_or_kill(process, grace)


def why_not(child: Child, is_stopping: bool) -> str:
    if child.process.returncode is not None:
        return f"ended with {child.process.returncode} before it answered"
    return "was told to stop before it answered" if is_stopping else "does not answer"


def wait_or_kill(process: "subprocess.Popen[bytes]", grace: float) -> None:
    """A leader that was told to end stops its own children; KILL to the group when it takes longer than ``grace``."""
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        end_group(process.pid)
        process.wait()


def end_group(group: int) -> None:
    """Kill every process of the group; none left is fine."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
