"""The main job from the shell, with a real broker and real worker processes."""

import hashlib
import json
import signal
import time

import pytest
from pypdf import PdfReader

from operations.lock import holder
from tests.end_to_end.conftest import Shell, new_database
from tests.end_to_end.records import write_folder


def wait_until(is_true, seconds=60):
    limit = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < limit
        time.sleep(0.1)


@pytest.fixture(scope="module")
def investigated(tmp_path_factory, migrated):
    """One investigation with workers of its own: the shell, what it printed, and its report."""
    folder = tmp_path_factory.mktemp("investigated")
    shell = Shell(folder / "data", new_database(folder / "portal.sqlite3", migrated)[0])
    report, feed = folder / "report.pdf", folder / "feed.csv"
    feed.write_text("value,label\n203.0.113.0/24,C2\nevil.example,C2\nnonsense,\n")
    logs = write_folder(folder / "logs")
    return shell, shell.investigate(logs, "--report", report, "--indicators", feed), report


def test_a_folder_of_logs_becomes_a_report(investigated):
    _, outcome, report = investigated
    assert outcome["records"] == {"read": 300, "rows": 300, "quarantined": 0}
    assert {name: phase["state"] for name, phase in outcome["phases"].items()} == dict.fromkeys(
        ("collection", "examination", "analysis", "reporting"), "complete"
    )
    assert outcome["custody"]["verified"] is True
    assert outcome["report"]["sha256"] == hashlib.sha256(report.read_bytes()).hexdigest()
    assert "draft, not reviewed" in PdfReader(report).pages[0].extract_text()


def test_indicators_that_were_given_are_among_the_findings(investigated):
    _, outcome, _ = investigated
    [told] = outcome["indicators"]
    assert (told["file"], told["read"], told["taken"], len(told["refused"])) == ("feed.csv", 3, 2, 1)
    assert [one["events"] for one in outcome["findings"] if one["rule"] == "indicators"] == [300]


def test_custody_is_verified_by_its_own_command(investigated):
    shell, outcome, _ = investigated
    said = shell("verify_custody")
    assert f"{outcome['incident']}: " in said
    assert "portal: 2 entries" in said  # the first policy of places, and the incident
    assert "NOT in order" not in said
    assert "does not show who had the database" in said


def references(shell):
    return [reference for (reference,) in shell.rows("SELECT reference FROM cases_incident")]


def test_usage_errors_are_said_before_anything_is_made(shell, tmp_path):
    shell("investigate", tmp_path / "nowhere", status=2)
    shell("investigate", status=2)
    assert references(shell) == []


def test_the_workers_of_an_investigation_that_ended_first_are_replaced(shell, tmp_path):
    first = shell.start("investigate", write_folder(tmp_path / "few", files=1, each=3), "--json")
    wait_until(lambda: holder(shell.data_dir))
    second = shell.start("investigate", write_folder(tmp_path / "many"), "--json")
    wait_until(lambda: len(references(shell)) == 2)  # it has joined the first one's workers
    first.kill()
    outcome = json.loads(second.communicate(timeout=150)[0])
    assert outcome["records"]["rows"] == 300
    assert (shell.data_dir / "logs" / "worker-examine.log.1").exists()  # of the first one: there was a second


def test_ctrl_c_says_what_stays_and_how_it_goes_on(shell, tmp_path):
    process = shell.start("investigate", write_folder(tmp_path / "logs"), "--json")
    wait_until((shell.data_dir / "logs" / "worker-examine.log").exists)
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=60)
    [reference] = references(shell)
    assert (process.returncode, printed) == (130, "")
    assert f"stopped; what was made of {reference} stays, and goes on with `manage.py run`" in said
    assert "Traceback" not in said


def test_the_remedy_for_missing_guards_brings_them_back(shell):
    shell("shell", "-v0", "-c", "from cases import guards; guards.remove()")
    shell("migrate", "-v0", status=1)
    shell("migrate", "--skip-checks", "-v0")
    shell("check", "--database", "default")
