"""Reports: frozen versions, named by their hashes."""

from rest_framework import serializers

from api.paging import Order
from api.serializers.base import PageQuery, child_url, ordering, username
from cases.models import Report

VERSIONS = Order("version", "version")


class ReportQuery(PageQuery):
    """Which versions."""

    lookups = {"status": "status"}
    ordering = ordering(VERSIONS, newest_first=True)
    status = serializers.ChoiceField(choices=Report.Status.choices, required=False)


class ReportRow(serializers.ModelSerializer[Report]):
    """A frozen version in a list. ``pdf_size`` is in bytes."""

    url = serializers.SerializerMethodField()
    pdf = serializers.SerializerMethodField()
    made_by = username(is_always=True)
    decided_by = username()

    class Meta:
        model = Report
        fields: tuple[str, ...] = (
            *("url", "pdf", "version", "status", "made_by", "made_at", "decided_by", "decided_at"),
            *("pdf_sha256", "pdf_size", "content_sha256", "manifest_sha256", "custody_size", "custody_root"),
        )
        read_only_fields = fields

    def get_url(self, report: Report) -> str:
        return child_url(self.context, "report", version=report.version)

    def get_pdf(self, report: Report) -> str:
        return child_url(self.context, "report_pdf", version=report.version)


class ReportShown(ReportRow):
    """A frozen version with the manifest of the evidence and findings it speaks of."""

    manifest = serializers.DictField(read_only=True)

    class Meta(ReportRow.Meta):
        fields = (*ReportRow.Meta.fields, "manifest")
        read_only_fields = fields
