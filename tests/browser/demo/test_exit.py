"""The demo that ends by itself, and the one that is stopped before it is done."""

import pytest

from tests.browser.demo.stage import Demo

pytestmark = pytest.mark.e2e


@pytest.fixture
def begin(tmp_path):
    """``begin("--exit")``: a demo of this test's own."""
    started = []

    def demo(*arguments):
        started.append(Demo(tmp_path / "data", *arguments))
        return started[-1]

    yield demo
    for one in started:
        one.end_all()


def test_with_exit_it_ends_well_and_leaves_nothing_running(begin):
    demo = begin("--exit")
    assert demo.ended() == 0, demo.said
    assert "NOT EXPECTED" not in demo.said
    assert demo.left() == []


def test_stopped_in_the_middle_it_leaves_nothing_running_and_no_success(begin):
    demo = begin("--exit")
    demo.until_it_says("shows it already")
    assert demo.interrupt() != 0, demo.said
    assert demo.left() == []
