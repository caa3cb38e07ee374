"""AWS Config's configuration items: history and snapshot files, and the answers about single resources.

Item: https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html
Snapshots: https://docs.aws.amazon.com/config/latest/developerguide/example-s3-snapshot.html
History files: https://docs.aws.amazon.com/config/latest/developerguide/view-manage-resource-console.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from examiners.base import Examined, Member, examiner
from examiners.forms import Form, Item, json_items, with_context
from examiners.outlines import has_keys
from examiners.records import Malformed, compact, fields_of, text_of
from examiners.states import by_value, identified, tags_of, without
from examiners.values import when, words

LISTS = ("configurationItems",)
# Column -> the fields that hold it: files and answers spell some of them differently.
FIELDS = {
    "resource_type": ("resourceType",),
    "resource_id": ("resourceId",),
    "resource_name": ("resourceName",),
    "arn": ("ARN", "arn"),
    "account_id": ("awsAccountId", "accountId"),
    "region": ("awsRegion",),
    "status": ("configurationItemStatus",),
    "relationships": ("relationships",),
}
TIMES = {"event_time": "configurationItemCaptureTime", "created_at": "resourceCreationTime"}
HELD = {*(name for names in FIELDS.values() for name in names), *TIMES.values(), "configuration", "tags"}


def looks_like_config(head: bytes, name: str) -> int:
    """Score the fields that every item has, and the files that Config delivers, which may hold none."""
    is_item = has_keys(head, ("resourceType", "configurationItemCaptureTime"), (), ("configurationItems",))
    return 95 if is_item or has_keys(head, ("fileVersion", "configurationItems")) else 0


def items(member: Member) -> Iterator[Item]:
    return with_context(json_items(member, LISTS), member)


def parse(item: Item) -> Mapping[str, Any]:
    """One item's columns."""
    fields = fields_of(compact(item.data))
    row: dict[str, Any] = {column: first_text(fields, names) for column, names in FIELDS.items()}
    if not row["resource_type"] or not row["resource_id"]:
        raise Malformed("an object without resourceType and resourceId is no configuration item")
    row |= {column: when(first_text(fields, (name,))) for column, name in TIMES.items()}
    row["account_id"] = row["account_id"] or item.context.account or None
    row["region"] = row["region"] or item.context.region or None
    return identified(
        {
            **row,
            "told_by": "AWS Config",
            "tags": tags_of(by_value(first_text(fields, ("tags",)))),
            # In files it is an object, in answers the same as text.
            "configuration": first_text(fields, ("configuration",)),
            "others": without(fields, HELD),
        }
    )


def first_text(fields: Mapping[str, msgspec.Raw], names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := words(text_of(fields.get(name, msgspec.Raw()))))), None)


FORM = Form("configuration_items", items, parse)


@examiner(
    "config_items",
    title="AWS Config items",
    version=1,
    family="configuration_items",
    sniff=looks_like_config,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Items of history files, of snapshots and of GetResourceConfigHistory.

    https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html
    """
    return FORM.examine(members)
