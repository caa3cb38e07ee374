"""What a Kubernetes control plane logged: one row per audit event, and per line of its other logs.

Audit events: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
The logs of EKS: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html

Columns carry the event's names, nested ones joined by underscores (``objectRef.namespace`` is ``object_namespace``).
``component`` says which log: audit, authenticator, kube-apiserver and so on; of all but audit, ``message`` is the
line. ``user_arn`` and ``user_access_key_id`` are IAM's, which EKS notes in ``user.extra``: the way back to CloudTrail.
An audit event has one row for each stage that was logged; ``event_id`` is its audit id and stage.
"""

import pyarrow as pa

from events.schemas.family import TEXT, Family, schema_of

TEXTS = (
    *("cluster", "component", "log_stream", "level", "stage", "audit_id", "verb", "request_uri"),
    *("user_name", "user_uid", "user_arn", "user_access_key_id", "user_session_name", "impersonated_user"),
    *("source_ip", "user_agent", "object_resource", "object_subresource", "object_namespace", "object_name"),
    *("object_api_group", "object_api_version", "response_reason", "response_message"),
    *("authorization_decision", "authorization_reason", "message"),
)
JSONS = ("user_groups", "source_ips", "annotations", "request_object", "response_object", "fields")
COLUMNS = {
    **dict.fromkeys((*TEXTS, *JSONS), TEXT),
    "response_code": pa.int32(),
    "stage_time": pa.timestamp("us"),
    "logged_at": pa.timestamp("us"),
}
SIGMA = {
    **{name: name for name in JSONS},
    "auditID": "audit_id",
    "requestURI": "request_uri",
    "userAgent": "user_agent",
    "sourceIPs": "source_ips",
    "user.username": "user_name",
    "responseStatus.code": "response_code",
    "objectRef.resource": "object_resource",
    "objectRef.subresource": "object_subresource",
    "objectRef.namespace": "object_namespace",
    "objectRef.name": "object_name",
    "objectRef.apiGroup": "object_api_group",
    "requestObject": "request_object",
    "responseObject": "response_object",
}
OBJECT = "nullif(concat_ws('/', object_resource, object_subresource), '')"
FAILED = "response_code >= 400"

FAMILY = Family(
    name="kubernetes_audit",
    title="Kubernetes audit and control plane",
    schema=schema_of(COLUMNS),
    copy_key=("event_id",),
    sigma=SIGMA,
    nested=frozenset({*JSONS, "requestObject", "responseObject"}),
    shown={
        "event_name": f"coalesce(nullif(concat_ws(' ', verb, {OBJECT}), ''), component, 'line')",
        "event_source": "'kubernetes'",
        "event_category": "'KubernetesAudit'",
        "principal": "coalesce(user_arn, user_name)",
        "user_identity_access_key_id": "user_access_key_id",
        "user_identity_account_id": "nullif(split_part(user_arn, ':', 5), '')",
        "source_ip_address": "source_ip",
        "error_code": f"CASE WHEN {FAILED} THEN coalesce(response_reason, CAST(response_code AS VARCHAR)) END",
        "error_message": f"CASE WHEN {FAILED} THEN response_message END",
        "read_only": "CASE WHEN verb IS NOT NULL THEN verb IN ('get', 'list', 'watch') END",
        "request_parameters": "request_object",
        "response_elements": "response_object",
        "record": "concat_ws(' ', cluster, request_uri, user_groups, source_ips, annotations, message, fields)",
    },
)
