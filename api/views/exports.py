from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import events as forms
from api.serializers import exports as shown
from api.serializers.base import page_of
from api.views.base import PortalView, or_404, valid
from api.views.reports import WhateverIsAccepted
from cases.permissions import Verb
from events import Filters
from exports import export_formats
from phases.exporting import exported, file_name


class Exports(PortalView):
    @extend_schema(operation_id="list_export_formats", responses=page_of(shown.ExportFormatShown))
    def get(self, request: Request, reference: str) -> Response:
        """List the formats in which events and findings leave the portal, all of them at once."""
        incident = self.incident()
        valid(shown.NoQuery, request.query_params.dict())
        context: dict[str, Any] = {"request": request, "reference": incident.reference}
        rows = shown.ExportFormatShown(list(export_formats), many=True, context=context).data
        return Response({"next": None, "results": rows})


class Export(PortalView):
    http_method_names = ["get"]  # HEAD would write that something left the portal
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(
        operation_id="export",
        parameters=[*forms.FILTERS, OpenApiParameter("name", str, OpenApiParameter.PATH)],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str, name: str) -> HttpResponseBase:
        """Download the events that a filter asks for, or the findings; the custody log says so."""
        incident = self.incident(Verb.DOWNLOAD)
        form = or_404(export_formats.all().get(name), f"export format {name}")
        chunks = exported(incident, form, Filters.from_query(request.query_params.dict()), self.actor)
        response = StreamingHttpResponse(chunks, content_type="application/octet-stream")
        response["Content-Disposition"] = f'attachment; filename="{file_name(incident, form)}"'
        return response
