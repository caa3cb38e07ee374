"""``check --deploy`` says what production lacks, is silent when nothing is, and plain ``check`` never speaks of it."""

import os
import subprocess
import sys

import pytest

from operations.checks import check_production
from tests.docs.reading import ROOT

PRODUCTION = {
    "SECRET_KEY": "k9-Qd3fXr7Wm2Tz8Lp5Vn1Yc6Hb4Js0Gu-ae_RoPiKxEwDvStBlMnCfUy",
    "ALLOWED_HOSTS": "portal.example",
    "HTTPS": "1",
    "BEHIND_PROXY": "1",
    "DATABASE_URL": "postgres://portal:secret@db/portal",
    "BROKER_URL": "redis://:secret@broker:6379/0",
}


def check(tmp_path, env):
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "portal"), **env}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def numbers():
    return {message.id for message in check_production(None)}


@pytest.fixture
def ready(settings, monkeypatch, tmp_path):
    """Settings as production has them."""
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    settings.IS_BROKER_GIVEN = settings.IS_HTTPS = True
    settings.DEBUG = settings.SIMULATION = False
    settings.DATA_DIR = tmp_path
    settings.ALLOWED_HOSTS = ["portal.example"]
    return settings


def test_production_settings_pass(tmp_path):
    status, said = check(tmp_path, PRODUCTION)
    assert status == 0, said


def test_the_defaults_of_one_machine_do_not(tmp_path):
    status, said = check(tmp_path, {})
    assert status == 1
    assert "Set DATABASE_URL to a PostgreSQL database." in said


def test_nothing_is_said_when_nothing_is_lacking(ready):
    assert numbers() == set()


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("IS_BROKER_GIVEN", False, "portal.W002"),
        ("DEBUG", True, "portal.W003"),
        ("IS_HTTPS", False, "portal.W005"),
        ("ALLOWED_HOSTS", ["localhost"], "portal.W006"),
        ("SIMULATION", True, "portal.W007"),
    ],
)
def test_each_lack_has_a_warning_of_its_own(ready, name, value, number):
    setattr(ready, name, value)
    assert numbers() == {number}


def test_a_key_that_was_made_here_is_named(ready, tmp_path):
    (tmp_path / "secret-key").write_text(ready.SECRET_KEY)
    assert numbers() == {"portal.W004"}


def test_every_warning_has_a_remedy(ready):
    ready.DEBUG = True
    assert all(message.hint for message in check_production(None))
