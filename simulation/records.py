"""CloudTrail records as AWS writes them: who, what, from where, with which outcome.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulation.organisation import HOME_REGION, Account

READS = ("Describe", "List", "Get", "Head", "Lookup", "Batch", "Assume", "Select", "Query", "Scan")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: an IAM user by key, or a role's session."""

    account: Account
    name: str
    key: str
    session: str = ""

    @property
    def arn(self) -> str:
        if self.session:
            return f"arn:aws:sts::{self.account.number}:assumed-role/{self.name}/{self.session}"
        return f"arn:aws:iam::{self.account.number}:user/{self.name}"

    def identity(self) -> dict[str, Any]:
        common = {"arn": self.arn, "accountId": self.account.number, "accessKeyId": self.key}
        if not self.session:
            return {"type": "IAMUser", "principalId": principal_id("AIDA", self.name), "userName": self.name} | common
        issuer = {
            "type": "Role",
            "principalId": principal_id("AROA", self.name),
            "arn": self.account.role(self.name),
            "accountId": self.account.number,
            "userName": self.name,
        }
        principal = f"{principal_id('AROA', self.name)}:{self.session}"
        context = {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}}
        return {"type": "AssumedRole", "principalId": principal, "sessionContext": context} | common


def principal_id(prefix: str, name: str) -> str:
    return prefix + hashlib.sha256(name.encode()).hexdigest()[:17].upper()


@dataclass(frozen=True, slots=True)
class Call:
    """One API call as it went: ``service`` is the event source without .amazonaws.com."""

    service: str
    name: str
    at: datetime
    caller: Caller
    address: str
    agent: str
    region: str = HOME_REGION
    request: Mapping[str, Any] | None = None
    response: Mapping[str, Any] | None = None
    error: tuple[str, str] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def record_of(call: Call, number: int) -> dict[str, Any]:
    """The record that CloudTrail would have written; ``number`` makes its ids, the same in every run."""
    event_id = hashlib.sha256(f"{call.at.isoformat()}/{number}".encode()).hexdigest()
    record: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": call.caller.identity(),
        "eventTime": call.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{call.service}.amazonaws.com",
        "eventName": call.name,
        "awsRegion": call.region,
        "sourceIPAddress": call.address,
        "userAgent": call.agent,
        "requestParameters": call.request,
        "responseElements": call.response,
        "requestID": event_id[32:48].upper(),
        "eventID": f"{event_id[:8]}-{event_id[8:12]}-4{event_id[13:16]}-8{event_id[17:20]}-{event_id[20:32]}",
        "readOnly": call.name.startswith(READS),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": call.caller.account.number,
        "eventCategory": "Management",
    }
    if call.error:
        record |= {"errorCode": call.error[0], "errorMessage": call.error[1]}
    return {**record, **call.extra}
