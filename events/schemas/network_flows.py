"""Network flows: one row per VPC flow log record, AWS's field names with underscores for dashes.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html (versions 2 to 8). ``start`` is the
event's time; ``others`` holds, as JSON text, the fields that have no column of their own.
"""

import pyarrow as pa

from events.schemas.family import TEXT, Family, at_port, counted, schema_of

NUMBERS = {
    **dict.fromkeys(("version", "srcport", "dstport", "protocol", "tcp_flags", "traffic_path"), pa.int32()),
    **dict.fromkeys(("packets", "bytes"), pa.int64()),
}
TEXTS = (
    *("account_id", "interface_id", "srcaddr", "dstaddr", "pkt_srcaddr", "pkt_dstaddr", "action", "log_status"),
    *("vpc_id", "subnet_id", "instance_id", "type", "region", "az_id", "flow_direction"),
    *("pkt_src_aws_service", "pkt_dst_aws_service", "reject_reason"),
)
COLUMNS = {**dict.fromkeys(TEXTS, TEXT), **NUMBERS, "end_time": pa.timestamp("us"), "others": TEXT}

# https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml
PROTOCOL = (
    "CASE protocol WHEN 1 THEN 'ICMP' WHEN 6 THEN 'TCP' WHEN 17 THEN 'UDP' WHEN 47 THEN 'GRE' WHEN 50 THEN 'ESP' "
    "WHEN 58 THEN 'ICMPv6' ELSE 'protocol ' || protocol END"
)
# Where to, how much and which way: what a line about a connection is read for.
TARGET = at_port("coalesce(dstaddr, pkt_dstaddr)", "dstport")
SUMMARY = (
    f"nullif(concat_ws(', ', nullif(concat_ws(' ', '\u2192 ' || {TARGET}, {PROTOCOL}), ''), "
    f"'from port ' || srcport, {counted('bytes', 'byte', 'bytes')}, "
    f"{counted('packets', 'packet', 'packets')}, flow_direction), '')"
)

FAMILY = Family(
    name="network_flows",
    title="Network flows (VPC flow logs)",
    schema=schema_of(COLUMNS),
    copy_key=("event_id",),
    shown={
        "event_name": "coalesce(action, log_status)",
        "event_source": "'vpc-flow-logs'",
        "event_category": "'NetworkFlow'",
        "principal": "coalesce(instance_id, interface_id)",
        "source_ip_address": "coalesce(srcaddr, pkt_srcaddr)",
        "summary": SUMMARY,
        "aws_region": "region",
        "recipient_account_id": "account_id",
        "error_code": "CASE WHEN action = 'REJECT' THEN action END",
        "record": "concat_ws(' ', interface_id, srcaddr, srcport, dstaddr, dstport, vpc_id, subnet_id, others)",
    },
)
