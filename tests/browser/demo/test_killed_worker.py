"""kill -9 of a whole worker while the demo's portal runs."""

import os
import signal

import pytest

from tests.browser.demo import steps


@pytest.mark.parametrize("name", ["collect", "examine"])
def test_the_supervisor_restarts_it_and_work_goes_on(demo, guest, name):
    victim = demo.worker(name)
    os.kill(victim, signal.SIGKILL)
    demo.until_it_says(f"worker-{name} ended with -9; started again", seconds=30)
    page = guest("rin")
    incident = steps.open_incident(page, f"After the {name} worker was killed")
    steps.hand_over(page, incident, calls=8)
    steps.follow(page, incident)
    assert demo.worker(name) not in (None, victim)
