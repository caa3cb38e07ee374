from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import retry_safe
from api.serializers import findings as forms
from api.serializers.base import page_of
from api.views.base import PortalView, or_404
from cases.actions.findings import acknowledge_gap, decide_finding
from cases.models import Finding, GapRecord, Incident
from cases.permissions import Verb


class Findings(PortalView):
    @extend_schema(operation_id="list_findings", parameters=[forms.FindingQuery], responses=page_of(forms.FindingRow))
    def get(self, request: Request, reference: str) -> Response:
        """List the findings of an incident."""
        found = self.incident().findings.detections().select_related("decided_by")
        return self.page(found, forms.FINDINGS, forms.FindingQuery, forms.FindingRow)


class OneFinding(PortalView):
    @extend_schema(operation_id="get_finding", responses=forms.FindingShown)
    def get(self, request: Request, reference: str, number: int) -> Response:
        """Show a finding with the events behind it."""
        return self.show(finding_of(self.incident(), number), forms.FindingShown)


class Decision(PortalView):
    @extend_schema(operation_id="decide_finding", request=forms.DecisionInput, responses=forms.FindingShown)
    @retry_safe
    def post(self, request: Request, reference: str, number: int) -> Response:
        """Confirm or dismiss a finding, or propose it again."""
        incident = self.incident(Verb.ANALYZE)
        finding = finding_of(incident, number)
        decide_finding(finding=finding, by=self.actor, **self.body(forms.DecisionInput))
        return self.show(finding_of(incident, number), forms.FindingShown)


class Leads(PortalView):
    @extend_schema(operation_id="list_leads", parameters=[forms.LeadQuery], responses=page_of(forms.LeadShown))
    def get(self, request: Request, reference: str) -> Response:
        """List where to look first, the highest score first; there are at most 100, on one page."""
        asked = self.query(forms.LeadQuery)
        found = self.incident().findings.leads().filter(**forms.LeadQuery.conditions(asked))[: asked["limit"]]
        return Response({"next": None, "results": forms.LeadShown(found, many=True, context=self.context).data})


class Gaps(PortalView):
    @extend_schema(operation_id="list_gaps", parameters=[forms.GapQuery], responses=page_of(forms.GapShown))
    def get(self, request: Request, reference: str) -> Response:
        """List what was asked for and is not there, as of the newest runs."""
        gaps = self.incident().gaps.current().select_related("acknowledged_by")
        return self.page(gaps, forms.GAPS, forms.GapQuery, forms.GapShown)


class OneGap(PortalView):
    @extend_schema(operation_id="get_gap", responses=forms.GapShown)
    def get(self, request: Request, reference: str, gap: int) -> Response:
        """Show one gap."""
        return self.show(gap_of(self.incident(), gap), forms.GapShown)


class Acknowledgement(PortalView):
    @extend_schema(operation_id="acknowledge_gap", request=forms.AcknowledgementInput, responses=forms.GapShown)
    @retry_safe
    def post(self, request: Request, reference: str, gap: int) -> Response:
        """Put your name under a gap: it is known and accepted."""
        incident = self.incident(Verb.TRANSITION)
        found = gap_of(incident, gap)
        acknowledge_gap(gap=found, by=self.actor, reason=self.body(forms.AcknowledgementInput)["reason"])
        return self.show(gap_of(incident, gap), forms.GapShown)


def finding_of(incident: Incident, number: int) -> Finding:
    seen = incident.findings.detections().select_related("decided_by", "incident")
    found: Finding = or_404(seen.filter(number=number).first(), f"finding F-{number:02d}")
    return found


def gap_of(incident: Incident, number: int) -> GapRecord:
    seen = incident.gaps.select_related("acknowledged_by", "incident")
    found: GapRecord = or_404(seen.filter(pk=number).first(), f"gap {number}")
    return found
