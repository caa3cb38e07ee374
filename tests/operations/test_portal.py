import socket
import sys
from dataclasses import replace
from urllib.request import Request, urlopen

import pytest

from operations.portal import HOST, beat, free_port, is_answering, start_on_free_port, web
from operations.supervisor import Pace, Service, StartFailed, Supervisor


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_free_port_is_the_one_that_was_wished(taken):
    free = free_port(taken + 1)
    assert free_port(free) == free


def test_a_taken_port_gives_way_to_the_next(taken):
    assert taken < free_port(taken) < taken + 100


def files_on(port):
    """A small web server, whose log says what stands in its way."""
    command = [sys.executable, "-m", "http.server", str(port), "--bind", HOST]
    return Service("files", command, ready=lambda: is_answering(f"http://{HOST}:{port}/"))


def test_a_port_that_somebody_takes_meanwhile_gives_way_too(tmp_path):
    """Bound, and nobody listens yet: it looks free until one binds to it."""
    with socket.socket() as early, Supervisor(tmp_path / "logs", print) as supervisor:
        early.bind((HOST, 0))
        wished = early.getsockname()[1]
        assert wished < start_on_free_port(supervisor, wished, files_on) < wished + 100
        supervisor.check()


def test_a_server_that_fails_for_another_reason_is_not_tried_again(tmp_path):
    broken = Service("broken", [sys.executable, "-c", "raise SystemExit('no such module')"])
    with Supervisor(tmp_path / "logs", print) as supervisor, pytest.raises(StartFailed, match="no such module"):
        start_on_free_port(supervisor, 8700, lambda port: replace(broken, ready=lambda: False))


def test_nobody_there_is_no_answer(taken):
    assert not is_answering(f"http://{HOST}:{free_port(taken)}/healthz")


def test_the_web_server_listens_on_this_machine_alone():
    command = web(8123, {}).command
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--port") + 1] == "8123"


@pytest.mark.parametrize(("is_behind", "option"), [(False, "--no-proxy-headers"), (True, "--proxy-headers")])
def test_an_address_that_a_header_names_counts_behind_a_proxy_alone(settings, is_behind, option):
    settings.IS_BEHIND_PROXY = is_behind
    assert web(8123, {}).command[-1] == option


def test_beat_forgets_the_process_that_was_killed(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "beat.pid").write_text("1")
    assert beat({}).is_restarted
    assert not (tmp_path / "beat.pid").exists()


CALLER = """
async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["client"][0].encode()})
"""


@pytest.mark.parametrize(("is_behind", "seen"), [(False, "127.0.0.1"), (True, "203.0.113.9")])
def test_the_server_sees_who_asks_unless_a_proxy_stands_before_it(settings, tmp_path, is_behind, seen):
    settings.IS_BEHIND_PROXY = is_behind
    (tmp_path / "caller.py").write_text(CALLER)
    port = free_port(8720)
    service = web(port, {})
    command = [word.replace("forensics_portal.asgi", "caller") for word in service.command]
    service = replace(service, command=command, env={"PYTHONPATH": str(tmp_path)})
    asked = Request(f"http://{HOST}:{port}/", headers={"X-Forwarded-For": "203.0.113.9"})
    with Supervisor(tmp_path / "logs", print) as supervisor:
        supervisor.start(service)
        with urlopen(asked, timeout=5) as answer:
            assert answer.read().decode() == seen


def test_a_killed_server_comes_back_on_its_port(tmp_path):
    port = free_port(8740)
    with Supervisor(tmp_path / "logs", print, Pace(pause=0.1)) as supervisor:
        supervisor.start(replace(files_on(port), is_restarted=web(port, {}).is_restarted))
        before = supervisor.children[0].process
        before.kill()
        supervisor.wait(until=lambda: supervisor.children[0].process is not before)
        supervisor.await_answer(supervisor.children[0])
