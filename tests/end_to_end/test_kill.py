"""kill -9 of a worker's child, and of the whole worker, while a unit is in work."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from operations.portal import is_answering
from tests.end_to_end.conftest import Shell
from tests.end_to_end.records import write_folder

FACTS = """
import json
from cases.models import CustodyEntry, Evidence, EvidencePart, Incident
incident = Incident.objects.get()
acquired = CustodyEntry.objects.filter(action="acquired").values_list("object_id", flat=True)
print(json.dumps({
    "manifests": list(Evidence.objects.order_by("number").values_list("sha256", flat=True)),
    "events": incident.events_inputs,
    "parts": EvidencePart.objects.count(),
    "acquired": [len(acquired), len(set(acquired))],
}))
"""


@pytest.fixture(scope="session")
def logs(tmp_path_factory):
    """Two parts of evidence: more files than one unit takes."""
    return write_folder(tmp_path_factory.mktemp("evidence") / "logs", files=520, each=40)


def workers_of(data_dir):
    """The main processes of this portal's workers: their parent is the shell command."""
    found = subprocess.run(
        ["pgrep", "-f", "celery -A forensics_portal worker"], capture_output=True, text=True, check=False
    )
    mine = f"DATA_DIR={data_dir}".encode()
    return [pid for pid in map(int, found.stdout.split()) if mine in environment_of(pid)]


def environment_of(pid):
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def worker_of(shell, phase):
    """Wait until a run of ``phase`` is in work; gives the process that holds it."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        holders = shell.rows(f"SELECT worker FROM cases_run WHERE state = 'running' AND phase = '{phase}'")
        if holders:
            return int(holders[0][0].rsplit(":", 1)[1])
        time.sleep(0.01)
    raise AssertionError(f"no run of {phase} was ever in work")


def claims(shell, phase):
    """How often the run of ``phase`` that was claimed most often was claimed."""
    return shell.rows(f"SELECT max(fence) FROM cases_run WHERE phase = '{phase}'")[0][0]


def finished(process):
    out, err = process.communicate(timeout=150)
    assert process.returncode == 0, err[-3000:]
    return json.loads(out)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory, logs):
    """What the same evidence comes to when nobody disturbs the workers."""
    folder = tmp_path_factory.mktemp("calm")
    calm = Shell(folder, f"sqlite:///{folder / 'calm.sqlite3'}")  # what it comes to is the same on every engine
    calm.investigate(logs)
    assert workers_of(folder) == []
    return calm.ask(FACTS)


# Both ways to die and both phases on each engine, and all four pairs on the two.
IS_SQLITE = not os.environ.get("DATABASE_URL", "").startswith("postgres")
KILLED = [("collection", not IS_SQLITE), ("examination", IS_SQLITE)]  # a child of the worker, or the whole worker


def test_killed_workers_lose_nothing_and_nothing_is_done_twice(shell, logs, undisturbed):
    process = shell.start("investigate", logs, "--json")
    for phase, whole_worker in KILLED:
        child = worker_of(shell, phase)
        os.kill(parent_of(child) if whole_worker else child, signal.SIGKILL)
    outcome = finished(process)
    facts = shell.ask(FACTS)
    assert outcome["records"] == {"read": 20800, "rows": 20800, "quarantined": 0}
    assert min(claims(shell, phase) for phase, _ in KILLED) >= 2, "a kill came too late to disturb anything"
    assert facts == undisturbed
    assert facts["acquired"] == [facts["parts"]] * 2
    assert outcome["custody"]["verified"] is True
    assert workers_of(shell.data_dir) == []


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def children_of(portal, pattern):
    found = subprocess.run(["pgrep", "-P", str(portal.pid), "-f", pattern], capture_output=True, text=True, check=False)
    return [int(number) for number in found.stdout.split()]


def address_of(portal):
    """Wait until it says where it answers."""
    said = next((line for line in iter(portal.stdout.readline, "") if "The portal answers at" in line), "")
    assert said, portal.stderr.read()
    return said.split(" at ")[1].split()[0]


def until_it_answers(address):
    limit = time.monotonic() + 60
    while not is_answering(f"{address}healthz"):
        assert time.monotonic() < limit
        time.sleep(0.1)


def test_a_portal_survives_the_end_of_its_web_server_and_of_its_broker(shell, tmp_path):
    portal = shell.start("run", "--port", "8640")
    address = address_of(portal)
    for pattern in ("uvicorn", "(valkey|redis)-server"):
        (killed,) = children_of(portal, pattern)
        os.kill(killed, signal.SIGKILL)
        time.sleep(0.5)  # until it is missed
        until_it_answers(address)
        assert children_of(portal, pattern) not in ([], [killed])
    outcome = shell.investigate(write_folder(tmp_path / "few", files=1, each=5))
    assert outcome["records"]["rows"] == 5
    assert portal.poll() is None
    portal.send_signal(signal.SIGINT)
    portal.communicate(timeout=60)
    assert workers_of(shell.data_dir) == []
