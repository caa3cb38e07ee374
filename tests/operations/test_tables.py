"""The tables are made once, however many processes find none."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from operations import tables
from tests.docs.reading import ROOT


def processes(count, env):
    """What each said of itself, all of them started at once."""
    command = [sys.executable, str(ROOT / "manage.py"), "policy"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    started = [subprocess.Popen(command, env=os.environ | env, **pipes) for _ in range(count)]
    return [(process.communicate(timeout=120)[0], process.returncode) for process in started]


def test_three_commands_over_a_new_folder_each_find_the_tables(tmp_path):
    ended = processes(3, {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""})
    assert [status for _, status in ended] == [0, 0, 0], ended
    assert len({said for said, _ in ended}) == 1


def test_whoever_migrates_by_itself_does_so_alone():
    files = [file for room in ("operations", "simulation", "dashboard", "api") for file in (ROOT / room).rglob("*.py")]
    assert [file.name for file in files if 'call_command("migrate"' in file.read_text()] == ["tables.py"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite it is a file that is locked")
@pytest.mark.django_db
def test_on_postgresql_nobody_else_has_the_lock_meanwhile():
    other = connection.copy()
    try:
        with tables.alone():
            assert not is_free(other)
        assert is_free(other)
    finally:
        other.close()


def is_free(other):
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s) AND pg_advisory_unlock(%s)", [tables.ADVISORY] * 2)
        return cursor.fetchone()[0]
