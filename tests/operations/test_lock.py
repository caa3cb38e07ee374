import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from operations.lock import Held, held, holder

HOLDER = """
import sys, time
from pathlib import Path
from operations.lock import held
with held(Path(sys.argv[1]), "run"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the directory."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_nobody_holds_a_new_directory(tmp_path):
    assert holder(tmp_path) == ""


def test_the_holder_is_named_with_its_process(tmp_path, other):
    assert holder(tmp_path) == f"run (process {other.pid})"


def test_a_second_holder_is_told_who_has_it(tmp_path, other):
    with pytest.raises(Held, match=rf"in use by run \(process {other.pid}\); stop that first"), held(tmp_path, "demo"):
        pass
    assert holder(tmp_path) == f"run (process {other.pid})"


def test_a_killed_holder_holds_nothing(tmp_path, other):
    other.kill()
    other.wait()
    assert holder(tmp_path) == ""
    with held(tmp_path, "demo"):
        assert holder(tmp_path).startswith("demo")


def test_it_is_free_again_after_the_block(tmp_path):
    with held(tmp_path, "demo"):
        pass
    assert holder(tmp_path) == ""
    assert (tmp_path / "lock").read_text() == ""


def test_it_is_free_again_after_an_error(tmp_path):
    with pytest.raises(KeyError), held(tmp_path, "demo"):
        raise KeyError
    assert holder(tmp_path) == ""


def test_looking_does_not_take_it_away(tmp_path):
    with ThreadPoolExecutor(1) as pool:
        looks = [pool.submit(holder, tmp_path) for _ in range(500)]
        while not all(look.done() for look in looks):
            with held(tmp_path, "demo"):
                pass
    assert {look.exception() for look in looks} == {None}
