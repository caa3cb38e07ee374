"""All tests: ``python -m tests [PYTEST ARGUMENTS]``, on SQLite, then on PostgreSQL where its server is installed.

In CI (CI=true) nothing may be skipped for want of PostgreSQL or Chromium.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import postgresql

# Where rows, locks and triggers are used; what never touches the database was tested in the first half, and what asks
# the simulated AWS too (tests/conftest.py leaves it out).
ON_POSTGRESQL = ("tests/cases", "tests/phases", "tests/api", "tests/end_to_end")
# Nor what computes much and writes little: texts of reports, answers over again, hostile words in every field, tables
# of networks, the OpenAPI document; how workers work on PostgreSQL, test_kill shows.
LEFT_OUT = (
    "probing",
    "access",
    "hostile",
    "test_forms",
    "test_walk",
    "test_reporting",
    "test_replays",
    "test_own_rules",
    "test_acting",
    "test_geography",
    "test_indexing",
    "test_investigate",
    "test_scale",
    "test_schema",
)
NOT_AGAIN = ("-k", " and ".join(f"not {name}" for name in LEFT_OUT))


MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30  # bytes


def main(arguments: list[str]) -> int:
    """Temporary files lie in memory where there is room: thousands of tests would wait for the disk's fsync."""
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return both(arguments)
    with tempfile.TemporaryDirectory(prefix="fp-", dir=MEMORY) as folder:
        Path(folder).chmod(0o755)  # the PostgreSQL server runs as another user
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        return both(arguments)


def both(arguments: list[str]) -> int:
    status = pytest("SQLite", arguments, {})
    folder = postgresql.binaries()
    if folder is None:
        print("PostgreSQL: no server binaries on this machine, so its half of the tests is not run")
        return status or (1 if os.environ.get("CI") else 0)
    with postgresql.server(folder) as url:
        return status | pytest("PostgreSQL", [*ON_POSTGRESQL, *NOT_AGAIN, *arguments], {"DATABASE_URL": url})


def pytest(name: str, arguments: list[str], env: dict[str, str]) -> int:
    print(f"== tests on {name}", flush=True)
    # One more than cores: the tests of real processes wait for leases, polls and pages most of the time.
    workers = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "loadscope"]
    command = [sys.executable, "-m", "pytest", *workers, *arguments]
    return subprocess.run(command, env={**os.environ, **env}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
