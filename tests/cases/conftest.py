import pytest

from cases.actor import Actor
from cases.models import CustodyEntry
from tests.cases.making import asked, claimed, planned, sealed


@pytest.fixture
def by_ida(ida):
    return Actor(ida)


@pytest.fixture
def by_rin(rin):
    return Actor(rin)


@pytest.fixture
def run(incident, by_rin):
    """A queued collection."""
    return asked(incident, by_rin)


@pytest.fixture
def lease(run):
    """The right to write for the collection, held by a worker."""
    return claimed(run)


@pytest.fixture
def unit(lease):
    return planned(lease)


@pytest.fixture
def exhibit(incident, by_rin):
    """Evidence that is collected and sealed."""
    return sealed(incident, by_rin)[0]


@pytest.fixture
def appended(incident):
    """Call it after an act: the actions of the entries that the act appended to the incident's log."""
    log = CustodyEntry.objects.filter(log__name=incident.reference).order_by("seq")
    before = log.count()
    return lambda: [entry.action for entry in log[before:]]
