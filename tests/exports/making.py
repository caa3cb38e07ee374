"""Rows as the reader gives them for an export."""

from datetime import UTC, datetime

AT = datetime(2026, 3, 1, 10, 0, 0, 250_000, tzinfo=UTC)


def row(**fields):
    base = {
        "family": "cloudtrail",
        "evidence": "FP-2026-000001-E0001",
        "part": 1,
        "member": 5,
        "src_row": 12,
        "src_file": "log.json.gz",
        "event_time": AT,
        "event_id": "id-1",
        "event_name": "ListBuckets",
        "event_source": "s3.amazonaws.com",
        "principal": "arn:aws:iam::111122223333:user/rin",
        "source_ip_address": "203.0.113.9",
        "aws_region": "eu-central-1",
        "recipient_account_id": "111122223333",
        "read_only": True,
        "error_code": None,
    }
    return base | fields


def finding(**fields):
    base = {
        "incident": "FP-2026-000001",
        "label": "F-01",
        "title": "Roles were tried out",
        "severity": "medium",
        "explanation": "Seven roles were refused.",
        "techniques": ["T1078.004"],
        "principals": ["arn:aws:iam::111122223333:user/rin"],
        "addresses": ["203.0.113.9", "cloudtrail.amazonaws.com"],
        "found_at": AT,
    }
    return base | fields
