"""Access requests: one row per request or connection that a load balancer, S3, AWS WAF or CloudFront logged.

The services' own words for a field are in the examiners (elb_logs, s3_access_logs, waf_logs, cloudfront_logs).
``service`` is which of the four wrote the record, and ``resource`` what was asked: the load balancer, the bucket, the
distribution, or what the web ACL ``web_acl`` stands before. ``type`` is the protocol of the client (http, https, h2,
tls, ...), ``connection`` for a record of an ALB's connection log. ``action`` is what the service did: S3's operation,
WAF's and ALB's actions, CloudFront's result type. ``url`` is what the client asked, as logged; ``host`` (without its
port), ``path`` and ``query`` are its parts or fields of their own. ``user_agent`` and ``referer`` are decoded where the
service encodes them. ``requester`` is who S3 says it was, or the subject of a client's certificate. ``others`` holds,
as JSON text, every field that has no column, by AWS's name.
"""

import pyarrow as pa

from events.schemas.family import TEXT, Family, at_port, counted, schema_of

TEXTS = (
    *("service", "type", "resource", "account_id", "region"),
    *("client_ip", "target_ip", "x_forwarded_for", "country", "requester", "user_agent", "referer"),
    *("method", "url", "host", "path", "query", "http_version"),
    *("action", "rule", "web_acl", "error_code", "tls_version", "tls_cipher", "server_name"),
    *("request_id", "connection_id", "bucket", "key", "version_id", "edge_location", "others"),
)
NUMBERS = {
    **dict.fromkeys(("client_port", "target_port", "status", "target_status"), pa.int32()),
    **dict.fromkeys(("received_bytes", "sent_bytes", "object_size"), pa.int64()),
}
COLUMNS = {**dict.fromkeys(TEXTS, TEXT), **NUMBERS}

# Sigma's names for web servers and proxies: https://sigmahq.io/docs/basics/log-sources.html
SIGMA = {
    "c-ip": "client_ip",
    "c-useragent": "user_agent",
    "c-uri": "url",
    "cs-method": "method",
    "cs-host": "host",
    "cs-uri": "url",
    "cs-uri-stem": "path",
    "cs-uri-query": "query",
    "cs-user-agent": "user_agent",
    "cs-referer": "referer",
    "cs-version": "http_version",
    "cs-bytes": "received_bytes",
    "sc-bytes": "sent_bytes",
    "sc-status": "status",
    "others": "others",
}

# What was done to what, as a line of the timeline has room for it.
NAME = (
    "left(CASE service WHEN 's3' THEN concat_ws(' ', action, key) WHEN 'waf' THEN concat_ws(' ', action, method, path) "
    "ELSE concat_ws(' ', coalesce(method, type, 'request'), coalesce(path, server_name)) END, 160)"
)

# Of what, where it went, and how it ended.
TARGET = at_port("target_ip", "target_port")
SUMMARY = (
    f"nullif(left(concat_ws(', ', resource, nullif(host, resource), '\u2192 ' || {TARGET}, "
    f"'status ' || status, {counted('sent_bytes', 'byte', 'bytes')} || ' sent', "
    f"{counted('received_bytes', 'byte', 'bytes')} || ' received', rule), 200), '')"
)

FAMILY = Family(
    name="access_requests",
    title="Access requests (ELB, S3, WAF, CloudFront)",
    schema=schema_of(COLUMNS),
    # An id alone could be forged to hide another request, and CloudFront's is one that AWS shows to the client.
    copy_key=("event_id", "event_time", "service", "client_ip", "method", "path", "status"),
    sigma=SIGMA,
    nested=frozenset({"others"}),
    shown={
        "event_name": NAME,
        "event_source": "CASE service WHEN 's3' THEN 's3-access-logs' ELSE service || '-logs' END",
        "event_category": "'AccessRequest'",
        "principal": "requester",
        "source_ip_address": "client_ip",
        "summary": SUMMARY,
        "aws_region": "region",
        "recipient_account_id": "account_id",
        "user_identity_account_id": "CASE WHEN starts_with(requester, 'arn:') THEN split_part(requester, ':', 5) END",
        "error_code": "coalesce(error_code, CASE WHEN service = 'waf' AND action = 'BLOCK' THEN action "
        "WHEN status >= 400 THEN CAST(status AS VARCHAR) END)",
        "record": "concat_ws(' ', resource, url, host, path, query, key, version_id, x_forwarded_for, referer, "
        "request_id, connection_id, web_acl, rule, server_name, target_ip, others)",
    },
)
