"""How fast a collection copies log files, against ``aws s3 sync`` of the same ones from the same server.

``python -m benchmarks.copy`` prints the ratio of the two times (bar: 1.00, no slower). The collection also hashes each
file, packs them, reads the packs back and writes the custody log. Both sides are bound by the simulated S3.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.archive import ACCOUNT, BUCKET, PREFIX, REGION

BAR = 1.0
ROOT = Path(__file__).resolve().parent.parent
NOBODY = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": REGION}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=4_000)
    options.add_argument("--rounds", type=int, default=2)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(given.files) as endpoint:
        os.environ |= {"AWS_ENDPOINT_URL": endpoint, "SIMULATION": "1", **NOBODY}
        os.environ.pop("AWS_PROFILE", None)
        places = [Path(folder, str(number)) for number in range(given.rounds)]
        rounds = [(synced(place / "sync"), collected(place / "portal", given.files)) for place in places]
    theirs, ours = (min(column) for column in zip(*rounds, strict=True))
    print(f"{given.files:,} log files; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"  aws s3 sync                     {given.files / theirs:>8,.0f} files/s")
    print(f"  collect, hash, pack, custody    {given.files / ours:>8,.0f} files/s")
    print(f"  ratio                           {theirs / ours:>8.2f} (bar {BAR:.2f})")
    return 0 if theirs / ours >= BAR else 1


@contextmanager
def served(files: int) -> Iterator[str]:
    """The simulated log archive as a process of its own: its endpoint."""
    command = [sys.executable, "-m", "benchmarks.archive", str(files)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().strip()
        server.stdin.close()


def synced(target: Path) -> float:
    """Seconds that the AWS CLI takes."""
    command = [Path(sys.executable).parent / "aws", "s3", "sync", f"s3://{BUCKET}/{PREFIX}", target]
    start = time.monotonic()
    subprocess.run([*command, "--only-show-errors"], check=True)
    return time.monotonic() - start


def collected(data: Path, files: int) -> float:
    """Seconds of one whole collection, in a portal of its own; starting Python and Django is not in them."""
    env = os.environ | {"DATA_DIR": str(data), "LOG_LEVEL": "ERROR"}
    code = f"from benchmarks.collecting import collect; collect({files})"
    for words in (["migrate", "-v0"], ["shell", "-v0", "-c", code]):
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
