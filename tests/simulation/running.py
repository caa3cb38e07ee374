"""The simulated AWS as a process of its own, one for all tests: its overlay never touches the tests' own moto."""

import atexit
import functools
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from simulation.organisation import session_of

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def facts():
    """Start it and return what it wrote into organisation.json, as the demo reads it."""
    folder = Path(tempfile.mkdtemp(prefix="fp-simulation-"))
    log = (folder / "log").open("wb")
    command = [sys.executable, "-m", "simulation", "--data", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    log.close()
    atexit.register(end, process)
    written, limit = folder / "organisation.json", time.monotonic() + 400
    while not written.exists():
        assert process.poll() is None, (folder / "log").read_text()[-2000:]
        assert time.monotonic() < limit, "the simulation did not come up in 400 s"
        time.sleep(0.1)
    return json.loads(written.read_text())


def end(process):
    process.kill()  # it keeps nothing
    process.wait()


def session_in(account, region="us-east-1", role="ForensicsReadOnly"):
    """A session in a role of the account. Moto grants it without looking at the ExternalId."""
    nobody = session_of("simulation", "simulation", region=region)
    arn = f"arn:aws:iam::{account}:role/{role}"
    given = nobody.client("sts").assume_role(RoleArn=arn, RoleSessionName="test", ExternalId="test")["Credentials"]
    return session_of(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region)


def bucket_of(facts):
    """The bucket of the organisation's trail."""
    return next(bucket for row in facts["accounts"] for bucket in row["trail_buckets"])
