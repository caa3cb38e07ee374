"""Real processes over a data directory and a database of the test's own."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import dj_database_url
import psycopg
import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A database with the portal's tables, to be copied: migrating takes longer than most tests. Its file or name."""
    folder = tmp_path_factory.mktemp("migrated")
    url, made = new_database(folder / "template.sqlite3")
    Shell(folder / "data", url)("migrate", "-v0")
    return made


@pytest.fixture
def fresh_database(tmp_path, migrated):
    """A new database on the engine that these tests run on: its URL."""
    return new_database(tmp_path / "portal.sqlite3", migrated)[0]


def new_database(path, template=None):
    """Make one, a copy of ``template`` where it is given: its URL, and its file or name."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        if template:
            shutil.copyfile(template, path)
        return f"sqlite:///{path}", path
    name, server = f"e2e_{uuid4().hex[:12]}", dj_database_url.parse(url)
    like = f" TEMPLATE {template}" if template else ""
    with psycopg.connect(host=server["HOST"], user=server["USER"], dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{like}")
    return url.rsplit("/", 1)[0] + f"/{name}", name


@pytest.fixture
def shell(tmp_path, fresh_database):
    """``shell("command", ...)`` runs manage.py over a new portal; ``shell.start`` does not wait."""
    made = Shell(tmp_path / "data", fresh_database)
    yield made
    made.end_all()


@pytest.fixture(scope="session")
def running(tmp_path_factory, migrated):
    """A shell over a portal that runs: an investigation joins its workers."""
    folder = tmp_path_factory.mktemp("running")
    joined = Shell(folder / "data", new_database(folder / "portal.sqlite3", migrated)[0])
    portal = joined.start("run", "--port", "8600")
    said = iter(portal.stdout.readline, "")
    assert any("The portal answers at" in line for line in said), portal.stderr.read()
    yield joined
    portal.send_signal(signal.SIGINT)
    portal.communicate(timeout=60)
    joined.end_all()


class Shell:
    """manage.py with an environment of its own."""

    def __init__(self, data_dir, database_url):
        self.data_dir, self.started = data_dir, []
        kept = {name: value for name, value in os.environ.items() if name not in ("BROKER_URL", "DATA_DIR")}
        settings = {
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": database_url,
            "RUN_LEASE_SECONDS": "4",
            "LOG_LEVEL": "WARNING",
        }
        self.env = kept | settings

    def command(self, *words):
        return [sys.executable, str(ROOT / "manage.py"), *map(str, words)]

    def __call__(self, *words, status=0):
        done = subprocess.run(
            self.command(*words), env=self.env, capture_output=True, text=True, check=False, timeout=180
        )
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def start(self, *words):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.started.append(subprocess.Popen(self.command(*words), env=self.env, **pipes))
        return self.started[-1]

    def end_all(self):
        """What a failed test would leave running is killed."""
        for process in self.started:
            process.kill()
            process.communicate()

    def investigate(self, path, *words, status=0):
        return json.loads(self("investigate", path, "--json", *words, status=status))

    def ask(self, code):
        """Run Python in the portal and give the JSON it prints last."""
        return json.loads(self("shell", "-v0", "-c", code).splitlines()[-1])

    def rows(self, query):
        """What the database answers; Django takes seconds to start for the same."""
        url = dj_database_url.parse(self.env["DATABASE_URL"])
        if url["ENGINE"].endswith("sqlite3"):
            with closing(sqlite3.connect(url["NAME"], timeout=30)) as connection:
                return connection.execute(query).fetchall()
        with psycopg.connect(host=url["HOST"], user=url["USER"], dbname=url["NAME"]) as connection:
            return connection.execute(query).fetchall()
