"""Events in the Open Cybersecurity Schema Framework, 1.3.0: what has a class of its own, and base events.

Classes: https://schema.ocsf.io/1.3.0/classes. CloudTrail becomes API Activity (6003), sign-ins Authentication (3002),
changes of users and keys Account Change (3001), flow logs Network Activity (4001), findings of services Detection
Finding (2004).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from events import PLACE
from exports.base import EVENTS, Row, export, filled

VERSION = "1.3.0"
API_ACTIVITY, AUTHENTICATION, ACCOUNT_CHANGE, NETWORK_ACTIVITY, BASE = 6003, 3002, 3001, 4001, 0
DETECTION_FINDING = 2004
CREATE, READ, UPDATE, DELETE, OTHER = 1, 2, 3, 4, 99
VERBS = {
    **dict.fromkeys(("Create", "Run", "Put", "Start", "Register", "Import", "Copy"), CREATE),
    **dict.fromkeys(("Get", "List", "Describe", "Lookup", "Head", "Search", "BatchGet", "Select"), READ),
    **dict.fromkeys(("Update", "Modify", "Set", "Attach", "Detach", "Add", "Remove", "Enable", "Disable"), UPDATE),
    **dict.fromkeys(("Delete", "Terminate", "Deregister", "Stop"), DELETE),
}
# https://schema.ocsf.io/1.3.0/classes/account_change
CHANGES = {
    "CreateUser": 1,
    "EnableMFADevice": 10,
    "DeactivateMFADevice": 11,
    "ChangePassword": 3,
    "UpdateLoginProfile": 4,
    "DeleteUser": 6,
    "AttachUserPolicy": 7,
    "DetachUserPolicy": 8,
}
SEVERITIES = {"INFORMATIONAL": 1, "LOW": 2, "MEDIUM": 3, "HIGH": 4, "CRITICAL": 5}
LOGON, TRAFFIC = 1, 6
UNKNOWN, INFORMATIONAL = 0, 1
SUCCESS, FAILURE = 1, 2
Told = tuple[int, int, dict[str, Any]]  # class, activity, fields of the class


@export("ocsf", title="OCSF", of=EVENTS, suffix="jsonl")
def write(rows: Iterable[Row]) -> Iterator[bytes]:
    """One OCSF object a line; what has no place in its class stands under ``unmapped``.

    https://schema.ocsf.io/1.3.0/
    """
    for row in rows:
        yield json.dumps(ocsf(row)).encode() + b"\n"


def ocsf(row: Row) -> dict[str, Any]:
    number, activity, fields = FAMILIES.get(str(row.get("family")), base)(row)
    failed = bool(row.get("error_code"))
    return {
        "class_uid": number,
        "category_uid": number // 1000,
        "activity_id": activity,
        "type_uid": number * 100 + activity,
        "severity_id": INFORMATIONAL,
        "status_id": FAILURE if failed else SUCCESS,
        **({"status_code": row["error_code"], "status_detail": row.get("error_message")} if failed else {}),
        **({"time": milliseconds(row["event_time"])} if row.get("event_time") else {}),
        "metadata": {
            "version": VERSION,
            "uid": row.get("event_id") or "/".join(str(row[name]) for name in PLACE),
            "product": {"name": str(row.get("event_source") or row.get("family")), "vendor_name": "AWS"},
        },
        "cloud": cloud_of(row),
        **fields,
        "unmapped": filled(row),
    }


def cloudtrail(row: Row) -> Told:
    name = str(row.get("event_name") or "")
    actor = {"actor": {"user": user_of(row)}, "src_endpoint": pruned({"ip": row.get("source_ip_address")})}
    if name == "ConsoleLogin":
        return AUTHENTICATION, LOGON, {**actor, "user": user_of(row)}
    if name in CHANGES and row.get("event_source") == "iam.amazonaws.com":
        return ACCOUNT_CHANGE, CHANGES[name], {**actor, "user": user_of(row)}
    api = {"operation": name, "service": {"name": row.get("event_source")}}
    agent = {"http_request": {"user_agent": row["user_agent"]}} if row.get("user_agent") else {}
    return API_ACTIVITY, activity_of(name), {**actor, "api": api, **agent}


def cloud_of(row: Row) -> dict[str, Any]:
    account = pruned({"uid": row.get("recipient_account_id")})
    return pruned({"provider": "AWS", "region": row.get("aws_region"), "account": account})


def user_of(row: Row) -> dict[str, Any]:
    return pruned(
        {
            "name": row.get("principal"),
            "type": row.get("user_identity_type"),
            "credential_uid": row.get("user_identity_access_key_id"),
            "account": pruned({"uid": row.get("user_identity_account_id")}),
        }
    )


def activity_of(name: str) -> int:
    return next((number for verb, number in VERBS.items() if name.startswith(verb)), OTHER)


def network_flow(row: Row) -> Told:
    connection = pruned({"protocol_num": row.get("protocol"), "direction_id": UNKNOWN})
    return (
        NETWORK_ACTIVITY,
        TRAFFIC,
        {
            "src_endpoint": pruned({"ip": row.get("srcaddr"), "port": row.get("srcport")}),
            "dst_endpoint": pruned({"ip": row.get("dstaddr"), "port": row.get("dstport")}),
            "connection_info": connection,
            "traffic": pruned({"bytes": row.get("bytes"), "packets": row.get("packets")}),
            "disposition": {"ACCEPT": "Allowed", "REJECT": "Blocked"}.get(str(row.get("action")), "Unknown"),
        },
    )


def alert(row: Row) -> Told:
    """A finding of a service: what it found, how grave that is, who did it, and to what."""
    info = {
        "uid": row.get("event_id"),
        "title": row.get("title") or row.get("event_name"),
        "desc": row.get("description"),
        "types": [row["type"]] if row.get("type") else None,
        **{f"{name}_time": milliseconds(row[name]) for name in ("first_seen", "last_seen") if row.get(name)},
    }
    resource = {"type": row.get("resource_type"), "uid": row.get("resource_arn") or row.get("resource_id")}
    ends = {"actor": pruned({"user": user_of(row)}), "src_endpoint": pruned({"ip": row.get("source_ip_address")})}
    evidences, resources = ([known] if (known := pruned(one)) else None for one in (ends, resource))
    return (
        DETECTION_FINDING,
        CREATE,
        {
            "severity_id": SEVERITIES.get(str(row.get("severity")), UNKNOWN),
            "finding_info": pruned(info),
            **pruned({"evidences": evidences, "resources": resources}),
        },
    )


def base(row: Row) -> Told:
    """A family that no class was chosen for: its name is kept, its fields are unmapped."""
    return BASE, OTHER, {"message": str(row.get("event_name") or row.get("family"))}


FAMILIES: Mapping[str, Callable[[Row], Told]] = {
    "cloudtrail": cloudtrail,
    "network_flows": network_flow,
    "alerts": alert,
}


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def pruned(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what is not told."""
    return {name: value for name, value in fields.items() if value not in (None, {}, "")}
