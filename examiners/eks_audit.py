"""The control plane logs of EKS: audit events of Kubernetes, in a log group or as JSON, and the lines beside them.

Audit events: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
EKS: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from examiners import control_plane_lines
from examiners.base import Examined, Member, examiner
from examiners.control_plane_lines import component_of
from examiners.envelopes import Envelope, first_entries, json_entries
from examiners.forms import Form, Item
from examiners.host_rows import dated, is_number, text_of
from examiners.json_records import first_objects, within
from examiners.objects import object_of
from examiners.records import Malformed

# How the API server begins an event; the end of the head may cut a long one off.
BEGINNING = re.compile(r'\{"kind":"Event","apiVersion":"audit\.k8s\.io/')
GROUP = re.compile(r"/aws/eks/([^/]{1,100})/cluster")
DECISION, REASON = "authorization.k8s.io/decision", "authorization.k8s.io/reason"
TAKEN = frozenset(
    {
        *("kind", "apiVersion", "level", "auditID", "stage", "requestURI", "verb", "user", "impersonatedUser"),
        *("sourceIPs", "userAgent", "objectRef", "responseStatus", "requestObject", "responseObject"),
        *("requestReceivedTimestamp", "stageTimestamp", "annotations"),
    }
)


def looks_like_eks_audit(head: bytes, name: str) -> int:
    """Score an audit event at the beginning, or a line of the control plane in a stream that is named so."""
    del name
    if any(is_audit(found) for found in first_objects(head)):
        return 95
    entries = first_entries(head)
    if any(BEGINNING.match(text) for text, _ in entries[:1]):
        return 95
    return 90 if any(component_of(stream) and is_known(text) for text, stream in entries) else 0


def is_known(text: str) -> bool:
    return BEGINNING.match(text) is not None or control_plane_lines.is_line(text)


def is_audit(found: Mapping[str, Any]) -> bool:
    version = str(found.get("apiVersion", ""))
    return found.get("kind") == "Event" and (version.startswith("audit.k8s.io/") or {"verb", "stage"} <= found.keys())


def parse(item: Item) -> Mapping[str, Any]:
    """One event's columns, or one line's. Raises Malformed for JSON outside a log group that is no audit event."""
    where = item.context if isinstance(item.context, Envelope) else None
    found = object_of(item.data) if item.data.lstrip().startswith(b"{") else {}
    if is_audit(found):
        return {**around(where), "component": "audit", **event_columns(found)}
    if where is None:
        raise Malformed("not an audit event of Kubernetes")
    return {**around(where), **control_plane_lines.columns_of(item, text_of(item))}


def around(where: Envelope | None) -> dict[str, Any]:
    """What the log group says: the cluster in its name, the log in its stream's name, and when."""
    if where is None:
        return {}
    cluster = GROUP.search(where.group or "")
    return {
        "cluster": cluster[1] if cluster else None,
        "component": component_of(where.stream),
        "log_stream": where.stream,
        "logged_at": where.at,
        "event_time": where.at,
    }


def event_columns(found: Mapping[str, Any]) -> dict[str, Any]:
    received, staged = time_in(found, "requestReceivedTimestamp"), time_in(found, "stageTimestamp")
    audit, stage = found.get("auditID"), found.get("stage")
    columns = {
        "audit_id": audit,
        "event_id": f"{audit}/{stage}" if audit else None,
        "event_time": received or staged,
        "stage_time": staged,
        **{name: found.get(name) for name in ("level", "stage", "verb", "annotations")},
        "request_uri": found.get("requestURI"),
        "user_agent": found.get("userAgent"),
        "request_object": found.get("requestObject"),
        "response_object": found.get("responseObject"),
        "authorization_decision": within(found, "annotations", DECISION),
        "authorization_reason": within(found, "annotations", REASON),
        **user_columns(found),
        **source_columns(found.get("sourceIPs")),
        **object_columns(found),
        **response_columns(found),
        "fields": {name: value for name, value in found.items() if name not in TAKEN} or None,
    }
    return {name: value for name, value in columns.items() if value is not None}


def time_in(found: Mapping[str, Any], name: str) -> datetime | None:
    time: datetime | None = dated(str(found.get(name) or "")).get("event_time")
    return time


def user_columns(found: Mapping[str, Any]) -> dict[str, Any]:
    """Who asked, and who he is to IAM, which EKS notes as lists of one."""
    return {
        "user_name": within(found, "user", "username"),
        "user_uid": within(found, "user", "uid"),
        "user_groups": within(found, "user", "groups"),
        "user_arn": noted(found, "arn") or noted(found, "canonicalArn"),
        "user_access_key_id": noted(found, "accessKeyId"),
        "user_session_name": noted(found, "sessionName"),
        "impersonated_user": within(found, "impersonatedUser", "username"),
    }


def noted(found: Mapping[str, Any], name: str) -> Any:
    value = within(found, "user", "extra", name)
    return (value[0] if value else None) if isinstance(value, list) else value


def source_columns(addresses: Any) -> dict[str, Any]:
    """The first address is the client's; behind it come those of proxies."""
    is_list = isinstance(addresses, list) and bool(addresses)
    return {"source_ip": addresses[0] if is_list else None, "source_ips": addresses}


def object_columns(found: Mapping[str, Any]) -> dict[str, Any]:
    names = {"resource": "resource", "subresource": "subresource", "namespace": "namespace", "name": "name"}
    names |= {"apiGroup": "api_group", "apiVersion": "api_version"}
    return {f"object_{column}": within(found, "objectRef", name) for name, column in names.items()}


def response_columns(found: Mapping[str, Any]) -> dict[str, Any]:
    code = within(found, "responseStatus", "code")
    return {
        "response_code": code if is_number(code, 1_000) else None,
        "response_reason": within(found, "responseStatus", "reason"),
        "response_message": within(found, "responseStatus", "message"),
    }


FORM = Form("kubernetes_audit", json_entries, parse)


@examiner(
    "eks_audit",
    title="EKS audit and control plane logs",
    version=1,
    family="kubernetes_audit",
    sniff=looks_like_eks_audit,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Audit events, with who the caller is to IAM; lines of the authenticator and of klog in the same log group.

    https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
    """
    return FORM.examine(members)
