"""DNS queries: one row per question of a Route 53 Resolver query log, AWS's field names.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html. ``query_timestamp``
is the event's time; the parts of ``srcids`` have columns of their own; ``answers`` is JSON text as logged, and
``others`` holds, as JSON text, the fields that have no column.
"""

import pyarrow as pa

from events.schemas.family import TEXT, Family, schema_of

TEXTS = (
    *("version", "account_id", "region", "vpc_id", "query_name", "query_type", "query_class", "rcode"),
    *("srcaddr", "transport", "firewall_rule_action", "firewall_rule_group_id", "firewall_domain_list_id"),
)
# What ``srcids`` names -> the column that holds it.
SOURCES = {
    "instance": "instance_id",
    "resolver_endpoint": "resolver_endpoint",
    "resolver_network_interface": "resolver_network_interface",
}
COLUMNS = {**dict.fromkeys((*TEXTS, *SOURCES.values(), "answers", "others"), TEXT), "srcport": pa.int32()}

# What was answered. TRY: one odd answer must not fail a question about all events.
ANSWERED = "array_to_string(TRY(json_extract_string(answers, '$[*].Rdata')), ' ')"
SUMMARY = f"nullif(left(concat_ws(', ', rcode, nullif({ANSWERED}, ''), firewall_rule_action, transport), 160), '')"

FAMILY = Family(
    name="dns_queries",
    title="DNS queries (Route 53 Resolver)",
    schema=schema_of(COLUMNS),
    copy_key=("event_id",),
    # Sigma's names: https://sigmahq.io/docs/basics/log-sources.html, category dns
    sigma={"query": "query_name", "record_type": "query_type", "answer": "answers", "src_ip": "srcaddr"},
    shown={
        "event_name": "concat_ws(' ', query_type, query_name)",
        "event_source": "'resolver-logs'",
        "event_category": "'DnsQuery'",
        "principal": "coalesce(instance_id, resolver_endpoint, vpc_id)",
        "source_ip_address": "srcaddr",
        "summary": SUMMARY,
        "aws_region": "region",
        "recipient_account_id": "account_id",
        "error_code": "CASE WHEN firewall_rule_action = 'BLOCK' THEN 'BLOCK' WHEN rcode <> 'NOERROR' THEN rcode END",
        "record": "concat_ws(' ', answers, vpc_id, instance_id, resolver_endpoint, resolver_network_interface, "
        "firewall_rule_group_id, firewall_domain_list_id, others)",
    },
)
