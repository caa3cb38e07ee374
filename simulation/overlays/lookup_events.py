"""CloudTrail's event history: moto has no LookupEvents; ours answers with the management events of the trail.

As in AWS, what was altered or deleted in the log archive is still there. Different from AWS: LookupAttributes
are not looked at, nothing is ever older than 90 days, and it answers as often as it is asked.
"""

import json
from functools import cache
from typing import Any

from moto.cloudtrail.responses import CloudTrailResponse

from simulation.overlays import Ground
from simulation.trail import Archive, Place, moment_of

DELIVERED: list[Archive] = []
PAGE = 50


def lay(ground: Ground) -> None:
    del ground
    cloudtrail: Any = CloudTrailResponse
    cloudtrail.lookup_events = lookup_events


def remember(archive: Archive) -> None:
    """Let the event history show what the trail delivered."""
    DELIVERED.append(archive)


@cache
def every_record(place: Place) -> list[dict[str, Any]]:
    """Each record that was delivered for a place, data events too, as it was delivered."""
    logs = [files for archive in DELIVERED for (at, _), files in archive.logs.items() if at == place]
    return [record for files in logs for file in files for record in json.loads(file.content)["Records"]]


@cache
def history(place: Place) -> list[tuple[float, dict[str, Any]]]:
    """Time (seconds since 1970) and record of each management event of a place, newest first."""
    records = [record for record in every_record(place) if record["managementEvent"]]
    timed = [(moment_of(record).timestamp(), record) for record in records]
    return sorted(timed, key=lambda one: (one[0], one[1]["eventID"]), reverse=True)


def lookup_events(response: Any) -> str:
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html"""
    first = float(response._get_param("StartTime") or 0)
    last = float(response._get_param("EndTime") or "inf")
    found = [(at, one) for at, one in history((response.current_account, response.region)) if first <= at <= last]
    start, size = int(response._get_param("NextToken") or 0), int(response._get_param("MaxResults") or PAGE)
    answer: dict[str, Any] = {"Events": [event_of(at, one) for at, one in found[start : start + size]]}
    if start + size < len(found):
        answer["NextToken"] = str(start + size)
    return json.dumps(answer)


def event_of(at: float, record: dict[str, Any]) -> dict[str, Any]:
    """The record as LookupEvents wraps it: some fields, and all of it as text."""
    return {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "EventSource": record["eventSource"],
        "EventTime": at,
        "ReadOnly": str(record["readOnly"]).lower(),
        "AccessKeyId": record["userIdentity"].get("accessKeyId", ""),
        "Resources": [],
        "CloudTrailEvent": json.dumps(record),
    }
