"""``python -m simulation.demo [--exit] [--port N]``: sets the environment of the demo, then runs its command."""

import fcntl
import os
import shutil
import sys
from pathlib import Path

from simulation.machines import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
DROPPED = (
    *("AWS_PROFILE", "AWS_SESSION_TOKEN", "BROKER_URL", "DATABASE_URL", "VAULT_URL", "VAULT_PLACE", "EVENTS_URL"),
    *("SNAPSHOT_KEY", "SNAPSHOT_SHARE_KEY", "SNAPSHOT_LOCK_MODE", "SNAPSHOT_LOCK_DAYS"),
    *("MEMORY_TOOL_LINUX_ARM", "MEMORY_TOOL_WINDOWS"),
)


def environment(data_dir: Path) -> dict[str, str]:
    """Nothing of the person's own AWS or portal settings reaches the demo, so that it can never touch them."""
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    return kept | {
        "SIMULATION": "1",
        "DATA_DIR": str(data_dir),
        "AWS_ACCESS_KEY_ID": "simulation",
        "AWS_SECRET_ACCESS_KEY": "simulation",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SWEEP_SECONDS": "2",
        **SETTINGS,
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }


def main(arguments: list[str]) -> None:
    """Replace this process by the Django command, over a data directory made new."""
    data_dir = Path(os.environ.get("DEMO_DIR", ROOT / ".demo"))
    if (data_dir / "lock").exists() and is_held(data_dir / "lock"):
        sys.exit(f"another demo runs over {data_dir}; stop it first, or set DEMO_DIR")
    shutil.rmtree(data_dir, ignore_errors=True)
    command = [sys.executable, str(ROOT / "manage.py"), "demo", *arguments]
    os.execve(sys.executable, command, environment(data_dir))  # noqa: S606 - our own command


def is_held(lock: Path) -> bool:
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


if __name__ == "__main__":
    main(sys.argv[1:])
