"""The simulation as a process, and what of it may know Django."""

import json
import signal
import subprocess
import sys

import pytest

from simulation.__main__ import written
from tests.simulation.running import ROOT

AWS_HALF = ("organisation", "machines", "attack", "noise", "overlays", "services", "records", "trail", "__main__")


def test_its_aws_half_imports_no_django():
    code = f"import sys; [__import__('simulation.' + name) for name in {AWS_HALF}]; print('django' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_the_file_is_whole_whenever_it_is_there(tmp_path):
    written(tmp_path / "new" / "organisation.json", {"endpoint": "http://127.0.0.1:1"})
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["organisation.json"]


def test_it_says_which_accounts_there_are(simulated):
    kinds = [row["kind"] for row in simulated["accounts"]]
    assert set(kinds) == {"management", "log_archive", "security_tooling", "forensics", "workload"}
    assert all(row["external_id"] for row in simulated["accounts"])


def test_the_attack_lies_in_the_window(simulated):
    (start, end), (begin, finish) = simulated["window"], simulated["attack"]
    assert start < begin < finish < end


@pytest.mark.e2e
def test_it_ends_when_it_is_asked_to(tmp_path):
    command = [sys.executable, "-m", "simulation", "--data", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout.readline().startswith("simulated AWS at http://127.0.0.1:")
        assert json.loads((tmp_path / "organisation.json").read_text())["objects"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
