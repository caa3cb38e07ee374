"""How much faster 16 connections fetch the image of a disk than one does: EBS answers each block after a while.

``python -m benchmarks.image`` reads the same blocks of the simulated AWS in a plain loop and as the source reads them,
and prints the ratio. The simulation answers from memory, so every request is made to wait as long as a distant service
would let it: the wait is simulated, what comes of overlapping it is measured. Bar: 0.70 of the number of connections.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from collectors import Scope
from collectors.ebs_image import CONNECTIONS, collect

ROOT = Path(__file__).resolve().parent.parent
LATENCY = 0.25  # seconds a request waits
BLOCKS = 320
BLOCK = 1024  # bytes; the simulation's disks have small blocks
EFFICIENCY = 0.70
DAY = datetime(2026, 3, 1, tzinfo=UTC)
PATIENCE = 90  # seconds until the simulation stands


def main() -> int:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder, simulated(Path(folder)) as session:
        return 0 if measure(session, BLOCKS, LATENCY) >= EFFICIENCY else 1


def measure(session: boto3.Session, blocks: int, latency: float) -> float:
    """Print and return which share of ``CONNECTIONS`` times one connection is reached."""
    snapshot = disk(session, blocks)
    session.events.register("before-send.ebs.GetSnapshotBlock", lambda **_: time.sleep(latency))
    few = max(1, blocks // CONNECTIONS)  # a loop takes the same time for each
    (alone, first), (together, whole) = timed(loop, session, snapshot, few), timed(image, session, snapshot)
    if whole[: len(first)] != first:
        sys.exit(f"the image of {snapshot} does not begin with the blocks that the loop read")
    ratio = (alone / few) / (together / blocks)
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{blocks} blocks, {latency * 1000:.0f} ms simulated latency; {load}")
    print(f"  one connection         {few / alone:>10,.1f} blocks/s")
    print(f"  {CONNECTIONS} connections         {blocks / together:>10,.1f} blocks/s")
    print(f"  ratio                  {ratio:>10.1f} (bar {EFFICIENCY * CONNECTIONS:.1f}, {EFFICIENCY:.2f} of all)")
    return ratio / CONNECTIONS


def timed(work: Any, *given: Any) -> tuple[float, bytes]:
    start = time.perf_counter()
    done = work(*given)
    return time.perf_counter() - start, done


def loop(session: boto3.Session, snapshot: str, count: int) -> bytes:
    """The first blocks, one after another, each checked as the source checks it."""
    ebs = session.client("ebs")
    data = b""
    for index in range(count):
        block = ebs.get_snapshot_block(SnapshotId=snapshot, BlockIndex=index, BlockToken="MA==")["BlockData"].read()
        hashlib.sha256(block).digest()
        data += block
    return data


def image(session: boto3.Session, snapshot: str) -> bytes:
    """The whole image, as the portal reads it."""
    [artifact] = collect(Scope("bench", "111122223333", "us-east-1", DAY, DAY, (snapshot,)), session)
    with artifact.open() as stream:
        return stream.read()


def disk(session: boto3.Session, blocks: int) -> str:
    """A snapshot whose first blocks hold something."""
    ebs = session.client("ebs")
    name: str = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    given = {"Checksum": "unused", "ChecksumAlgorithm": "SHA256", "DataLength": BLOCK}
    for index in range(blocks):
        ebs.put_snapshot_block(SnapshotId=name, BlockIndex=index, BlockData=bytes([index % 251]) * BLOCK, **given)
    return name


@contextmanager
def simulated(folder: Path):
    """A session in the simulated AWS, which runs as a process of its own as long as it is needed."""
    command = [sys.executable, "-m", "simulation", "--data", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            os.environ["AWS_ENDPOINT_URL"] = endpoint_of(process, folder / "organisation.json")
            yield boto3.Session("simulation", "simulation", region_name="us-east-1")
        finally:
            process.terminate()


def endpoint_of(process: subprocess.Popen, written: Path) -> str:
    limit = time.monotonic() + PATIENCE
    while not written.exists():
        if process.poll() is not None or time.monotonic() > limit:
            sys.exit("the simulation did not come up; run `python -m simulation --data DIR` to see why")
        time.sleep(0.1)
    return json.loads(written.read_text())["endpoint"]


if __name__ == "__main__":
    sys.exit(main())
