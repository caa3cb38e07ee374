import pytest

from cases.actor import Actor
from cases.models import Run
from collectors import Source, sources
from phases import runs
from phases.requests import Wish, request_collection
from phases.tasks import work_of
from tests.simulation.fixtures import simulated  # noqa: F401 - pytest finds the fixture here

QUEUES = ("collect", "examine", "analyze", "report")


@pytest.fixture
def by_ida(ida):
    return Actor(ida)


@pytest.fixture
def by_rin(rin):
    return Actor(rin)


@pytest.fixture
def walks():
    """A source "scripted" for this test: each of its walks yields, or raises, what the next list holds."""
    planned = []

    def collect(scope, aws):
        for one in planned.pop(0):
            if isinstance(one, Exception):
                raise one
            yield one

    source = Source("scripted", "Scripted", (), collect, needs_aws=False, module=__name__)
    sources.all()
    sources.add(source)
    yield planned
    del sources._found["scripted"]


@pytest.fixture
def collection(incident, by_rin, walks):
    """A queued collection by the scripted source."""
    run, _ = request_collection(incident=incident, wish=Wish("scripted", is_trusted=True), by=by_rin)
    return run


@pytest.fixture
def work():
    """``work("collect")`` does the next run of the queue now, however long it was to wait."""

    def next_of(queue):
        Run.objects.filter(state="queued").update(not_before=None)
        return runs.work_on(queue, work_of)

    return next_of


@pytest.fixture
def work_all(work):
    """Do everything there is to do, phase by phase, until nothing is left."""

    def drain():
        while any(work(queue) for queue in QUEUES):
            pass

    return drain
