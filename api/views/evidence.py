from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import evidence as forms
from api.serializers.base import page_of
from api.views.base import PortalView, or_404
from cases.models import CustodyEntry, CustodyLog, Evidence, Incident, Member


class Exhibits(PortalView):
    @extend_schema(operation_id="list_evidence", parameters=[forms.EvidenceQuery], responses=page_of(forms.EvidenceRow))
    def get(self, request: Request, reference: str) -> Response:
        """List the exhibits of an incident."""
        return self.page(self.incident().evidence.all(), forms.EXHIBITS, forms.EvidenceQuery, forms.EvidenceRow)


class OneExhibit(PortalView):
    @extend_schema(operation_id="get_exhibit", responses=forms.EvidenceShown)
    def get(self, request: Request, reference: str, exhibit: str) -> Response:
        """Show an exhibit with its parts and hashes."""
        return self.show(exhibit_of(self.incident(), exhibit), forms.EvidenceShown)


class Members(PortalView):
    @extend_schema(operation_id="list_members", parameters=[forms.MemberQuery], responses=page_of(forms.MemberShown))
    def get(self, request: Request, reference: str, exhibit: str) -> Response:
        """List the files of an exhibit as they were at their origin."""
        evidence = exhibit_of(self.incident(), exhibit)
        files = Member.objects.filter(part__evidence=evidence).select_related("part")
        return self.page(files, forms.MEMBERS, forms.MemberQuery, forms.MemberShown)


class ExhibitCustody(PortalView):
    @extend_schema(
        operation_id="list_exhibit_custody", parameters=[forms.CustodyQuery], responses=page_of(forms.EntryShown)
    )
    def get(self, request: Request, reference: str, exhibit: str) -> Response:
        """List the custody entries about an exhibit and its parts."""
        evidence = exhibit_of(self.incident(), exhibit)
        about = Q(object_type="evidence", object_id=evidence.exhibit)
        about |= Q(object_type="part", object_id__startswith=f"{evidence.exhibit}/")
        entries = CustodyEntry.objects.filter(about, log__name=reference)
        return self.page(entries, forms.ENTRIES, forms.CustodyQuery, forms.EntryShown)


class Custody(PortalView):
    @extend_schema(operation_id="list_custody", parameters=[forms.CustodyQuery], responses=page_of(forms.EntryShown))
    def get(self, request: Request, reference: str) -> Response:
        """List the custody log of an incident."""
        entries = CustodyEntry.objects.filter(log__name=self.incident().reference)
        return self.page(entries, forms.ENTRIES, forms.CustodyQuery, forms.EntryShown)


class CustodyHead(PortalView):
    @extend_schema(operation_id="get_custody_head", responses=forms.HeadShown)
    def get(self, request: Request, reference: str) -> Response:
        """Show size and root of the custody log, to be kept elsewhere and compared later."""
        return self.show(CustodyLog.objects.get(name=self.incident().reference), forms.HeadShown)


def exhibit_of(incident: Incident, exhibit: str) -> Evidence:
    found: Evidence = or_404(incident.evidence.filter(exhibit=exhibit).first(), f"exhibit {exhibit}")
    return found
