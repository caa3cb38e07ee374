import os
import subprocess
from pathlib import Path

import pytest
import redis
from kombu import Connection

from operations.broker import LONGEST_SOCKET, embedded_broker, server_binary, socket_path
from operations.supervisor import Supervisor


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path


@pytest.fixture
def broker(data_dir):
    """A running broker's supervisor and its URL."""
    service, url = embedded_broker(data_dir)
    with Supervisor(data_dir / "logs", print) as supervisor:
        supervisor.start(service)
        yield supervisor, url


def ask(url, *words):
    with redis.Redis(unix_socket_path=url.removeprefix("redis+socket://"), decode_responses=True) as client:
        return client.execute_command(*words)


def test_it_passes_messages_as_celery_would(broker):
    with Connection(broker[1]) as connection, connection.SimpleQueue("collect") as queue:
        queue.put({"run": 1})
        message = queue.get(timeout=5)
        message.ack()
    assert message.payload == {"run": 1}


def test_a_message_survives_a_killed_broker(broker, data_dir):
    supervisor, url = broker
    ask(url, "LPUSH", "collect", "the bell")
    supervisor.children[0].process.kill()
    supervisor.stop()
    with Supervisor(data_dir / "logs", print) as again:
        again.start(embedded_broker(data_dir)[0])
        assert ask(url, "RPOP", "collect") == "the bell"


def test_it_listens_on_its_socket_alone(broker):
    assert ask(broker[1], "CONFIG", "GET", "port") == {"port": "0"}
    path = Path(broker[1].removeprefix("redis+socket://"))
    assert path.stat().st_mode & 0o777 == 0o700
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_full_memory_is_an_error_and_no_loss(broker):
    assert ask(broker[1], "CONFIG", "GET", "maxmemory-policy") == {"maxmemory-policy": "noeviction"}


@pytest.fixture
def deep(tmp_path):
    folder = tmp_path / ("d" * 60) / ("e" * 60)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def short_folder(deep):
    """The private folder that stands in for a deep one; gone afterwards."""
    folder = socket_path(deep).parent
    yield folder
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def test_a_deep_directory_gets_a_short_socket_of_its_own(deep, short_folder):
    assert len(os.fsencode(socket_path(deep))) <= LONGEST_SOCKET
    assert socket_path(deep).parent == short_folder
    assert short_folder.stat().st_mode & 0o777 == 0o700


def test_a_broker_in_a_deep_directory_answers(deep, short_folder):
    service, url = embedded_broker(deep)
    with Supervisor(deep / "logs", print) as supervisor:
        supervisor.start(service)
        assert ask(url, "PING") is True
    assert list((deep / "broker").iterdir())


def test_a_short_folder_that_others_can_enter_is_refused(deep, short_folder):
    short_folder.chmod(0o755)
    with pytest.raises(PermissionError, match="not ours alone"):
        socket_path(deep)


def test_a_relative_directory_is_the_same_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert socket_path(Path()) == socket_path(tmp_path)


def test_a_server_of_the_machine_comes_before_the_one_in_the_wheel(tmp_path, monkeypatch):
    ours = tmp_path / "redis-server"
    ours.write_text("#!/bin/sh\n")
    ours.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert server_binary() == str(ours)


def test_the_server_in_the_wheel_runs(monkeypatch):
    monkeypatch.setenv("PATH", "")
    done = subprocess.run([server_binary(), "--version"], capture_output=True, text=True, check=True)
    assert "server v=" in done.stdout
