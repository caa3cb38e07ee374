"""Fixtures of the simulated AWS, for its own tests and for those of the sources."""

import pytest

from tests.simulation import running


@pytest.fixture
def simulated(monkeypatch):
    """The simulated organisation's facts; every AWS call of the test goes there."""
    facts = running.facts()
    monkeypatch.setenv("AWS_ENDPOINT_URL", facts["endpoint"])
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return facts
