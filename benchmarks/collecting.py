"""One whole collection of the bench's log archive, inside a portal that is ready: run by ``manage.py shell``."""

import sys
import time
from datetime import timedelta

from benchmarks.archive import ACCOUNT, BUCKET, DAY, REGION
from cases.actions.incidents import Particulars, open_incident
from cases.actor import Actor
from cases.models import AwsAccount, Evidence, User
from phases import runs
from phases.requests import Wish, request_collection
from phases.tasks import work_of


def collect(files: int) -> None:
    """Print the seconds from the request to the sealed exhibit, which must hold every file."""
    by = Actor(User.objects.create_user("bench"))
    role = f"arn:aws:iam::{ACCOUNT}:role/ForensicsReadOnly"
    archive = {"account": ACCOUNT, "name": "archive", "kind": "log_archive", "regions": [REGION]}
    AwsAccount.objects.create(**archive, read_role_arn=role, external_id="bench-external-id")
    incident, _ = open_incident(particulars=Particulars("bench"), by=by)
    start = time.monotonic()
    wish = Wish("cloudtrail", ACCOUNT, REGION, DAY, DAY + timedelta(hours=23), (BUCKET,))
    request_collection(incident=incident, wish=wish, by=by)
    while runs.work_on("collect", work_of):
        pass
    took = time.monotonic() - start
    exhibit = Evidence.objects.get()
    if exhibit.state != Evidence.State.SEALED or exhibit.members < files:
        problem = incident.runs.get(tool="cloudtrail").error
        sys.exit(f"{exhibit.members} of {files} files were collected, the exhibit is {exhibit.state}: {problem}")
    print(took)
