"""What every source does when AWS refuses, is asked too often, or answers a page of HTML: at each of its calls in turn.

Whatever it is, it is told: as a gap, as a wait, or where the object is read. No source fails a run for it.
"""

from contextlib import contextmanager
from itertools import cycle

import pytest

from collectors import Artifact, sources
from collectors.answers import REFUSALS
from plugins import Gap, NotReady
from tests.collectors.aws_says import PAGE_OF_HTML, answer
from tests.collectors.test_every_source import scope_of, session_for, size_of

__all__ = ["scope_of"]
FAULTS = ("AccessDeniedException", "ThrottlingException", PAGE_OF_HTML)
IN_AWS = [source for source in sources if source.needs_aws]
TOLD = (*REFUSALS, OSError)


class Line:
    """The line to AWS of one session: hears every call, and answers those of one operation with a fault."""

    def __init__(self, session):
        self.calls, self.struck, self.fault, self.met = [], None, None, False
        session.events.register_first("before-call", self.call)

    def call(self, model, **_):
        operation = f"{model.service_model.service_name}.{model.name}"
        self.calls.append(operation)
        if operation != self.struck:
            return None
        self.met = True
        return answer(self.fault)

    @contextmanager
    def broken(self, operation, fault):
        self.struck, self.fault, self.met = operation, fault, False
        yield
        self.struck = None


@pytest.fixture
def lines():
    return lambda session: [Line(one) for one in sessions_of(session)]


def sessions_of(session):
    if hasattr(session, "home"):
        return [session.home, session.enter("us-east-1", "a copy").session]
    return [session]


class Reading:
    """Reads whole what a source gives, and remembers which calls that took.

    While an operation is struck, what was read before without it is not read again: one document of IAM takes seconds.
    """

    def __init__(self, lines):
        self.lines, self.took = lines, {}

    def read(self, artifact):
        struck = {line.struck for line in self.lines} - {None}
        if struck and not struck & self.took.get(artifact.name, struck):
            return
        before = [len(line.calls) for line in self.lines]
        size_of(artifact)
        new = [line.calls[start:] for line, start in zip(self.lines, before, strict=True)]
        self.took.setdefault(artifact.name, set()).update(*new)


def outcome(source, scope, session, reading):
    """Its gaps, whether it waits, whether an object could not be read; anything else that is raised fails."""
    found, waits, unread = [], False, False
    try:
        for one in source.collect(scope, session):
            found.append(one)
            if isinstance(one, Artifact):
                reading.read(one)
    except NotReady:
        waits = True
    except TOLD:
        unread = True
    return {one for one in found if isinstance(one, Gap)}, waits, unread


@pytest.mark.parametrize("source", IN_AWS, ids=lambda source: source.name)
def test_it_tells_of_it_and_goes_on(source, simulated, scope_of, lines):
    session, scope = session_for(source, simulated), scope_of(source)
    heard = lines(session)
    reading = Reading(heard)
    well, *_ = outcome(source, scope, session, reading)
    faults = cycle(FAULTS)  # one for each call, in turn: all three at each would take minutes
    for line in heard:
        for operation in dict.fromkeys(line.calls):
            with line.broken(operation, next(faults)):
                gaps, waits, unread = outcome(source, scope, session, reading)
            assert not line.met or gaps - well or waits or unread, f"of {operation} nothing is told"
