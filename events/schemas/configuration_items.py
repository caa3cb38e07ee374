"""Things as they are or were: one row per resource, or one side of it, at one time.

AWS Config: https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html
Types: https://docs.aws.amazon.com/config/latest/developerguide/resource-config-reference.html

``event_time`` is when AWS Config captured the item; of what an API answered it is when the thing was last changed, else
made, else when the answer was collected. What AWS itself made, such as its own policies, has none: that is nothing that
happened here. ``resource_type`` is AWS Config's name, or one in its manner where it has none. ``aspect`` is which side
of the resource the row tells of, such as a bucket's policy. ``told_by`` is who said so. ``principal`` is the user or
role that the row is about, or who opened a session. ``tags`` are a JSON object. ``configuration``, ``relationships``
and ``others``, which is what has no column, are JSON text as it came. ``event_id`` is made of what the row says: the
same thing told twice is one.
"""

import pyarrow as pa

from events.schemas.family import TEXT, Family, schema_of

TEXTS = (
    *("account_id", "region", "resource_type", "resource_id", "resource_name", "arn", "aspect", "status"),
    *("told_by", "principal"),
)
TIMES = dict.fromkeys(("created_at", "modified_at"), pa.timestamp("us"))
NESTED = ("tags", "configuration", "relationships", "others")
COLUMNS = {**dict.fromkeys(TEXTS, TEXT), **TIMES, **dict.fromkeys(NESTED, TEXT)}

FAMILY = Family(
    name="configuration_items",
    title="Configuration of resources",
    schema=schema_of(COLUMNS),
    copy_key=("event_id", "event_time", "account_id", "region", "resource_type", "resource_id", "status", "told_by"),
    sigma={name: name for name in NESTED},
    nested=frozenset(NESTED),
    is_state=True,
    shown={
        "event_name": "concat_ws(' ', resource_type, coalesce(aspect, status))",
        "event_source": "told_by",
        "event_category": "'Configuration'",
        "user_identity_access_key_id": "CASE WHEN resource_type = 'AWS::IAM::AccessKey' THEN resource_id END",
        "aws_region": "region",
        "recipient_account_id": "account_id",
        "resources": "coalesce(arn, resource_id)",
        "record": "concat_ws(' ', resource_id, resource_name, arn, status, tags, configuration, relationships, others)",
    },
)
