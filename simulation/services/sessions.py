"""Session Manager in prod-web: one session to the second instance, and preferences that keep what is typed."""

import json
from datetime import timedelta
from typing import Any

from simulation.organisation import HOME_REGION, PROD_WEB, Cloud, Estate
from simulation.saying import shelf
from simulation.services import Window

PREFERENCES = "SSM-SessionManagerRunShell"
GROUP = "/acme/sessions"
BEGUN = timedelta(hours=5)  # before the window's end


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    inputs = {"cloudWatchLogGroupName": GROUP, "cloudWatchEncryptionEnabled": True}
    content = {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": inputs}
    ssm = cloud.client("ssm", PROD_WEB)
    ssm.create_document(Name=PREFERENCES, DocumentType="Session", Content=json.dumps(content))
    session = {
        "SessionId": "nightly-0c0ffee0000000001",
        "Target": estate.neighbour,
        "Status": "Terminated",
        "StartDate": window[1] - BEGUN,
        "EndDate": window[1] - BEGUN + timedelta(minutes=9),
        "DocumentName": PREFERENCES,
        "Owner": f"arn:aws:sts::{PROD_WEB.number}:assumed-role/DataPlatform/nightly",
        "OutputUrl": {"CloudWatchOutputUrl": GROUP},
    }
    shelf("ssm", PROD_WEB.number, HOME_REGION).append(("History", session))
    return {"session": session["SessionId"], "log_group": GROUP}
