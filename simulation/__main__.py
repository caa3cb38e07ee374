"""``python -m simulation --data DIR``: the simulated AWS as a process, until SIGTERM.

Writes DIR/organisation.json once the organisation stands, the attack is over and its logs are delivered.
"""

import argparse
import json
import logging
import os
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from moto.server import ThreadedMotoServer

from simulation import overlays, services, trail
from simulation.attack import play
from simulation.noise import ordinary
from simulation.organisation import ACCOUNTS, CI_BUILD, HOME_REGION, LOCKED_ROLES, LOG_ARCHIVE, PROD_WEB, Cloud, build
from simulation.overlays import lookup_events

DAY = timedelta(hours=24)
BEFORE_NOW = timedelta(hours=7)  # when the attack began


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m simulation", description="Serve a simulated AWS organisation.")
    parser.add_argument("--data", type=Path, required=True, help="where organisation.json is written")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    given = parser.parse_args(arguments)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    facts = started(given.port)
    written(given.data / "organisation.json", facts)
    sys.stdout.write(f"simulated AWS at {facts['endpoint']}\n")
    sys.stdout.flush()
    stop.wait()
    return 0


def started(port: int) -> dict[str, Any]:
    """Start the server, build the organisation, play the attack, deliver the logs; returns what the portal may know."""
    os.environ |= {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false", "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    signer, end = trail.Signer(), trail.whole_hour(datetime.now(UTC))
    start = end - DAY
    key = {"value": signer.public, "fingerprint": signer.fingerprint, "start": start - DAY * 30, "end": end + DAY * 30}
    overlays.lay(overlays.Ground(frozenset(LOCKED_ROLES), key))
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for each request
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    host, found = server.get_host_and_port()
    cloud = Cloud(f"http://{host}:{found}")
    estate = build(cloud)
    furnished = services.furnish(cloud, estate, (start, end))
    begin = end - BEFORE_NOW
    story = play(cloud, estate, begin)
    archive = trail.deliver([*ordinary(start, end), *story.calls], start, end, signer)
    s3 = cloud.client("s3", LOG_ARCHIVE)
    objects = trail.store(archive)
    lookup_events.remember(archive)
    place = (PROD_WEB.number, HOME_REGION)
    wrong = trail.tamper(s3, archive, place, (begin - timedelta(hours=2), begin - timedelta(hours=1)))
    return {
        "endpoint": cloud.endpoint,
        "accounts": [account.as_row() for account in ACCOUNTS],
        "window": [start.isoformat(), end.isoformat()],
        "attack": [begin.isoformat(), story.at.isoformat()],
        "instance": estate.instance,
        "services": furnished,
        "objects": objects,
        "on_purpose": {**wrong, "denied_account": CI_BUILD.number},
    }


def written(path: Path, facts: dict[str, Any]) -> None:
    """The file appears only when it is whole: readers wait for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(facts, indent=2))
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
