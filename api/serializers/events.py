"""Event rows: the question, a page of answers, the histogram."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from api.paging import MOST
from api.serializers.base import Input
from api.serializers.geography import LocationShown, place_of
from events import FIELDS, STACKED
from events.conversations import ORDERS, Conversation

PAGING = ("cursor", "limit", "ordering")


class EventPaging(Input):
    """Which page of events, and in which order."""

    cursor = serializers.CharField(required=False, max_length=400, help_text="From `next` of the page before.")
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=50)
    ordering = serializers.ChoiceField(choices=("event_time", "-event_time"), default="event_time")


class BucketCount(Input):
    """How finely the histogram is cut, and by what its bars are stacked: kind of call, or family of logs."""

    buckets = serializers.IntegerField(min_value=1, max_value=500, default=120)
    by = serializers.ChoiceField(choices=tuple(STACKED), default="kind")


class ConversationQuery(Input):
    """Which conversations come first, and whether those with private addresses are among them."""

    order = serializers.ChoiceField(choices=tuple(ORDERS), default="bytes_out")
    inside = serializers.BooleanField(default=False)


class ConversationShown(serializers.Serializer[Any]):
    """The traffic between one interface and one address; bytes are those of accepted flows."""

    interface = serializers.CharField()
    instance = serializers.CharField(allow_blank=True)
    own = serializers.CharField(help_text="The interface's own address.")
    peer = serializers.CharField()
    place = serializers.SerializerMethodField(help_text="Where the peer is.")
    flows = serializers.IntegerField()
    rejected = serializers.IntegerField()
    bytes_in = serializers.IntegerField()
    bytes_out = serializers.IntegerField()
    ports = serializers.ListField(child=serializers.IntegerField())
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()
    callers = serializers.ListField(
        child=serializers.CharField(), help_text="Up to three principals whose calls to AWS came from the peer."
    )

    @extend_schema_field(LocationShown(allow_null=True))
    def get_place(self, talk: Conversation) -> dict[str, Any] | None:
        return place_of(talk.peer)


class DifferenceShown(serializers.Serializer[Any]):
    """One place of a configuration; empty text where there is nothing."""

    path = serializers.CharField(allow_blank=True)
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class BehindShown(serializers.Serializer[Any]):
    """A call behind a change; ``is_told`` when AWS Config itself names it, else it is taken by time and name."""

    key = serializers.CharField()
    at = serializers.DateTimeField()
    name = serializers.CharField(allow_blank=True)
    principal = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True)
    is_told = serializers.BooleanField()


class ChangeShown(serializers.Serializer[Any]):
    """An item of AWS Config that differs from the one before; ``more`` differences are not listed."""

    key = serializers.CharField()
    at = serializers.DateTimeField()
    account = serializers.CharField(allow_blank=True)
    region = serializers.CharField(allow_blank=True)
    resource_type = serializers.CharField()
    resource = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    status = serializers.CharField(allow_blank=True)
    differences = DifferenceShown(many=True)
    more = serializers.IntegerField()
    calls = BehindShown(many=True)


ONE_OF = (
    "One of these values, by comma, without regard to case. `*` stands for any characters and `?` for one. A principal "
    "is found by what stands behind the account in its ARN and by its name too, an address by its range "
    "(203.0.113.0/24), family, outcome and category by their titles."
)
NONE_OF = "None of these values, which are given in the same ways."
FILTERS = [
    OpenApiParameter("start", OpenApiTypes.DATETIME, description="From this moment; without a zone it is UTC."),
    OpenApiParameter("end", OpenApiTypes.DATETIME, description="Before this moment."),
    OpenApiParameter("q", OpenApiTypes.STR, description="Free text, without regard to case."),
    *(OpenApiParameter(name, OpenApiTypes.STR, description=ONE_OF) for name in FIELDS),
    *(OpenApiParameter(f"not_{name}", OpenApiTypes.STR, description=NONE_OF) for name in FIELDS),
]


class EventRow(serializers.Serializer[Any]):
    """One event as it was examined, with the file and row of evidence it came from."""

    key = serializers.CharField()
    family = serializers.CharField()
    evidence = serializers.CharField()
    part = serializers.IntegerField()
    member = serializers.IntegerField()
    src_file = serializers.CharField()
    src_row = serializers.IntegerField()
    event_time = serializers.DateTimeField(allow_null=True)
    event_id = serializers.CharField(allow_null=True)
    event_name = serializers.CharField(allow_null=True)
    event_source = serializers.CharField(allow_null=True)
    summary = serializers.CharField(allow_null=True, help_text="What was done to what, in a line.")
    event_category = serializers.CharField(allow_null=True)
    principal = serializers.CharField(allow_null=True)
    user_identity_type = serializers.CharField(allow_null=True)
    user_identity_access_key_id = serializers.CharField(allow_null=True)
    source_ip_address = serializers.CharField(allow_null=True)
    user_agent = serializers.CharField(allow_null=True)
    aws_region = serializers.CharField(allow_null=True)
    recipient_account_id = serializers.CharField(allow_null=True)
    error_code = serializers.CharField(allow_null=True)
    error_message = serializers.CharField(allow_null=True)
    read_only = serializers.CharField(allow_null=True)  # type: ignore[assignment]


class BucketShown(serializers.Serializer[Any]):
    """The events of [start, end), by series."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    total = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField())


class HistogramShown(serializers.Serializer[Any]):
    """Events over time; a series without events is not in ``counts``."""

    series = serializers.ListField(child=serializers.CharField())
    total = serializers.IntegerField()
    buckets = BucketShown(many=True)
