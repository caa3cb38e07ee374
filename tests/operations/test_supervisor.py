import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from operations.supervisor import Pace, Service, StartFailed, Supervisor

QUICK = Pace(start=10, grace=0.5, pause=0.01)
FOREVER = "import time\nwhile True: time.sleep(1)"
PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, '-ISc', {FOREVER!r}])
with open(sys.argv[1], 'w') as out: out.write(f'{{child.pid}}')
while True: time.sleep(1)
"""
SUPERVISOR = """
import sys, time
from pathlib import Path
from operations.supervisor import Service, Supervisor
mark = Path(sys.argv[1])
with Supervisor(mark.parent / "logs", print) as supervisor:
    supervisor.start(Service("parent", [sys.executable, "-ISc", sys.argv[2], str(mark)], ready=mark.exists))
    print(supervisor.children[0].process.pid, flush=True)
    supervisor.wait()
"""


def python(code, *arguments):
    return [sys.executable, "-ISc", code, *map(str, arguments)]


def is_alive(pid):
    """Whether the process runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(is_so, seconds=10):
    limit = time.monotonic() + seconds
    while not is_so() and time.monotonic() < limit:
        time.sleep(0.02)
    return is_so()


def number_in(path):
    assert eventually(lambda: path.exists() and path.read_text())
    return int(path.read_text())


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(tmp_path, said):
    with Supervisor(tmp_path / "logs", said.append, QUICK) as running:
        yield running


def test_it_waits_until_a_service_answers(supervisor, tmp_path):
    mark = tmp_path / "ready"
    code = "import sys,time,pathlib\ntime.sleep(0.2)\npathlib.Path(sys.argv[1]).touch()\ntime.sleep(60)"
    supervisor.start(Service("slow", python(code, mark), ready=mark.exists))
    assert mark.exists()


def test_a_service_that_ends_at_once_is_named_with_its_last_words(supervisor):
    with pytest.raises(StartFailed, match=r"(?s)web ended with 1 before it answered.*port is taken"):
        supervisor.start(Service("web", python("raise SystemExit('port is taken')"), ready=lambda: False))


def test_somebody_elses_answer_does_not_count(supervisor):
    code = "raise SystemExit(3)"
    with pytest.raises(StartFailed, match="broker ended with 3"):
        supervisor.start(Service("broker", python(code), ready=lambda: not eventually(lambda: False, 0.5)))


def test_a_service_that_never_answers_is_given_up(tmp_path):
    with (
        Supervisor(tmp_path, print, Pace(start=0.2)) as supervisor,
        pytest.raises(StartFailed, match="web does not answer"),
    ):
        supervisor.start(Service("web", python(FOREVER), ready=lambda: False))


def test_services_get_their_own_environment_and_a_log(supervisor, tmp_path):
    code = "import os,time\nprint(os.environ['COLOUR'], flush=True)\ntime.sleep(60)"
    supervisor.start(Service("one", python(code), env={"COLOUR": "teal"}))
    assert eventually(lambda: (tmp_path / "logs" / "one.log").read_text() == "teal\n")


def test_the_log_of_the_last_time_is_kept_apart(supervisor, tmp_path):
    (tmp_path / "logs" / "one.log").write_text("yesterday")
    supervisor.start(Service("one", python(FOREVER)))
    assert (tmp_path / "logs" / "one.log.1").read_text() == "yesterday"
    assert (tmp_path / "logs" / "one.log").read_text() == ""


def test_they_stop_in_reverse_order(tmp_path):
    order = tmp_path / "order"
    code = (
        "import signal,sys,time\n"
        "def end(*_):\n    open(sys.argv[1],'a').write(sys.argv[2]+' ')\n    sys.exit()\n"
        "signal.signal(signal.SIGTERM,end)\nopen(sys.argv[3],'w').close()\ntime.sleep(60)"
    )
    with Supervisor(tmp_path / "logs", print) as supervisor:
        for name in ("broker", "web", "beat"):
            mark = tmp_path / name
            supervisor.start(Service(name, python(code, order, name, mark), ready=mark.exists))
    assert order.read_text() == "beat web broker "


def test_what_was_launched_side_by_side_stops_side_by_side(tmp_path):
    meet = (
        "import os,signal,sys,time\nme,other=sys.argv[1:]\n"
        "def end(*_):\n    open(me,'w').close()\n"
        "    while not os.path.exists(other):\n        time.sleep(0.01)\n    sys.exit()\n"
        "signal.signal(signal.SIGTERM,end)\nopen(me+'.up','w').close()\ntime.sleep(60)"
    )
    with Supervisor(tmp_path / "logs", print) as supervisor:
        pairs = (("one", "other"), ("other", "one"))
        children = [supervisor.launch(Service(me, python(meet, tmp_path / me, tmp_path / you))) for me, you in pairs]
        assert eventually(lambda: all((tmp_path / f"{me}.up").exists() for me, _ in pairs))
    assert [child.process.returncode for child in children] == [0, 0]


def test_one_that_will_not_stop_is_killed(supervisor, tmp_path):
    mark = tmp_path / "deaf"
    code = "import signal,sys,time\nsignal.signal(signal.SIGTERM,signal.SIG_IGN)\nopen(sys.argv[1],'w').close()\ntime.sleep(60)"
    supervisor.start(Service("deaf", python(code, mark), ready=mark.exists))
    process = supervisor.children[0].process
    supervisor.stop()
    assert process.returncode == -signal.SIGKILL


def test_stopping_leaves_no_grandchild(supervisor, tmp_path):
    supervisor.start(Service("parent", python(PARENT, tmp_path / "pid"), ready=(tmp_path / "pid").exists))
    grandchild = number_in(tmp_path / "pid")
    supervisor.stop()
    assert eventually(lambda: not is_alive(grandchild))


def test_a_crashed_worker_is_started_again_and_its_children_are_gone(supervisor, said, tmp_path):
    pid = tmp_path / "pid"
    supervisor.start(Service("worker", python(PARENT, pid), ready=pid.exists, is_restarted=True))
    before, grandchild = supervisor.children[0].process, number_in(pid)
    before.kill()
    before.wait()
    supervisor.wait(until=lambda: supervisor.children[0].process is not before)
    assert said == ["worker ended with -9; started again in 0.01 s"]
    assert eventually(lambda: not is_alive(grandchild))
    assert is_alive(supervisor.children[0].process.pid)


def test_a_worker_that_keeps_falling_over_ends_all(supervisor, said):
    supervisor.start(Service("web", python(FOREVER)))
    web = supervisor.children[0].process
    supervisor.launch(Service("worker", python("raise SystemExit('no module')"), is_restarted=True))
    with pytest.raises(StartFailed, match=r"(?s)worker ended with 1.*no module"):
        supervisor.wait()
    assert len(said) == 5
    supervisor.stop()
    assert web.returncode == -signal.SIGTERM


def test_pauses_between_restarts_grow_to_a_limit(tmp_path, said):
    with Supervisor(tmp_path, said.append, Pace(pause=0.01, longest_pause=0.04)) as supervisor:
        supervisor.launch(Service("worker", python(""), is_restarted=True))
        with pytest.raises(StartFailed):
            supervisor.wait()
    assert [line.rsplit(" in ")[1] for line in said] == ["0.01 s", "0.02 s", "0.04 s", "0.04 s", "0.04 s"]


def test_the_end_of_a_service_that_is_not_restarted_ends_all(supervisor):
    supervisor.start(Service("broker", python(FOREVER)))
    supervisor.children[0].process.kill()
    with pytest.raises(StartFailed, match="broker ended with -9"):
        supervisor.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_wait_and_its_old_meaning_comes_back(tmp_path, number):
    before = signal.getsignal(number)
    with Supervisor(tmp_path, print, QUICK) as supervisor:
        supervisor.start(Service("web", python(FOREVER)))
        process = supervisor.children[0].process
        os.kill(os.getpid(), number)
        supervisor.wait()
    assert not is_alive(process.pid)
    assert signal.getsignal(number) is before


def test_a_signal_ends_a_start_that_takes_long(supervisor):
    def told_to_stop():
        os.kill(os.getpid(), signal.SIGTERM)
        return False

    with pytest.raises(StartFailed, match="told to stop"):
        supervisor.start(Service("web", python(FOREVER), ready=told_to_stop))


def test_nothing_starts_outside_the_block(tmp_path):
    with pytest.raises(RuntimeError, match="enter the supervisor"):
        Supervisor(tmp_path, print).start(Service("web", python(FOREVER)))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_stopping_needs_no_watcher(supervisor, tmp_path, number):
    supervisor.start(Service("parent", python(PARENT, tmp_path / "pid"), ready=(tmp_path / "pid").exists))
    supervisor.start(Service("other", python(FOREVER)))
    grandchild, processes = number_in(tmp_path / "pid"), [child.process for child in supervisor.children]
    supervisor._watcher.send_signal(number)
    supervisor.stop()
    assert all(process.returncode is not None for process in processes)
    assert eventually(lambda: not is_alive(grandchild))


def test_a_service_starts_where_the_watcher_was_killed(supervisor):
    supervisor.start(Service("one", python(FOREVER)))
    end_watcher(supervisor)
    supervisor.start(Service("other", python(FOREVER)))
    supervisor.check()
    assert is_alive(supervisor.children[1].process.pid)


def test_a_crash_while_nobody_watches_is_mourned_as_any_other(supervisor, said):
    supervisor.start(Service("worker", python(FOREVER), is_restarted=True))
    before = supervisor.children[0].process
    end_watcher(supervisor)
    before.kill()
    supervisor.wait(until=lambda: supervisor.children[0].process is not before)
    assert said == ["worker ended with -9; started again in 0.01 s"]


def end_watcher(supervisor):
    supervisor._watcher.kill()
    supervisor._watcher.wait()


def children_of(pid):
    """Their numbers and the code or file that they run."""
    found = subprocess.run(["pgrep", "-a", "-P", str(pid)], capture_output=True, text=True, check=False)
    return {int(number): words for number, _, words in (line.partition(" ") for line in found.stdout.splitlines())}


def watcher_of(pid):
    return next((number for number, words in children_of(pid).items() if "groups=set()" in words), None)


SIGNALS = [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM, signal.SIGINT]


def hear_all():
    """Signals as a terminal gives them: under nohup, or behind &, a test run hands on that it ignores some."""
    for number in SIGNALS[1:]:
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def supervising(tmp_path):
    """A supervisor in a process of its own, its service and that one's child."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path / "pid"), PARENT],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        preexec_fn=hear_all,  # noqa: PLW1509 - three system calls, and no thread of ours holds a lock
    )
    with process:
        yield process, int(process.stdout.readline()), number_in(tmp_path / "pid")
        process.kill()


@pytest.fixture
def deaf_to_hangups():
    """A test run that was started with nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", SIGNALS)
def test_however_the_supervisor_ends_nothing_is_left(deaf_to_hangups, supervising, number):
    process, service, grandchild = supervising
    process.send_signal(number)
    process.wait(timeout=30)
    assert eventually(lambda: not is_alive(service))
    assert eventually(lambda: not is_alive(grandchild))


def test_a_new_watcher_is_told_of_what_lives(supervising):
    process, service, grandchild = supervising
    first = watcher_of(process.pid)
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: watcher_of(process.pid) not in (None, first))
    time.sleep(0.5)  # until it has been told
    process.kill()
    process.wait(timeout=30)
    assert eventually(lambda: not is_alive(service))
    assert eventually(lambda: not is_alive(grandchild))
