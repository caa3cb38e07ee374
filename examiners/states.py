"""What all examiners of things as they are have in common: ids, tags, ARNs.

ARNs: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from examiners.base import Member
from examiners.records import UNFIT
from examiners.values import ANY, at, packed

# What says the same thing: not how AWS's various answers name and order the rest.
TELLING = (
    *("resource_type", "resource_id", "resource_name", "arn", "aspect", "account_id", "region", "status"),
    *("event_time", "created_at", "modified_at", "tags", "configuration"),
)


def identified(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with an ``event_id`` made of what it says; its JSON counts by value, not by how it is written."""
    said = {name: row.get(name) for name in TELLING}
    for name in ("tags", "configuration"):
        said[name] = by_value(said[name])
    text = json.dumps(said, sort_keys=True, default=str)
    return {**row, "event_id": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]}


def by_value(text: Any) -> Any:
    """What the JSON text holds; text that is none, as it is."""
    try:
        return ANY.decode(text) if isinstance(text, str) else text
    except UNFIT:
        return text


def tags_of(value: Any) -> str | None:
    """Tags as a JSON object, from an object or from a list of keys and values in any of AWS's spellings."""
    if isinstance(value, list):
        value = {str(at(tag, "key")): at(tag, "value") for tag in value if isinstance(tag, dict)}
    return packed(value) if isinstance(value, dict) and value else None


def without(fields: Mapping[str, msgspec.Raw], names: set[str]) -> str | None:
    """The other fields as a JSON object, each as it came."""
    rest = {key: value for key, value in fields.items() if key not in names}
    return msgspec.json.encode(rest).decode("utf-8", "replace") if rest else None


def part_of_arn(arn: Any, place: int) -> str | None:
    """Region (3) or account (4) of an ARN; None where it has none, or is no ARN."""
    parts = str(arn).split(":", 5)
    return (parts[place] or None) if len(parts) == 6 and parts[0] == "arn" else None


def account_of(arn: Any, member: Member) -> str | None:
    """The account in the resource's ARN, in the file's origin, or that the exhibit came from. AWS itself is none."""
    told = (part_of_arn(one, 4) for one in (arn, member.origin))
    return next((account for account in told if account and account.isdecimal()), None) or member.account or None


def region_of(arn: Any, member: Member) -> str | None:
    """The region likewise. An ARN without one is of something that is one for all regions, save for buckets."""
    told = next((one for one in (str(arn), member.origin) if one.startswith("arn:")), "")
    is_bucket = told.split(":")[2:3] == ["s3"]
    return part_of_arn(told, 3) if told and not is_bucket else member.region or None


def bucket_arn(name: str, member: Member) -> str:
    """The ARN of a bucket, or of what lies in it, in the partition of the region that it was collected from."""
    partitions = {"cn": "aws-cn", "us-gov": "aws-us-gov"}
    partition = next((one for start, one in partitions.items() if member.region.startswith(f"{start}-")), "aws")
    return f"arn:{partition}:s3:::{name}"
