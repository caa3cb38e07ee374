from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import link
from api.serializers import events as forms
from api.serializers.base import NoQuery, page_of
from api.serializers.geography import place_of
from api.views.base import PortalView, or_404, valid
from cases.stores import reader_of
from events import SERIES, Filters
from events.conversations import conversations
from events.drift import changes


class Events(PortalView):
    @extend_schema(
        operation_id="list_events", parameters=[forms.EventPaging, *forms.FILTERS], responses=page_of(forms.EventRow)
    )
    def get(self, request: Request, reference: str) -> Response:
        """List the events of an incident, copies left out."""
        reader = reader_of(self.incident())
        asked, filters = split(request, forms.EventPaging)
        if reader is None:
            return Response({"next": None, "results": []})
        newest_first = asked["ordering"].startswith("-")
        page = reader.page(filters, after=asked.get("cursor"), limit=asked["limit"], newest_first=newest_first)
        return Response({"next": link(request, page.next), "results": forms.EventRow(page.rows, many=True).data})


class Histogram(PortalView):
    @extend_schema(
        operation_id="get_histogram", parameters=[forms.BucketCount, *forms.FILTERS], responses=forms.HistogramShown
    )
    def get(self, request: Request, reference: str) -> Response:
        """Count the events over time, by series."""
        reader = reader_of(self.incident())
        asked, filters = split(request, forms.BucketCount)
        buckets = reader.histogram(filters, asked["buckets"], asked["by"]) if reader else []
        series = SERIES if asked["by"] == "kind" else sorted({name for bucket in buckets for name in bucket.counts})
        total = sum(bucket.total for bucket in buckets)
        return self.show({"series": series, "total": total, "buckets": buckets}, forms.HistogramShown)


class OneEvent(PortalView):
    @extend_schema(operation_id="get_event", responses={200: {"type": "object", "additionalProperties": True}})
    def get(self, request: Request, reference: str, key: str) -> Response:
        """Show all columns of one event, and as `place` where its source address is."""
        reader = reader_of(self.incident())
        event = or_404(reader.event(key) if reader else None, f"event {key}")
        return Response(event | {"place": place_of(event["source_ip_address"] or "")})


class Conversations(PortalView):
    @extend_schema(
        operation_id="list_conversations",
        parameters=[forms.ConversationQuery],
        responses=page_of(forms.ConversationShown),
    )
    def get(self, request: Request, reference: str) -> Response:
        """List who talked to whom by the flow logs, at most 200, and who called AWS from the same addresses."""
        reader = reader_of(self.incident())
        asked = valid(forms.ConversationQuery, request.query_params)
        talks = conversations(reader, asked["order"], is_outside=not asked["inside"]) if reader else []
        return Response({"next": None, "results": forms.ConversationShown(talks, many=True).data})


def split(request: Request, form: Any) -> tuple[dict[str, Any], Filters]:
    """The query string's paging and its filters. Raises ValidationError or BadFilter naming what is wrong."""
    query = request.query_params.dict()
    paging = {name: query.pop(name) for name in form().fields if name in query}
    return valid(form, paging), Filters.from_query(query)


class Changes(PortalView):
    @extend_schema(operation_id="list_changes", responses=page_of(forms.ChangeShown))
    def get(self, request: Request, reference: str) -> Response:
        """List what AWS Config recorded as different, newest first and at most 200, with the calls behind it."""
        reader = reader_of(self.incident())
        valid(NoQuery, request.query_params)
        found = changes(reader) if reader else []
        return Response({"next": None, "results": forms.ChangeShown(found, many=True).data})
