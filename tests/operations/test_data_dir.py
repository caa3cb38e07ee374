"""Folders that are hard to name, and folders that nothing can be written to."""

import os
import subprocess
import sys

import dj_database_url
import pytest
import redis
from kombu import Connection

from forensics_portal.environment import (
    LONGEST_DATABASE,
    UnusableSetting,
    private_directory,
    sqlite_url,
)
from operations.broker import embedded_broker
from operations.supervisor import Supervisor
from phases.bell import broker_url
from tests.docs.reading import ROOT

ODD = ["a#b", "a%41b", "a?b", "a b", "a;b", "a:b@c", "caf\u00e9"]


@pytest.mark.parametrize("name", ODD)
def test_a_database_lies_where_the_folder_says(tmp_path, name):
    file = tmp_path / name / "portal.sqlite3"
    assert dj_database_url.parse(sqlite_url(file))["NAME"] == str(file)


@pytest.mark.parametrize("name", ODD)
def test_a_broker_is_found_in_a_folder_that_is_hard_to_name(tmp_path, settings, name):
    service, settings.BROKER_URL = embedded_broker(tmp_path / name)
    with Supervisor(tmp_path / "logs", print) as supervisor:
        supervisor.start(service)
        with Connection(settings.BROKER_URL) as connection, connection.SimpleQueue("collect") as queue:
            queue.put("the bell")
        with redis.Redis.from_url(broker_url()) as client:
            assert client.llen("collect") == 1


def test_the_longest_path_that_sqlite_opens_is_taken(tmp_path):
    start = len(os.fsencode(tmp_path)) + 1
    assert sqlite_url(tmp_path / ("d" * (LONGEST_DATABASE - start)))
    with pytest.raises(UnusableSetting, match=f"is {LONGEST_DATABASE + 1} bytes long.*set DATA_DIR to a shorter path"):
        sqlite_url(tmp_path / ("d" * (LONGEST_DATABASE - start + 1)))


def test_a_new_folder_is_for_its_owner_alone_and_empty(tmp_path):
    made = private_directory(tmp_path / "one" / "two")
    assert made.stat().st_mode & 0o777 == 0o700
    assert list(made.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "portal").write_text("not a folder")
    with pytest.raises(UnusableSetting, match=r"DATA_DIR .*/portal cannot be written by .*set DATA_DIR to another one"):
        private_directory(tmp_path / "portal")


def manage(data_dir, *words):
    kept = {name: value for name, value in os.environ.items() if name not in ("BROKER_URL", "DATABASE_URL")}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env={**kept, "DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", [("investigate", "."), ("run",), ("check",)])
def test_a_folder_that_nobody_can_write_to_ends_in_one_line(command):
    done = manage("/proc", *command)
    assert done.returncode == 2
    assert done.stderr.startswith("DATA_DIR /proc cannot be written by ")
    assert done.stderr.count("\n") == 1


def test_a_path_too_long_for_sqlite_ends_in_one_line(tmp_path):
    done = manage(tmp_path.joinpath(*["d" * 100] * 5), "investigate", ".")
    assert done.returncode == 2
    assert done.stderr.endswith("DATABASE_URL to a PostgreSQL database\n")
    assert done.stderr.count("\n") == 1


def test_tables_are_made_in_a_folder_that_is_hard_to_name(tmp_path):
    folder = tmp_path / "a b#c%41d?e"
    assert manage(folder, "migrate", "-v0").returncode == 0
    assert (folder / "portal.sqlite3").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
