"""What AWS's services found: one row per finding as it stood when it was collected. Named so because the portal's own
findings are another thing.

GuardDuty: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings.html
Security Hub (ASFF): https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
OCSF: https://schema.ocsf.io/

``event_id`` is the service's id of the finding. ``event_time`` is when the service says it last observed it, else when
it was updated. ``severity`` is one of Security Hub's labels, ``severity_number`` the number of 0 to 100 behind it
(https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html), ``severity_original`` what the
service wrote. ``resource_type``, ``resource_id`` and ``resource_arn`` are those of the first resource, ``resources`` is
JSON text of all. ``tactics`` and ``techniques`` are JSON lists of what the finding says of ATT&CK. ``detail`` is the
whole finding as compact JSON text.
"""

import pyarrow as pa

from events.schemas.family import TEXT, Family, schema_of

TEXTS = (
    *("product", "title", "description", "type", "severity", "severity_original", "account_id", "region"),
    *("resource_type", "resource_id", "resource_arn", "resources", "status", "workflow"),
    *("principal", "access_key_id", "remote_ip", "tactics", "techniques", "finding_arn"),
)
NUMBERS = {"severity_number": pa.int32(), "times_seen": pa.int64()}
TIMES = dict.fromkeys(("first_seen", "last_seen", "created_at", "updated_at"), pa.timestamp("us"))
COLUMNS = {**dict.fromkeys(TEXTS, TEXT), **NUMBERS, **TIMES, "detail": TEXT}

# What a check found is told by its title: its type is the same for thousands of them.
NAME = "coalesce(CASE WHEN type ILIKE 'Software and Configuration Checks%' THEN title END, type, title, product)"

FAMILY = Family(
    name="alerts",
    title="Findings of AWS services",
    schema=schema_of(COLUMNS),
    # A finding that was updated since is no copy of what it was; one from two collections is.
    copy_key=(
        *("event_id", "event_time", "updated_at", "product", "type", "title", "severity_number", "status", "workflow"),
        *("account_id", "region", "resource_id", "principal", "remote_ip", "times_seen"),
    ),
    sigma={"detail": "detail", "resources": "resources"},
    nested=frozenset({"detail", "resources"}),
    shown={
        "event_name": NAME,
        "event_source": "product",
        "event_category": "'Finding'",
        "user_identity_access_key_id": "access_key_id",
        "source_ip_address": "remote_ip",
        "aws_region": "region",
        "recipient_account_id": "account_id",
        "record": "concat_ws(' ', severity, title, description, resource_arn, finding_arn, detail)",
    },
)
