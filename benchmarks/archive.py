"""``python -m benchmarks.archive FILES``: an S3 server of this machine with a log archive in it, until its input ends.

It prints the endpoint once the objects are there. It is moto: what is measured against it is bound by moto's own speed.
"""

import logging
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from benchmarks.logs import write_logs
from simulation import overlays, trail

DAY = datetime(2026, 3, 1, tzinfo=UTC)
ACCOUNT, REGION, BUCKET = "111122223333", "eu-central-1", "log-archive"
PREFIX = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{DAY:%Y/%m/%d}/"
EVENTS = 25  # a file; about 6 kB compressed, as in a trail that is not busy


def main(files: int) -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for each request
    signer, month = trail.Signer(), timedelta(days=30)
    key = {"value": signer.public, "fingerprint": signer.fingerprint, "start": DAY - month, "end": DAY + month}
    overlays.lay(overlays.Ground(frozenset(), key))
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    fill(files)
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)
    sys.stdin.read()
    server.stop()


def fill(files: int) -> None:
    """Put the objects straight into moto, which is in this process."""
    archive = s3_backends[ACCOUNT]["aws"]
    archive.create_bucket(BUCKET, REGION)
    with tempfile.TemporaryDirectory() as folder:
        for path in write_logs(Path(folder), files, EVENTS):
            archive.put_object(BUCKET, PREFIX + path.name, path.read_bytes())


if __name__ == "__main__":
    main(int(sys.argv[1]))
