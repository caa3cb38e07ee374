"""An event data store of prod-web, which CloudTrail Lake answers queries over."""

from typing import Any

from simulation.organisation import PROD_WEB, Cloud, Estate
from simulation.services import Window

STORE = "acme-events"


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    del estate, window
    made = cloud.client("cloudtrail", PROD_WEB).create_event_data_store(Name=STORE)
    return {"store": STORE, "arn": made["EventDataStoreArn"]}
