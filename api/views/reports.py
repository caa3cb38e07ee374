from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import reports as forms
from api.serializers.base import page_of
from api.views.base import PortalView, or_404
from cases.actions.evidence import record_report_download
from cases.actions.reports import about
from cases.models import Incident, Report
from cases.stores import vault_of

PEOPLE = ("made_by", "decided_by", "incident")


class Reports(PortalView):
    @extend_schema(operation_id="list_reports", parameters=[forms.ReportQuery], responses=page_of(forms.ReportRow))
    def get(self, request: Request, reference: str) -> Response:
        """List the frozen versions of the report."""
        versions = self.incident().reports.select_related(*PEOPLE)
        return self.page(versions, forms.VERSIONS, forms.ReportQuery, forms.ReportRow)


class OneReport(PortalView):
    @extend_schema(operation_id="get_report", responses=forms.ReportShown)
    def get(self, request: Request, reference: str, version: int) -> Response:
        """Show a version with its manifest."""
        return self.show(report_of(self.incident(), version), forms.ReportShown)


class WhateverIsAccepted(BaseContentNegotiation):
    """The PDF is sent as it is, whatever Accept says; problems stay problem documents."""

    def select_renderer(
        self, request: Any, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        first = next(iter(renderers))
        return first, first.media_type


class ReportPdf(PortalView):
    http_method_names = ["get"]  # HEAD would write that something left the portal
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(operation_id="download_report", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, reference: str, version: int) -> HttpResponseBase:
        """Download the PDF of a version; the custody log says so."""
        incident = self.incident()
        report = report_of(incident, version)
        vault = vault_of(incident)
        vault.verify(report.pdf_sha256, report.pdf_size)
        record_report_download(incident=incident, what=about(report), by=self.actor)
        stream = vault.open(report.pdf_sha256)
        name = f"{incident.reference}-report-{report.version}.pdf"
        return FileResponse(stream, as_attachment=True, filename=name, content_type="application/pdf")


def report_of(incident: Incident, version: int) -> Report:
    found: Report = or_404(
        incident.reports.select_related(*PEOPLE).filter(version=version).first(), f"report version {version}"
    )
    return found
