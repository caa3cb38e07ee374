"""One demo for all tests of this folder; what they change they change in incidents of their own."""

import pytest

from tests.browser.demo.stage import Demo, Guests


@pytest.fixture(scope="session")
def demo(binary, tmp_path_factory):
    """The demo after its summary; Ctrl-C must end it well and leave nothing running."""
    running = Demo(tmp_path_factory.mktemp("demo") / "data")
    try:
        running.until_it_serves()
        yield running
        assert running.interrupt() == 0, running.said
        assert running.left() == []
    finally:
        running.end_all()


@pytest.fixture
def guest(chromium, demo):
    """``guest("rin", width=390, ...)``: a page of a signed-in person, or of nobody, in a context of its own."""
    guests = Guests(chromium, demo)
    yield guests
    guests.leave()
