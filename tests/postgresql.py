"""A PostgreSQL server of the tests' own: temporary, on a unix socket, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses='' -c max_connections=200"


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl: on PATH, or the newest of Debian's versioned folders."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versioned = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versioned[-1].parent if versioned else None


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run a server from ``folder``'s binaries; gives a DATABASE_URL of an empty database."""
    with tempfile.TemporaryDirectory(prefix="fp-pg-") as place:
        data = Path(place) / "data"
        as_user = prefix_for(Path(place))
        run([*as_user, folder / "initdb", "-D", data, "-U", "portal", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"])
        log = Path(place) / "log"
        control = [*as_user, folder / "pg_ctl", "-D", data, "-w", "-l", log]
        run([*control, "-o", f"{QUICK} -k {place}", "start"])
        try:
            yield f"postgres://portal@{place.replace('/', '%2F')}/postgres"
        finally:
            run([*control, "-m", "immediate", "stop"])


def prefix_for(place: Path) -> list[str]:
    """initdb refuses to run as root: then the folder and the server belong to another user."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(place, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def run(command: list[object]) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command[-1]}: {done.stdout}{done.stderr}")
