"""Events for the tests: real-shaped CloudTrail records, written as a log file and examined like any other."""

import io
import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from events import open_events
from examiners import EventBatch, Member, examiners

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
ACCOUNT = "111122223333"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role"

ACTORS = {
    "nobody": {},
    "mallory": {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLEMALLORY",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/mallory",
        "accountId": ACCOUNT,
        "accessKeyId": "AKIAEXAMPLEMALLORY01",
        "userName": "mallory",
    },
    "root": {
        "type": "Root",
        "principalId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:root",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAEXAMPLEROOT00001",
    },
    "deploy": {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLEDEPLOY:pipeline",
        "arn": f"{ROLE}/deploy/pipeline",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAEXAMPLEDEPLOY001",
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/deploy", "userName": "deploy"},
            "attributes": {"creationDate": "2026-03-01T09:00:00Z", "mfaAuthenticated": "false"},
        },
    },
    "instance": {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLEWEB:i-0abc",
        "arn": f"{ROLE}/web/i-0abc",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAEXAMPLEINSTANCE1",
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/web", "userName": "web"},
            "ec2RoleDelivery": "2.0",
        },
    },
}


def record(number=0, *, actor="mallory", at=0, **changes):
    """Make one CloudTrail record; ``at`` is seconds after START, changes replace or (userIdentity) extend fields."""
    identity = deepcopy(ACTORS[actor]) | changes.pop("userIdentity", {})
    made = {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": (START + timedelta(seconds=at)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DescribeInstances",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.15.0 Python/3.11.6 Linux/6.5.0 exe/x86_64",
        "requestParameters": None,
        "responseElements": None,
        "requestID": id_of("request", number),
        "eventID": id_of("event", number),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }
    return made | changes


@lru_cache(maxsize=16_384)
def id_of(what, number):
    """Every test numbers its records from nought: most ids were made before."""
    return str(uuid5(NAMESPACE_URL, f"{what} {number}"))


def records(told):
    """Make the records that a fixture tells of; ``times`` repeats one every ``every`` seconds, {n} is its number."""
    made = []
    for line in map(dict, told):
        times, every, at = line.pop("times", 1), line.pop("every", 1), line.pop("at", 0)
        for n in range(times):
            changes = json.loads(json.dumps(line).replace("{n}", str(n)))
            made.append(record(len(made), at=at + n * every, **changes))
    return made


def as_file(made):
    return json.dumps({"Records": made}).encode()


def reader_of(folder: Path, *files):
    """Examine log files (bytes or paths), index their rows, and open a reader on them: the way that evidence goes."""
    members = [member(number, content) for number, content in enumerate(files)]
    batches = [said.rows for said in examiners.get("cloudtrail").examine(iter(members)) if isinstance(said, EventBatch)]
    store = open_events(folder.as_uri(), "FP-2026-000001")
    return store.reader(store.index([store.stage("staged", "cloudtrail", batches)]).name)


def member(number, content):
    data = content.read_bytes() if isinstance(content, Path) else content
    name = content.name if isinstance(content, Path) else f"log-{number}.json"
    return Member("FP-2026-000001-E0001", 1, number, name, lambda: io.BytesIO(data), len(data))
