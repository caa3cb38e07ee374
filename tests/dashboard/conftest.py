"""People at their browsers, and an incident with something to look at."""

import pytest
from django.test import Client

from tests.dashboard import casework


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_ida(ida):
    return signed_in(ida)


@pytest.fixture
def as_rin(rin):
    return signed_in(rin)


@pytest.fixture
def as_otto(otto):
    return signed_in(otto)


@pytest.fixture
def examined(incident, rin, tmp_path, memories):
    """The incident with one exhibit of two log files, examined and indexed: thirty events."""

    def collected():
        casework.collect(incident, rin, casework.log_folder(tmp_path / "logs"))

    memories.lay_down(collected, tmp_path)
    incident.refresh_from_db()
    return incident


@pytest.fixture
def found(examined, rin):
    """The incident with one finding over its events."""
    casework.find(examined, rin, casework.second_key(examined))
    return examined


@pytest.fixture
def reported(found, rin, tmp_path, memories):
    """The incident with a drafted report of its own making."""

    def drafted():
        casework.report(found, rin)

    memories.lay_down(drafted, tmp_path)
    found.refresh_from_db()
    return found
