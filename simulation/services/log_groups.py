"""Log groups of prod-web: a host's authentication log and the audit log of a cluster."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from simulation.organisation import PROD_WEB, Cloud, Estate, write_log
from simulation.services import Window

HOST, CLUSTER = "/acme/web/secure", "/aws/eks/acme-shop/cluster"


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    del cloud
    write_log(PROD_WEB, HOST, estate.instance, logins(window))
    write_log(PROD_WEB, CLUSTER, "kube-apiserver-audit-1", audits(window))
    return {"host": HOST, "cluster": CLUSTER}


def logins(window: Window) -> Iterator[tuple[datetime, str]]:
    for at in every_half_hour(window):
        yield (
            at,
            f"{at:%b %d %H:%M:%S} web-1 sshd[4711]: Accepted publickey for deploy from 198.51.100.80 port 50122 ssh2",
        )


def audits(window: Window) -> Iterator[tuple[datetime, str]]:
    for at in every_half_hour(window):
        event = {"kind": "Event", "verb": "list", "stage": "ResponseComplete", "user": {"username": "shop-deployer"}}
        yield at, json.dumps(event | {"requestReceivedTimestamp": at.isoformat()})


def every_half_hour(window: Window) -> Iterator[datetime]:
    at, end = window
    while at < end:
        yield at
        at += timedelta(minutes=30)
