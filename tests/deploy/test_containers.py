"""Dockerfile, docker-compose.yml and the hooks: what can be said of them without a container engine."""

import os
import re
import shutil
import subprocess

import pytest
import yaml

from tests.docs.reading import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ["migrate", "web", "worker-collect", "worker-examine", "beat"]
SECRETS = {"SECRET_KEY": "s", "POSTGRES_PASSWORD": "p", "REDIS_PASSWORD": "r", "ALLOWED_HOSTS": "portal.example"}
ROOMS = {path.parent.name for path in ROOT.glob("*/__init__.py")}
NOT_SHIPPED = {"simulation", "tests", "benchmarks"}


@pytest.fixture(scope="module")
def composed():
    """What docker-compose makes of the file."""
    if shutil.which("docker-compose") is None:
        pytest.skip("no docker-compose on this machine")
    return lambda env: subprocess.run(
        ["docker-compose", "-f", str(ROOT / "docker-compose.yml"), "config"],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_has_the_services_of_the_portal():
    assert set(SERVICES) == {*OURS, "db", "redis"}


def test_compose_accepts_it(composed):
    done = composed(SECRETS)
    assert done.returncode == 0, done.stderr
    assert "@db/portal" in yaml.safe_load(done.stdout)["services"]["web"]["environment"]["DATABASE_URL"]


@pytest.mark.parametrize("secret", SECRETS)
def test_compose_refuses_to_start_without_a_secret(composed, secret):
    done = composed({name: value for name, value in SECRETS.items() if name != secret})
    assert done.returncode != 0
    assert f"set {secret}" in done.stderr


def test_no_secret_has_a_default():
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.findall(r"\$\{(?:\w*(?:PASSWORD|SECRET_KEY))(?::-|-)", text)


@pytest.mark.parametrize("name", ["web", "worker-collect", "worker-examine", "beat"])
def test_nothing_starts_before_the_migration_is_through(name):
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", ["db", "redis", "worker-collect", "worker-examine", "beat"])
def test_every_service_that_lasts_is_watched(name):
    assert SERVICES[name]["healthcheck"]["test"]


def test_every_queue_has_a_worker():
    words = " ".join(" ".join(SERVICES[name]["command"]) for name in OURS if "command" in SERVICES[name])
    heard = [queue for queues in re.findall(r"-Q (\S+)", words) for queue in queues.split(",")]
    assert sorted(heard) == ["analyze", "collect", "examine", "notify", "report"]


def test_the_broker_keeps_its_bells():
    assert "--appendonly yes --maxmemory-policy noeviction" in SERVICES["redis"]["command"][-1]


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_no_rights_that_they_do_not_need(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_only_this_machine_reaches_the_port():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:8000:8000"]


def test_the_image_runs_as_somebody_without_rights():
    users = re.findall(r"^USER (\w+)", DOCKERFILE, re.MULTILINE)
    assert users == ["portal"]


def test_the_image_installs_only_what_is_pinned():
    assert re.findall(r"pip install .*", DOCKERFILE) == [
        "pip install --no-cache-dir --require-hashes -r requirements/base.txt"
    ]


def test_the_image_says_whether_it_is_well():
    assert "HEALTHCHECK" in DOCKERFILE
    assert "/healthz" in DOCKERFILE


def test_the_image_has_the_rooms_of_the_portal_and_no_others():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    taken = {line[1:] for line in lines if line.startswith("!")}
    assert taken & ROOMS == ROOMS - NOT_SHIPPED


def test_the_hooks_fetch_nothing():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    assert {hook["language"] for hook in config["repos"][0]["hooks"]} == {"system"}


def test_the_hooks_check_what_make_lint_checks():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    tools = {hook["entry"].split()[0] for hook in config["repos"][0]["hooks"]}
    recipe = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    assert tools == {f".venv/bin/{tool}" for tool in re.findall(r"\$\(BIN\)/([\w-]+)", recipe)}


def test_the_image_believes_no_address_that_a_header_names_unless_it_is_told_to():
    assert "UVICORN_PROXY_HEADERS=0" in DOCKERFILE
    assert SERVICES["web"]["environment"]["UVICORN_PROXY_HEADERS"] == SERVICES["web"]["environment"]["BEHIND_PROXY"]
